"""Pictures of other sites are fetched from public addresses alone, within bounds, and made anew."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from http_support import own_host
from picture_server import Answered, PictureServer, animated, bomb, photo, saved
from PIL import Image

from feedd.deliver.http.http_client import system_addresses
from feedd.deliver.mirror.encoded_picture import EncodedPicture, Unsuitable
from feedd.deliver.mirror.encoding import encoded
from feedd.deliver.mirror.picture_servers import MAX_BYTES, PictureServers
from feedd.deliver.mirror.public_addresses import PublicAddresses, is_public_address

_connected: list[Any] = []  # every address to which this process has connected since a test cleared it
sys.addaudithook(lambda event, given: _connected.append(given[1]) if event == "socket.connect" else None)

PUBLIC = ("93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")
PRIVATE = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_no_other_address_is_public(address: str) -> None:
    assert not is_public_address(address)


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with PictureServer() as server:
        server.has("/a.jpg", b"picture")
        yield server


Guarded = Callable[..., PictureServers]


@pytest.fixture
def guarded() -> Iterator[Guarded]:
    """Makes what fetches pictures; only the server of a test counts as public beside what is."""
    with ExitStack() as stack:

        def make(resolve: Callable[[str, int], Sequence[str]] | None = None, **options: Any) -> PictureServers:
            addresses = PublicAddresses(resolve, (f"{own_host()}/32",))
            servers = PictureServers(2.0, 3.0, addresses=addresses, **options)
            stack.callback(servers.close)
            return servers

        yield make


def connected_to(fetch: Callable[[], object]) -> list[Any]:
    """The addresses to which this process connects meanwhile."""
    _connected.clear()
    fetch()
    return list(_connected)


LITERALS = (
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    "http://2852039166/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://172.16.0.1/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://user:password@127.0.0.1:{port}/",
    "http://93.184.216.34@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@93.184.216.34/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://localhost/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://93.184.216.34:22/",
    "http://93.184.216.34:25/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "http://127.0.0.1:0/",
)


@pytest.mark.parametrize("url", LITERALS)
def test_no_spelling_of_a_private_address_is_connected_to(guarded: Guarded, server: PictureServer, url: str) -> None:
    fetch = guarded()
    answers: list[Any] = []
    found = connected_to(lambda: answers.append(fetch(url.format(port=server.port))))
    assert (found, server.asked) == ([], [])
    assert answers[0].data is None


@pytest.mark.parametrize("url", LITERALS)
def test_no_redirection_leads_to_a_private_address(guarded: Guarded, server: PictureServer, url: str) -> None:
    """The first request is allowed; where it leads is looked at anew."""
    there = url.format(port=server.port).encode().decode("latin-1")
    server.answers["/moved"] = Answered(status=302, headers={"Location": there})
    fetch, answers = guarded(), []
    found = connected_to(lambda: answers.append(fetch(server.url("/moved"))))
    assert (found, server.asked) == ([(own_host(), server.port)], ["/moved"])
    assert answers[0].data is None


@pytest.mark.parametrize("address", [each for each in PRIVATE if each != "localhost"])
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(guarded: Guarded, address: str) -> None:
    for addresses in ([address], [own_host(), address], [address, own_host()], [own_host()] * 8 + [address]):
        fetch = guarded(lambda host, port, found=addresses: found)
        assert connected_to(lambda: fetch("http://pictures.example:8080/a.jpg")) == []  # noqa: B023 - it is called now


def test_a_name_is_resolved_once_for_each_connection_which_is_made_to_that_address(
    guarded: Guarded, server: PictureServer
) -> None:
    """A name that changes what it leads to, between the look and the connection, changes nothing."""
    answers = iter([[own_host()], ["127.0.0.1"], ["169.254.169.254"]])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    url = f"http://pictures.example:{server.port}/a.jpg"
    fetch = guarded(rebinding)
    assert connected_to(lambda: fetch(url)) == [(own_host(), server.port)]
    fetch.close()
    assert connected_to(lambda: fetch(url)) == []
    assert connected_to(lambda: fetch(url)) == []
    assert asked == ["pictures.example"] * 3


def test_a_redirection_to_a_name_that_was_public_before_is_looked_at_anew(
    guarded: Guarded, server: PictureServer
) -> None:
    server.answers["/moved"] = Answered(
        status=302, headers={"Location": f"http://other.example:{server.port}/a.jpg", "Connection": "close"}
    )
    leads = {"pictures.example": [own_host()], "other.example": ["127.0.0.1"]}
    fetch = guarded(lambda host, port: leads[host])
    found = connected_to(lambda: fetch(f"http://pictures.example:{server.port}/moved"))
    assert found == [(own_host(), server.port)]
    assert server.asked == ["/moved"]


def test_a_proxy_of_the_environment_is_not_used(guarded: Guarded, server: PictureServer) -> None:
    proxy = {"http_proxy": "http://127.0.0.1:9/", "HTTPS_PROXY": "http://127.0.0.1:9/"}
    assert guarded(environment=proxy)(server.url("/a.jpg")).data == b"picture"


def test_tls_asks_for_the_name_and_not_for_the_address(guarded: Guarded) -> None:
    with socket.create_server((own_host(), 0)) as listening:
        hello: list[bytes] = []

        def listen() -> None:
            connection, _ = listening.accept()
            with connection:
                hello.append(connection.recv(4096))

        thread = threading.Thread(target=listen)
        thread.start()
        fetch = guarded(lambda host, port: [own_host()])
        assert fetch(f"https://pictures.example:{listening.getsockname()[1]}/").data is None
        thread.join(10)
    assert b"pictures.example" in hello[0]


def test_without_anything_allowed_this_machine_is_not_public(server: PictureServer) -> None:
    found = PictureServers(2.0, 3.0)(server.url("/a.jpg"))
    assert (found.data, found.lasting, server.asked) == (None, True, [])
    assert found.words == f"its host leads to {own_host()}, which is not a public address"


# Bounds


@pytest.mark.parametrize(
    ("answer", "words", "lasting"),
    [
        (Answered(status=404), "404 Not Found", True),
        (Answered(status=410), "410 Gone", True),
        (Answered(status=503, headers={"Retry-After": "7"}), "503 Service Unavailable", False),
        (Answered(b"x", headers={"Content-Length": str(MAX_BYTES + 1)}), "it has more than 20 MiB", True),
        (Answered(bytes(MAX_BYTES + 1), headers={"Connection": "close"}), "it has more than 20 MiB", True),
        (Answered(b"x" * 10, headers={"Content-Length": "50", "Connection": "close"}), "breaks off", False),
        (Answered(b"x", headers={"Content-Encoding": "gzip"}), "encoding that nobody asked for", True),
        (Answered(status=302, headers={"Location": "/p"}), "more than 5 redirections", True),
        (Answered(status=302, headers={"Location": "data:image/png,x"}), "not http or https", True),
        (Answered(drips=True), "no answer within 3 s", False),
    ],
)
def test_an_answer_has_bounds(
    guarded: Guarded, server: PictureServer, answer: Answered, words: str, lasting: bool
) -> None:
    server.answers["/p"] = answer
    found = guarded()(server.url("/p"))
    assert found.data is None
    assert words in found.words
    assert found.lasting == lasting
    assert found.after == (7 if answer.status == 503 else None)
    assert len(server.asked) <= 6


# What becomes of them


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def made(data: bytes) -> EncodedPicture:
    found = encoded(data)
    assert isinstance(found, EncodedPicture), found
    return found


def test_a_photograph_becomes_jpeg_and_webp_at_two_sizes() -> None:
    found = made(photo(3000, 2000))
    sizes = [(each.suffix, each.width, each.height) for each in (found.whole, found.thumbnail)]
    assert sizes == [("jpg", 1200, 800), ("jpg", 320, 213)]
    for each in (found.whole, found.whole_webp, found.thumbnail, found.thumbnail_webp):
        assert each is not None
        assert (opened(each.data).format, opened(each.data).size) == (
            {"jpg": "JPEG", "webp": "WEBP"}[each.suffix],
            (each.width, each.height),
        )
    assert found.whole_webp is not None
    assert len(found.whole_webp.data) < len(found.whole.data)


def test_a_webp_that_gains_little_is_not_kept_beside_the_jpeg() -> None:
    """Of pure noise, a WebP is now a few bytes smaller, now a few bytes larger: by chance, twice as much was kept."""
    for _ in range(4):
        found = made(saved(Image.effect_noise((400, 300), 95).convert("RGB"), "PNG"))
        assert (found.whole.suffix, found.whole_webp, found.thumbnail_webp) == ("jpg", None, None)


def test_a_small_picture_stays_small() -> None:
    found = made(photo(64, 48))
    assert (found.whole.width, found.whole.height) == (found.thumbnail.width, found.thumbnail.height) == (64, 48)


def test_the_thumbnail_of_a_very_tall_picture_shows_its_top() -> None:
    picture = Image.new("RGB", (400, 3000), "blue")
    picture.paste("red", (0, 0, 400, 600))
    found = made(saved(picture, "PNG"))
    assert (found.whole.width, found.whole.height) == (400, 3000)
    assert (found.thumbnail.width, found.thumbnail.height) == (320, 480)
    assert opened(found.thumbnail.data).convert("RGB").getcolors() == [(320 * 480, (255, 0, 0))]
    assert made(photo(400, 1200)).thumbnail.height == 480  # no taller than a screen: all of it


def test_metadata_goes_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the right side is up
    exif[0x010F] = "SECRET CAMERA"
    found = made(photo(600, 400, exif=exif, comment=b"SECRET WORDS"))
    assert (found.whole.width, found.whole.height) == (400, 600)
    for each in (found.whole, found.whole_webp, found.thumbnail, found.thumbnail_webp):
        assert each is None or (b"SECRET" not in each.data and b"Exif" not in each.data)


def test_what_is_transparent_or_has_few_colours_becomes_png() -> None:
    clear = made(saved(Image.new("RGBA", (40, 40), (200, 0, 0, 90)), "PNG"))
    assert (clear.whole.suffix, opened(clear.whole.data).getpixel((1, 1))) == ("png", (200, 0, 0, 90))
    drawn = Image.new("RGB", (400, 400), "white")
    drawn.paste("black", (100, 100, 300, 300))
    assert made(saved(drawn, "PNG")).whole.suffix == "png"
    assert made(saved(Image.new("RGBA", (40, 40), (200, 0, 0, 255)), "WEBP", lossless=True)).whole.suffix == "png"
    assert opened(made(saved(drawn.convert("P"), "GIF")).whole.data).mode == "RGB"


def test_colours_of_other_spaces_become_those_of_the_web() -> None:
    found = made(saved(Image.new("CMYK", (400, 400), (0, 255, 255, 0)), "JPEG", quality=95))
    red, green, blue = opened(found.whole.data).convert("RGB").getpixel((5, 5))
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "MPO"])
def test_formats_of_the_web_are_read(name: str) -> None:
    assert (made(photo(200, 100, name)).whole.width, made(photo(200, 100, name)).whole.height) == (200, 100)


BROKEN = "it is no picture, or a broken one"
NOT_TAKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "an animated GIF": (lambda: animated("GIF"), "it is animated"),
    "an animated PNG": (lambda: animated("PNG"), "it is animated"),
    "an animated WebP": (lambda: animated("WEBP"), "it is animated"),
    "a bomb of 50,000 pixels": (lambda: bomb(50_000), "it has more than 50 million pixels"),
    "a picture of 50,000 pixels": (
        lambda: saved(Image.new("1", (50_000, 50_000)), "PNG"),
        "it has more than 50 million pixels",
    ),
    "a bomb of 7,000 pixels": (lambda: bomb(7_000), BROKEN),
    "half a picture": (lambda: photo()[:5000], BROKEN),
    "nothing": (lambda: b"", BROKEN),
    "HTML": (lambda: b"<!doctype html><script>alert(1)</script>", BROKEN),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', BROKEN),
    "HTML in the name of GIF": (lambda: b"GIF89a<script>alert(1)</script>", BROKEN),
    "TIFF": (lambda: photo(name="TIFF"), BROKEN),
    "PDF": (lambda: photo(name="PDF"), BROKEN),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_is_no_still_picture_is_not_taken(name: str) -> None:
    make, reason = NOT_TAKEN[name]
    assert encoded(make()) == Unsuitable(reason)


def test_bytes_after_a_picture_do_not_come_along() -> None:
    found = made(photo() + b"<script>alert(1)</script>")
    assert b"script" not in found.whole.data


def test_a_decoder_that_takes_too_long_is_ended() -> None:
    assert encoded(photo(), seconds=0.01) == Unsuitable("it is not decoded within 0.01 s")


def test_the_system_resolves_names_where_nothing_else_does() -> None:
    assert set(system_addresses("127.0.0.1", 80)) == {"127.0.0.1"}
