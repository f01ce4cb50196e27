"""URLs: which are fine, what they resolve to, and what two spellings of one have in common."""

from __future__ import annotations

import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.html import content
from feedd.items import urls
from feedd.items.youtube import youtube_id, youtube_page, youtube_thumbnail
from feedd.model import Item

USER = "leave out the user name and password before the @: every subscriber could read them"
PORT = "its port is not a number from 1 to 65535"
VIDEO = "x0-zGdlpTeg"
PAGE = f"https://www.youtube.com/watch?v={VIDEO}"
ANY_TEXT = st.text(st.characters(exclude_categories=()))
PIECES = (
    *("https", "http", ":", "//", "/", "www.", "example.com", ".", "..", "?", "#", "&", "=", "@", "[", "]"),
    *("utm_source", "a", "%41", "%2e", "%2F", "%zz", "%", "::1", "8080", "\u00fc", " ", "\\", "\n", "\ud800"),
    *("youtu.be", "youtube.com", "watch", "v=", VIDEO, "javascript"),
)
URLISH = st.lists(st.sampled_from(PIECES)).map("".join)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com/",
        "https://example.com:8443/a/b.html?c=d&e=%2F#f",
        "https://example.com/!+@:;,~()*'$&=?!+@:;,~()*'$&=/?",
        "https://Example.COM/%7Euser/a_b-c",
        "https://localhost/",
        "https://[2001:db8::1]/",
    ],
)
def test_a_url_in_order_is_returned_unchanged(url: str) -> None:
    assert urls.http_url(url) == url
    assert urls.reference(url) == url


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("  https://example.com/a\n", "https://example.com/a"),
        ("HTTPS://example.com/", "https://example.com/"),
        ("//example.com/a", "https://example.com/a"),
        ("https://example.com/a b?c d#e f", "https://example.com/a%20b?c%20d#e%20f"),
        ("https://example.com/\u00e4?\u4eba", "https://example.com/%C3%A4?%E4%BA%BA"),
        ('https://example.com/[1]|{2}"<\\', "https://example.com/%5B1%5D%7C%7B2%7D%22%3C%5C"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/#a#b", "https://example.com/#a%23b"),
        ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
        ("https://stra\u00dfe.example:8080/", "https://xn--strae-oqa.example:8080/"),
        ("https://example.com:/a", "https://example.com/a"),
        ("https://\U0001f98a\U0001f4bb.ws/post", "https://xn--3s8h30f.ws/post"),
        ("https://i\u2764\ufe0f.ws:8080/", "https://xn--i-7iq.ws:8080/"),
        ("https://\u2603.net/", "https://xn--n3h.net/"),
        ("https://fa\u00df.example/", "https://xn--fa-hia.example/"),
        ("https://B\u00dcCHER.Example/", "https://xn--bcher-kva.example/"),
        ("https://\u65e5\u672c\u8a9e\u3002\uff2a\uff30/", "https://xn--wgv71a119e.jp/"),
        ("https://a\u00adb\u200b.example/", "https://ab.example/"),
        ("https://\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.example/", "https://xn--mgbn2ecje63gr19l.example/"),
        ("https://\u2460\u2461.example/", "https://12.example/"),
        ("https://a_b.\u00fc.example/", "https://a_b.xn--tda.example/"),
        ("https://xn--3s8h30f.ws/", "https://xn--3s8h30f.ws/"),
    ],
)
def test_what_may_not_stand_in_a_url_is_encoded(raw: str, url: str) -> None:
    assert urls.http_url(raw) == url


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/",
        "mailto:a@example.com",
        "https:",
        "https://",
        "https:///path",
        "https:/example.com",
        "https://user:secret@example.com/",
        "https://example.com\\@evil.example/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com:8x/",
        "https://a..b/",
        "https://a b/",
        "https://[::g]/",
        "https://\U0001f469\u200d\U0001f4bb.example/",
        "https://a\u200db.\u00fc.example/",
        "https://\u0301a.example/",
        "https://a\uff0fb.\u00fc.example/",
        "https://\u00fc\uff20b.example/",
        "https://\u00fc..example/",
        "https://" + "\u00fc" * 64 + ".example/",
        "https://\U0001f98a.example:99999/",
        "https://example.com/a\nb",
        "https://example.com/\x00",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * urls.LONGEST_URL,
        "https://example.com/" + "\u4eba" * 1000,
        "java\nscript:alert(1)",
        "",
        " ",
    ],
)
def test_anything_but_an_http_url_is_refused(raw: str) -> None:
    assert urls.http_url(raw) is None
    assert urls.reference(raw) is None


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("/assets/x.jpg", "https://example.com/assets/x.jpg"),
        ("img/x.png", "https://example.com/a/img/x.png"),
        ("img/x y.png", "https://example.com/a/img/x%20y.png"),
        ("../x", "https://example.com/x"),
        ("../../../x", "https://example.com/x"),
        ("./b:c", "https://example.com/a/b:c"),
        ("?q=1", "https://example.com/a/b?q=1"),
        ("#part", "https://example.com/a/b?c#part"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("\\\\evil.example", "https://example.com/a/%5C%5Cevil.example"),
        ("http://other.example/", "http://other.example/"),
        ("javascript:alert(1)", None),
        ("a:b", None),
        ("", None),
    ],
)
def test_a_relative_reference_is_resolved(raw: str, url: str | None) -> None:
    assert urls.absolute(raw, "https://example.com/a/b?c#d") == url


def test_nothing_resolves_against_what_is_no_http_url() -> None:
    assert urls.absolute("x.png", "file:///srv/") is None
    assert urls.absolute("x.png", "") is None
    assert urls.absolute("x.png", "https://example.com") == "https://example.com/x.png"


@pytest.mark.parametrize(
    ("spelling", "identity"),
    [
        ("http://www.Example.com:80/a/./b/../c/", "https://example.com/a/c"),
        ("https://example.com:443", "https://example.com"),
        ("https://example.com:8443/", "https://example.com:8443"),
        ("https://example.com/a#part", "https://example.com/a#part"),
        ("http://www.example.com/a/#part", "https://example.com/a#part"),
        ("https://example.com/a#", "https://example.com/a"),
        ("https://example.com/#/post/1", "https://example.com#/post/1"),
        ("https://example.com/#!/post/1/", "https://example.com#!/post/1/"),
        ("https://example.com/a?b#v1.2", "https://example.com/a?b#v1.2"),
        ("https://example.com/a#%7e%c3%a4 b", "https://example.com/a#~%C3%A4%20b"),
        ("https://example.com/a#Case", "https://example.com/a#Case"),
        ("https://example.com/a#:~:text=some%20words", "https://example.com/a"),
        ("https://example.com/a#part:~:text=some&text=words", "https://example.com/a#part"),
        ("https://example.com/a#part:%7E:text=some", "https://example.com/a#part"),
        ("https://example.com/a#utm_source=x&utm_medium=y", "https://example.com/a"),
        ("https://example.com/a#b&utm_source=x", "https://example.com/a#b&utm_source=x"),
        ("https://example.com/?b=1&utm_source=x&a=2&fbclid=y", "https://example.com?b=1&a=2"),
        ("https://example.com/a?UTM_Campaign=x&gclid", "https://example.com/a"),
        ("https://example.com/a?utmost=1", "https://example.com/a?utmost=1"),
        ("https://example.com/a?", "https://example.com/a"),
        ("https://example.com/%7euser/%c3%a4%2f", "https://example.com/~user/%C3%A4%2F"),
        ("https://example.com/Case", "https://example.com/Case"),
        ("https://www.com/", "https://www.com"),
        ("https://www.www.example.com./", "https://example.com"),
        ("https://example.com/a//", "https://example.com/a"),
        ("https://example.com/a/%2E%2e/b", "https://example.com/b"),
        ("not a url", "not a url"),
    ],
)
def test_spellings_of_one_address_have_one_identity(spelling: str, identity: str) -> None:
    assert urls.canonical(spelling) == identity


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/watch?v={VIDEO}",
        f"http://youtube.com/watch?v={VIDEO}&t=0s",
        f"http://youtube.com/watch?v={VIDEO}&t=x&list=PL1",
        f"http://youtube.com/watch?v={VIDEO}#comments",
        f"https://m.youtube.com/watch?app=desktop&v={VIDEO}",
        f"https://youtu.be/{VIDEO}?si=abc",
        f"https://www.youtube.com/embed/{VIDEO}?rel=0",
        f"https://youtube.com/shorts/{VIDEO}",
        f"https://www.youtube.com/live/{VIDEO}",
        f"https://www.youtube-nocookie.com/embed/{VIDEO}",
    ],
)
def test_every_address_of_a_video_is_its_watch_page(address: str) -> None:
    assert youtube_id(address) == VIDEO
    assert urls.canonical(address) == urls.canonical_document(address) == PAGE


@pytest.mark.parametrize(
    "address",
    [
        f"http://youtube.com/watch?v={VIDEO}&t=90s",
        f"https://www.youtube.com/watch?t=90&v={VIDEO}",
        f"https://youtu.be/{VIDEO}?si=abc&t=1m30s",
        f"https://youtu.be/{VIDEO}#t=1m30",
        f"https://www.youtube.com/embed/{VIDEO}?start=90",
        f"https://www.youtube.com/watch?v={VIDEO}&amp;t=1M30S",
        f"https://www.youtube.com/live/{VIDEO}?time_continue=90#t=7",
        f"https://m.youtube.com/watch?v={VIDEO}&t=0h1m30s",
    ],
)
def test_the_second_at_which_a_video_starts_is_part_of_a_link(address: str) -> None:
    assert urls.canonical(address) == f"{PAGE}&t=90s"
    assert urls.canonical_document(address) == PAGE


@pytest.mark.parametrize(
    "link",
    [
        "https://docs.example/changes#v1.2",
        "http://www.docs.example/changes/#/v/1.2",
        "https://docs.example/changes#!/v1.2",
        "https://docs.example/changes#:~:text=1.2",
        "https://docs.example/changes",
    ],
)
def test_links_into_one_document_have_one_document(link: str) -> None:
    assert urls.canonical_document(link) == "https://docs.example/changes"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://www.youtube.com/embed/live_stream?channel=UC1",
        f"https://www.youtube.com/watch?v={VIDEO}x",
        f"https://notyoutube.com/watch?v={VIDEO}",
        f"https://example.com/?u=https://youtu.be/{VIDEO}",
        f"<p>https://youtu.be/{VIDEO}</p>",
    ],
)
def test_other_addresses_are_no_videos(address: str) -> None:
    assert youtube_id(address) is None


def test_the_video_of_an_embedded_player_is_found() -> None:
    player = f'<p>x</p><iframe width="8" src="https://www.youtube.com/embed/{VIDEO}?a=1&amp;b=2"></iframe>'
    assert youtube_id(player) == VIDEO


def test_a_video_has_a_page_and_a_picture() -> None:
    assert youtube_page(VIDEO) == PAGE
    assert youtube_page(VIDEO, 114) == f"{PAGE}&t=114s"
    assert youtube_thumbnail(VIDEO) == f"https://i.ytimg.com/vi/{VIDEO}/hqdefault.jpg"


@given(URLISH | ANY_TEXT)
def test_a_url_that_passed_is_plain_ascii_and_passes_again(raw: str) -> None:
    for found in (urls.http_url(raw), urls.reference(raw)):
        if found is not None:
            assert re.fullmatch("[!-~]+", found)
            assert urls.reference(found) == found
    if url := urls.http_url(raw):
        assert url.startswith(("http://", "https://"))
        assert urls.http_url(url) == url


@given(URLISH, URLISH)
def test_a_resolved_reference_is_an_http_url(raw: str, base: str) -> None:
    for origin in (base, "https://example.com/a/b"):
        url = urls.absolute(raw, origin)
        assert url is None or urls.http_url(url) == url


@given(URLISH | ANY_TEXT)
def test_an_identity_is_its_own_identity(raw: str) -> None:
    once = urls.canonical(raw)
    assert urls.canonical(once) == once
    assert urls.canonical_document(once) == urls.canonical_document(raw)
    assert youtube_id(raw) is None or len(youtube_id(raw) or "") == 11


@pytest.mark.parametrize("unit", ["<iframe src=", ":", "https://", "//youtube.com/watch?&", "../", "%", "\u00fc."])
def test_hostile_addresses_take_no_more_than_linear_time(unit: str) -> None:
    hostile = unit * 50_000
    assert urls.http_url(hostile) is None
    assert urls.absolute(hostile, hostile) is None
    assert urls.canonical(hostile) == hostile
    video = f"https://youtu.be/{VIDEO}#"
    assert urls.canonical_document(f"{video}{'&t=' * 1000}") == PAGE
    assert youtube_id(hostile) is None


@pytest.mark.parametrize(
    ("raw", "advice"),
    [
        ("https://\U0001f469\u200d\U0001f4bb.example/", "write its host in ASCII, as browsers show it (xn--...)"),
        ("https://\u0301a.example/", "write its host in ASCII, as browsers show it (xn--...)"),
        ("https://me:secret@a.example/", USER),
        ("//me@a.example:99999/", USER),
        ("HTTPS://@b\u00fccher.example/", USER),
        ("https://a.example:99999/", PORT),
        ("https://b\u00fccher.example:0", PORT),
        ("https://a.example:http/", PORT),
        ("https://[::1/", ""),
        (f"http://a.example:{'9' * 4000}/", PORT),
        (f"https://a.example/{'a' * urls.LONGEST_URL}", "it is longer than 4,096 characters"),
        ("ftp://me:secret@a.example:99999/", ""),
        ("javascript:alert(1)", ""),
        ("/\U0001f469", ""),
        ("https://a b/", ""),
        ("", ""),
    ],
)
def test_what_is_wrong_with_a_url_is_said_where_it_can_be_mended(raw: str, advice: str) -> None:
    assert urls.http_url(raw) is None
    assert urls.advice(raw) == advice


@pytest.mark.parametrize("host", ["\U0001f98a\U0001f4bb.ws", "b\u00fccher.example", "\u2603.net:8080"])
def test_a_host_is_the_same_in_front_matter_and_bodies(host: str) -> None:
    url = urls.http_url(f"https://{host}/post")
    assert url is not None
    shown = Item("x", link=url, body=f"[here](https://{host}/post) ![x](//{host}/post)")
    html, _ = content.entry_texts(shown, base_url="https://site.example/", page_url=lambda _: None)
    assert html.count(url) == 2


HOSTS = {
    "xn--bcher-kva.example": True,
    "XN--BCHER-KVA.example": True,
    "xn--i-7iq.ws": True,  # an emoji
    "xn--.example": False,
    "xn--a.example": False,
    "xn--zzzzzz.example": False,
    "a.xn--a": False,
    "my_site.example": True,
    "-a-.example": True,
    "a--b.example": True,
    "example.com.": True,
    "1.2.3.4": True,
    "1.2.3": True,
    "0x7f.1": True,
    "017.1": True,
    "2130706433": True,
    "4294967296": False,
    "256.1.1.1": False,
    "1.2.3.256": False,
    "1.2.3.4.5": False,
    "08.1": False,
    "example.123": False,
    "a.0x": False,
    "4.example": True,
    "x1": True,
    "a.b1": True,
    "a.1b": True,
    "\u0661\u0662.example": False,  # digits alone, from right to left
    "\u0645\u200c\u0646.example": True,
    "b\xfccher.example": True,
    "\U0001f98a.ws": True,
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_link_and_a_body_agree_with_browsers_on_hosts(host: str) -> None:
    url = f"https://{host}/p"
    assert (urls.http_url(url) is not None) == HOSTS[host]
    assert (urls.http_url(url.removesuffix("/p")) is not None) == HOSTS[host]
    kept = nh3.clean(f'<a href="{url}">a</a>', url_schemes={"https"}, link_rel=None)
    assert ("href" in kept) == HOSTS[host]
    shown = content.entry_texts(
        Item(title="A", body=f'<a href="{url}">a</a> <img src="{url}.png" alt="">', body_format="html"),
        base_url="https://site.example/",
        page_url=lambda _: None,
    )[0]
    assert (shown.count("https://") == 2) == HOSTS[host]
    assert HOSTS[host] or "no browser opens" in urls.advice(url) or not host.isascii()
