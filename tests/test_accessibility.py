"""Pages as people with any abilities use them: what axe finds (WCAG 2.2 AA, and its best practices), in Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsers import NEEDS_BROWSER, Browser
from support import Site, item

from feedd.render.private_feeds_page import private_feeds_page
from feedd.words.site_words import Words

# `.ci/run` installs it there; it is no part of feedd.
AXE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "feedd-tests/axe/node_modules/axe-core/axe.min.js"
)
pytestmark = [NEEDS_BROWSER, pytest.mark.skipif(not AXE.exists(), reason="axe is not installed (npm install axe-core)")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """
const [rules, done] = arguments;
axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]}).then(
  (found) => done(found.violations.map((each) => [each.id, ...each.nodes.map((node) => node.html)])),
  (error) => done([["failed", String(error)]]));
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Browser]:
    yield browser
    browser.command("Emulation.clearDeviceMetricsOverride")
    browser.command("Emulation.setEmulatedMedia", features=[])


def found(browser: Browser, address: str, width: int, scheme: str) -> object:
    """What axe has to say against a page, with the elements."""
    browser.command("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(address)
    browser.driver.execute_script(AXE.read_text(encoding="utf-8"))
    return browser.driver.execute_async_script(RUN, RULES)


def published(site: Site, language: str) -> dict[str, str]:
    """The addresses of a page of each kind, with entries and without."""
    site.configure(
        language=language, base_url="https://feeds.example/", description="All of boats.", author={"name": "Ada"},
        views={"feeds": ["all", "topics"], "top": 5, "digest": ["daily"]},
    )  # fmt: skip
    body = """They sail [home](/c).

![a boat](https://pictures.example/a.png)

> Said.

| a | b |
|---|---|
| 1 | 2 |
"""
    for number, topic in enumerate(["Boats", "Boats", "Ferries"]):
        link = f"https://news.example/{number}" if number else None
        related = [{"title": "Another", "webUrl": "https://other.example/", "publishedDateTime": "2026-05-01"}]
        sound = {"url": "https://media.example/a.mp3", "length": 62_000_000, "duration": 3840} if number == 1 else None
        text = item(f"On {topic} {number}", link, f"2026-05-0{number + 3}T10:00:00Z", body, topics=[topic],
                    provider={"name": "The Herald"}, related=related, enclosure=sound)  # fmt: skip
        site.write(f"{number}.md", text)
    site.publish(datetime(2026, 5, 6, 12, tzinfo=UTC))
    site.publish(datetime(2026, 5, 7, 12, tzinfo=UTC))
    (site.seeds / "2.md").unlink()
    site.publish(datetime(2026, 5, 7, 13, tzinfo=UTC))
    entry = next((site.feeds / "entry").glob("*/index.html"))
    paths = {
        "site": "index.html", "topic": "topics/boats/index.html", "list": "topics/boats/top/index.html",
        "digest": "digest/daily/index.html", "provider": "providers/the-herald/index.html",
        "empty": "topics/ferries/index.html", "entry": str(entry.relative_to(site.feeds)),
    }  # fmt: skip
    assert 'class="none"' in (site.feeds / paths["empty"]).read_text()
    return {name: (site.feeds / path).as_uri() for name, path in paths.items()}


@pytest.mark.parametrize("language", ["en", "ar", "sv"])  # sv: a language that feedd does not know
def test_axe_finds_nothing_on_any_page(site: Site, page: Browser, language: str) -> None:
    faults = {
        (name, width, scheme): faults
        for name, address in published(site, language).items()
        for width in (320, 1280)
        for scheme in ("light", "dark")
        if (faults := found(page, address, width, scheme))
    }
    assert faults == {}


def test_axe_finds_nothing_on_the_page_of_a_site_without_entries(site: Site, page: Browser) -> None:
    site.configure(base_url="https://feeds.example/")
    site.write("draft.md", item("A draft", published=False))
    site.publish(datetime(2026, 5, 7, tzinfo=UTC))
    for width in (320, 1280):
        assert found(page, (site.feeds / "index.html").as_uri(), width, "light") == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_on_the_page_of_a_subscriber(site: Site, page: Browser, language: str) -> None:
    published(site, language)
    feeds = {"insiders": "For insiders", "team": "The team & friends"}
    home = "https://feeds.example/private/token/"
    own = site.feeds / "private/token/index.html"
    own.parent.mkdir(parents=True)
    own.write_bytes(private_feeds_page(feeds, ["atom", "rss", "json"], Words(language), "A site", home))
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            assert found(page, own.as_uri(), width, scheme) == []


def test_axe_would_find_a_target_that_is_too_small(site: Site, page: Browser) -> None:
    address = published(site, "en")["topic"]
    found(page, address, 1280, "light")
    shrink = "for (const each of document.querySelectorAll('.masthead nav a')) each.style.padding = 0"
    page.driver.execute_script(shrink)
    assert "target-size" in str(page.driver.execute_async_script(RUN, RULES))
