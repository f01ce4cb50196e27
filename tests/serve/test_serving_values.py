"""Small values of serving: how long a document is fresh, addresses, feeds that are no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from feedd.render import redirects
from feedd.serve.freshness import SHORTEST, WITHOUT_DATES, max_age
from feedd.serve.listen_address import Address, parse

BEGINNING = datetime(2024, 5, 1, 12, tzinfo=UTC)
FORMS = {
    "Atom": lambda date: f"<published>{date.isoformat()}</published>",
    "RSS": lambda date: f"<pubDate>{format_datetime(date)}</pubDate>",
    "JSON": lambda date: f'"date_published": "{date.isoformat().replace("+00:00", "Z")}"',
    "a page": lambda date: f'<time datetime="{date.isoformat()}">a day</time>',
}


def document(form: str, gap: timedelta, count: int = 30) -> bytes:
    return "\n".join(FORMS[form](BEGINNING - number * gap) for number in range(count)).encode()


@pytest.mark.parametrize("form", FORMS)
def test_a_document_is_fresh_for_a_tenth_of_the_time_between_its_entries(form: str) -> None:
    assert max_age(document(form, timedelta(hours=1)), 3600) == 360


@pytest.mark.parametrize("form", FORMS)
def test_freshness_has_bounds(form: str) -> None:
    assert max_age(document(form, timedelta(seconds=1)), 3600) == SHORTEST
    assert max_age(document(form, timedelta(days=30)), 3600) == 3600
    assert max_age(document(form, timedelta(days=30)), 0) == 0


def test_what_has_no_dates_is_fresh_for_a_while() -> None:
    assert max_age(b"body { color: red }", 3600) == WITHOUT_DATES
    assert max_age(b"<published>2024-13-45T99:00Z</published>" * 9, 3600) == WITHOUT_DATES
    assert max_age(b"<pubDate>yesterday</pubDate>" * 9, 60) == 60


def test_one_long_silence_does_not_make_a_busy_feed_a_slow_one() -> None:
    dates = [BEGINNING - number * timedelta(minutes=30) - timedelta(days=300) * (number > 3) for number in range(20)]
    assert max_age("".join(map(FORMS["Atom"], dates)).encode(), 3600) == 180


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:8080", Address("127.0.0.1", 8080)),
        ("localhost:0", Address("localhost", 0)),
        ("[::1]:80", Address("::1", 80)),
        ("unix:/run/feedd.sock", Address(path="/run/feedd.sock")),
        ("8080", None),
        (":8080", None),
        ("127.0.0.1:", None),
        ("127.0.0.1:65536", None),
        ("::1:8080", None),
        ("unix:", None),
        ("unix:a\0b", None),
        ("http://127.0.0.1:8080", None),
        ("off", None),
    ],
)
def test_an_address_is_read_as_people_write_it(text: str, found: Address | None) -> None:
    assert parse(text) == found


def test_redirects_are_read_as_they_were_written() -> None:
    retired = {"topics/ml": "topics/machine-learning", "topics/人工智能": "topics/ai", "providers/a b": None}
    data = redirects.render(retired)
    assert redirects.read(data) == retired
    assert b"/topics/ml/* /topics/machine-learning/:splat 301\n" in data
    assert data.isascii()


def test_redirects_of_a_site_below_a_path_are_whole_paths_and_those_of_before_are_read_too() -> None:
    retired = {"topics/ml": "topics/ai", "topics/old": None}
    data = redirects.render(retired, "/news/feeds/")
    assert b"\n/news/feeds/topics/ml/* /news/feeds/topics/ai/:splat 301\n" in data
    assert b"\n/news/feeds/topics/old/* /news/feeds/ 410\n" in data
    assert redirects.read(data, "/news/feeds/") == retired
    assert redirects.read(redirects.render(retired), "/news/feeds/") == retired


def test_redirects_of_another_form_are_passed_over() -> None:
    assert redirects.read(b"# a comment\n/a /b 302\n/x/* https://elsewhere.example/:splat 200\n\xff\n") == {}
