"""Players and podcast apps ask for parts of sound and film (RFC 9110, section 14), whatever server gives them out."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from http_support import request, serving
from servers import SERVERS, Server
from support import Site, item

SOUNDS = {"long.mp3": Random(1).randbytes(3_000_000), "short.mp3": Random(2).randbytes(20_000)}
MOST = 1 << 20  # bytes of a file that feedd holds in memory


@pytest.fixture
def show(site: Site) -> Site:
    """A site that publishes two episodes, whose files lie beside them."""
    site.configure(base_url="https://feeds.example/")
    for number, (name, data) in enumerate(SOUNDS.items(), 1):
        site.write(name, data)
        site.write(f"{number}.md", item(name, f"https://show.example/{number}", audio=name, pad="x " * 3000))
    site.render()
    return site


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, show: Site, tmp_path: Path) -> Iterator[Server]:
    """Each server, before the documents of that site."""
    (tmp_path / "server").mkdir()
    with SERVERS[request.param](show.feeds, tmp_path / "server") as running:
        yield running


def address(site: Site, name: str) -> str:
    """The path of a published file."""
    (found,) = (path for path, data in site.documents().items() if data == SOUNDS[name])
    return f"/{found}"


@pytest.mark.parametrize("name", SOUNDS)
def test_a_part_of_a_sound_is_given_to_who_asks_for_it(server: Server, show: Site, name: str) -> None:
    path, data = address(show, name), SOUNDS[name]
    whole = server.ask(path)
    assert (whole.status, whole.body, whole.headers["accept-ranges"]) == (200, data, "bytes")
    for wanted, part in (("0-99", data[:100]), ("1000-", data[1000:]), ("-5", data[-5:]), ("0-0", data[:1])):
        answer = server.ask(path, Range=f"bytes={wanted}")
        assert (answer.status, answer.body) == (206, part)
        start = data.index(part)
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}"
        assert answer.headers["content-type"] == "audio/mpeg"
        assert answer.validators == whole.validators
        assert answer.headers["cache-control"] == whole.headers["cache-control"]


@pytest.mark.parametrize("name", SOUNDS)
def test_a_part_that_is_not_there_is_refused_with_the_size(server: Server, show: Site, name: str) -> None:
    answer = server.ask(address(show, name), Range=f"bytes={len(SOUNDS[name])}-")
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{len(SOUNDS[name])}")


@pytest.mark.parametrize("name", SOUNDS)
def test_a_part_is_given_only_of_the_version_of_which_a_client_has_the_rest(
    server: Server, show: Site, name: str
) -> None:
    path = address(show, name)
    tag, date = server.ask(path).validators
    for same in (tag, date):
        assert server.ask(path, Range="bytes=5-", If_Range=same).status == 206
    for other in ('"other"', f"W/{tag}", "Wed, 01 May 2013 12:00:00 GMT"):
        answer = server.ask(path, Range="bytes=5-", If_Range=other)
        assert (answer.status, answer.body) == (200, SOUNDS[name])


def test_who_has_the_document_needs_no_part_of_it(server: Server, show: Site) -> None:
    path = address(show, "long.mp3")
    tag, date = server.ask(path).validators
    assert server.ask(path, Range="bytes=5-", If_None_Match=tag, If_Modified_Since=date).status == 304
    assert server.ask(path, Range="bytes=5-", If_None_Match='"other"').status == 206


LATER, EARLIER = "Wed, 01 May 2999 12:00:00 GMT", "Wed, 01 May 2013 12:00:00 GMT"


def test_who_asks_for_a_version_that_is_no_more_is_told_so(server: Server, show: Site) -> None:
    path = address(show, "short.mp3")
    tag, date = server.ask(path).validators
    for given, status in ((tag, 200), (f'"other", {tag}', 200), ("*", 200), ('"other"', 412), (f"W/{tag}", 412)):
        assert server.ask(path, If_Match=given).status == status, given
    for given, status in ((date, 200), (LATER, 200), (EARLIER, 412)):
        assert server.ask(path, If_Unmodified_Since=given).status == status, given
    # The order of RFC 9110, 13.2.2: what fails comes before what is current, and that before parts.
    assert server.ask(path, If_Match=tag, If_None_Match=tag, If_Modified_Since=date).status == 304
    assert server.ask(path, If_Match='"other"', If_None_Match=tag, If_Modified_Since=date).status == 412
    assert server.ask(path, If_Match='"other"', Range="bytes=0-1").status == 412
    assert server.ask(path, If_Match=tag, Range="bytes=0-1").status == 206
    assert server.ask("/no-such.mp3", If_Match="*").status == 404


def test_head_says_the_size_of_all(server: Server, show: Site) -> None:
    answer = server.ask(address(show, "long.mp3"), "HEAD")
    assert (answer.status, answer.headers["content-length"]) == (200, str(len(SOUNDS["long.mp3"])))
    assert (answer.headers["accept-ranges"], answer.body) == ("bytes", b"")


# feedd's own server


def test_several_parts_at_once_and_parts_of_what_is_encoded_are_answered_with_all(show: Site) -> None:
    with serving(show.root) as url:
        path = address(show, "long.mp3")
        assert request(url, path, Range="bytes=0-1,5-9").body == SOUNDS["long.mp3"]
        assert request(url, path, "HEAD", Range="bytes=0-1").status == 200  # RFC 9110, 14.2: it is for GET alone
        atom = (show.feeds / "atom.xml").read_bytes()
        part = request(url, "/atom.xml", Range="bytes=10-19")
        assert (part.status, part.body, part.headers["access-control-allow-origin"]) == (206, atom[10:20], "*")
        coded = request(url, "/atom.xml", Range="bytes=10-19", Accept_Encoding="gzip")
        assert (coded.status, coded.document) == (200, atom)
        assert "accept-ranges" not in coded.headers


def test_a_date_names_a_version_only_where_feedd_has_written_the_file(show: Site) -> None:
    own = show.feeds / "own.txt"
    own.write_bytes(bytes(100))
    (show.feeds / "own.html").write_text("<p>My own page.</p>")
    with serving(show.root) as url:
        for path, status in (("/own.txt", 200), ("/own.html", 200), ("/atom.xml", 206), ("/index.html", 206)):
            tag, date = request(url, path).validators
            assert request(url, path, Range="bytes=5-", If_Range=date).status == status
            assert request(url, path, Range="bytes=5-", If_Range=tag).status == 206


def test_a_date_that_is_given_with_a_tag_does_not_count(show: Site) -> None:
    with serving(show.root) as url:
        tag, _ = request(url, "/atom.xml").validators
        assert request(url, "/atom.xml", If_Match=tag, If_Unmodified_Since=EARLIER).status == 200
        assert request(url, "/atom.xml", If_Unmodified_Since="no date").status == 200


def test_curl_goes_on_where_it_was_broken_off(show: Site, tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    for name, data in SOUNDS.items():
        file = tmp_path / name
        file.write_bytes(data[:12_345])
        with serving(show.root) as url:
            command = (curl, "-sfC", "-", "-o", file, f"{url}{address(show, name)[1:]}")
            subprocess.run(command, check=True, timeout=60)
        assert file.read_bytes() == data


def test_a_large_file_is_known_by_its_bytes_wherever_it_lies(show: Site) -> None:
    path = address(show, "long.mp3")
    with serving(show.root) as url:
        assert request(url, path).headers["etag"] == f'"{path.rpartition("/")[2].removesuffix(".mp3")}"'
        own = show.feeds / "own.mp3"
        own.write_bytes(bytes(MOST + 1))
        before = request(url, "/own.mp3").validators
        own.write_bytes(bytes(MOST + 2))
        assert request(url, "/own.mp3").validators[0] != before[0]


def test_a_withdrawn_sound_is_not_even_given_out_in_part(show: Site) -> None:
    path = address(show, "long.mp3")
    with serving(show.root) as url:
        assert request(url, path, Range="bytes=0-9").status == 206
        (show.seeds / "1.md").unlink()
        show.render()
        assert request(url, path, Range="bytes=0-9").status == 404


def test_a_link_leads_to_no_large_file(show: Site, tmp_path: Path) -> None:
    (tmp_path / "secret.mp3").write_bytes(bytes(MOST + 1))
    (show.feeds / "secret.mp3").symlink_to(tmp_path / "secret.mp3")
    (show.feeds / "out").symlink_to(tmp_path)
    with serving(show.root) as url:
        for path in ("/secret.mp3", "/out/secret.mp3"):
            assert request(url, path).status == 404
