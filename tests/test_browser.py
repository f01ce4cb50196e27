"""Pages in a real browser: Chromium without a screen, over a real HTTP server."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from browsers import NEEDS_BROWSER, Browser, served
from http_support import serving
from picture_server import photo
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from support import Site, item

from feedd.model import Author, Enclosure, Entry, Feed, FeedId
from feedd.render import assets, render

pytestmark = NEEDS_BROWSER
TOPICS = ["Boats", "Sailing", "Café culture", "人工智能", "C++"]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LINK = "https://news.example/"
HOSTILE = "&lt;img src=x onerror=alert(1)&gt; &lt;b style='color:red'&gt;bold&lt;/b&gt;"


@pytest.fixture
def address(site: Site, browser: Browser) -> Iterator[str]:
    """A site with a few topics, on a server."""
    for number, topic in enumerate(TOPICS):
        site.write(
            f"{number}.md",
            item(
                f"On {topic}", f"https://news.example/{number}", topics=[topic], provider="The Herald", excerpt=HOSTILE
            ),
        )
    topics = site.root / "topics.yaml"
    topics.write_text("topics:\n  - name: Sailing\n    parent: Boats\n    description: With the wind\n")
    topics.write_text(topics.read_text() + "  - name: Boats\n")
    with served(site.feeds) as url:
        site.configure(base_url=url, topics=str(topics))
        site.render()
        yield url
        browser.command("Emulation.setScriptExecutionDisabled", value=False)
        browser.command("Emulation.clearDeviceMetricsOverride")
        browser.command("Emulation.setEmulatedMedia", features=[])


def test_typing_into_the_search_shrinks_the_lists_and_says_how_far(browser: Browser, address: str) -> None:
    browser.open(address)
    search = browser.find("#search")
    everything = browser.shown(".directory .row a")
    assert sorted(everything) == sorted([*TOPICS, "The Herald"])
    search.send_keys("CAFE")
    browser.wait_for(lambda: browser.shown(".directory .row a") == ["Café culture"])
    assert browser.find("#found").text == "1 of 6"
    assert browser.find("#found").get_attribute("role") == "status"
    assert browser.shown("h2") == ["Subscribe", "Newest", "Topics 5"]  # no provider is left
    search.clear()
    search.send_keys("wind")  # in the description of a child: it is shown below its parent
    browser.wait_for(lambda: browser.find("#found").text == "1 of 6")
    assert browser.shown(".directory .row a") == ["Boats", "Sailing"]
    search.clear()
    search.send_keys("no such thing")
    browser.wait_for(lambda: browser.find("#found").text == "0 of 6")
    assert browser.shown(".directory .row a") == []
    search.send_keys(Keys.CONTROL, "a")
    search.send_keys(Keys.DELETE)
    browser.wait_for(lambda: browser.shown(".directory .row a") == everything)
    assert browser.find("#found").text == ""
    assert browser.complaints() == []


def test_the_button_copies_the_address_and_says_so(browser: Browser, address: str) -> None:
    for permission in ("clipboardReadWrite", "clipboardSanitizedWrite"):
        browser.command("Browser.grantPermissions", origin=address, permissions=[permission, "clipboardReadWrite"])
    browser.open(f"{address}topics/boats/index.html")
    browser.find("#copy").click()
    browser.wait_for(lambda: browser.find("#copied").text == "The address is copied.")
    read = "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)));"
    assert browser.driver.execute_async_script(read) == f"{address}topics/boats/atom.xml"
    assert browser.complaints() == []


def test_where_the_clipboard_is_not_given_the_old_way_is_taken(browser: Browser, address: str) -> None:
    browser.open(f"{address}topics/boats/index.html")
    browser.driver.execute_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    browser.find("#copy").click()
    browser.wait_for(lambda: browser.find("#copied").text)
    assert browser.driver.execute_script("return getSelection().toString()") == f"{address}topics/boats/atom.xml"
    assert browser.complaints() == []


def test_without_scripts_nothing_is_lost_and_nothing_is_offered_that_needs_them(browser: Browser, address: str) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(address)
    assert not browser.find("#search").is_displayed()
    assert not browser.find("#copy").is_displayed()
    assert sorted(browser.shown(".directory .row a")) == sorted([*TOPICS, "The Herald"])
    assert browser.find("#address").get_attribute("value") == f"{address}atom.xml"
    browser.driver.find_element(By.LINK_TEXT, "Boats").click()
    browser.wait_for(lambda: browser.shown("h1") == ["Boats"])
    assert browser.shown("article h3") == ["On Boats"]
    assert browser.driver.find_elements(By.CSS_SELECTOR, "article img, article b") == []
    browser.driver.find_element(By.LINK_TEXT, "All topics and providers").click()
    browser.wait_for(lambda: browser.shown("h1") == ["Feeds"])
    assert browser.complaints() == []


def test_whoever_uses_the_keyboard_comes_first_to_the_way_past_the_head(browser: Browser, address: str) -> None:
    browser.open(address)
    browser.find("body").send_keys(Keys.TAB)
    first = browser.driver.switch_to.active_element
    assert first.text == "Skip to content"
    assert first.location["y"] >= 0
    first.send_keys(Keys.ENTER)
    browser.wait_for(lambda: browser.driver.current_url == f"{address}#main")
    browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    focused = browser.driver.switch_to.active_element
    assert focused.get_attribute("id") == "address"
    assert focused.value_of_css_property("outline-style") == "solid"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_is_wider_than_the_screen(browser: Browser, address: str, width: int) -> None:
    browser.command(
        "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600
    )
    for path in ("", "topics/boats/index.html", "providers/the-herald/index.html"):
        browser.open(address + path)
        root = browser.find("html")
        assert root.get_property("scrollWidth") == root.get_property("clientWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_the_paper(browser: Browser, address: str, scheme: str) -> None:
    browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(address)
    paper = luminance(browser.find("body").value_of_css_property("background-color"))
    assert (paper > 0.5) == (scheme == "light")
    for selector in (
        "h1",
        "h3 a",
        ".summary",
        ".meta",
        ".row .count",
        "footer",
        ".inline p",
        ".masthead .about, .note",
    ):
        for element in browser.driver.find_elements(By.CSS_SELECTOR, selector)[:1]:
            ink = luminance(element.value_of_css_property("color"))
            assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 4.5, selector


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of a colour as browsers give it: `rgba(25, 27, 31, 1)`."""
    parts = [float(each) / 255 for each in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_page_that_is_opened_from_the_disk_works_too(browser: Browser, site: Site, address: str) -> None:
    browser.open((site.feeds / "index.html").as_uri())
    browser.find("#search").send_keys("boats")
    browser.wait_for(lambda: browser.find("#found").text == "1 of 6")
    browser.driver.find_element(By.LINK_TEXT, "Boats").click()
    browser.wait_for(lambda: browser.shown("h1") == ["Boats"])
    assert browser.complaints() == []


def test_a_page_in_hebrew_goes_from_right_to_left_and_each_text_in_its_own_direction(
    browser: Browser, site: Site
) -> None:
    site.configure(language="he", base_url="https://feeds.example/")
    site.write("a.md", item("שלום, HTML 5!", f"{LINK}a", excerpt="קצר (RSS 2.0)."))
    site.write("b.md", item("HTML 5 is here!", f"{LINK}b", topics=["C++"], locale="en", excerpt="Short."))
    site.render()
    browser.open((site.feeds / "index.html").as_uri())
    right = "return arguments[0].getBoundingClientRect().right"
    towards = "return getComputedStyle(arguments[0]).direction"
    for article in browser.driver.find_elements(By.CSS_SELECTOR, "article"):
        title, summary, meta = (article.find_element(By.CSS_SELECTOR, each) for each in ("h3", ".summary", ".meta"))
        assert browser.driver.execute_script(right, meta) > browser.driver.execute_script(right, title)
        direction = "ltr" if article.get_attribute("lang") == "en" else "rtl"
        assert [browser.driver.execute_script(towards, each) for each in (title, summary)] == [direction] * 2
        link = title.find_element(By.CSS_SELECTOR, "a")
        assert browser.driver.execute_script(right, link) == browser.driver.execute_script(right, title)
    assert browser.driver.execute_script(towards, browser.find(".directory a")) == "ltr"
    assert browser.driver.execute_script(towards, browser.find("#address")) == "ltr"
    assert browser.complaints() == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_paragraphs_keep_their_distance_in_either_direction(browser: Browser, site: Site, language: str) -> None:
    site.configure(language=language, base_url="https://feeds.example/")
    site.write("a.md", item("A", body="One.\n\nTwo.\n"))
    site.render()
    (page,) = (site.feeds / "entry").glob("*/index.html")
    browser.open(page.as_uri())
    one, two = browser.driver.find_elements(By.CSS_SELECTOR, ".text p")
    assert two.location["y"] > one.location["y"] + one.size["height"]


@pytest.fixture
def player(tmp_path: Path) -> Iterator[str]:
    """The page of a feed with one episode, whose file is on the same server."""
    folder = tmp_path / "player"
    folder.mkdir()
    with wave.open(str(folder / "a.wav"), "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 80_000)  # ten seconds of silence
    for name, data in assets.ASSETS.items():
        (folder / name).write_bytes(data)
    with served(folder) as url:
        entry = Entry(
            id="tag:feeds.example,2026:1", fingerprint=b"", title="Twelve", link="https://site.example/12",
            published=NOON, updated=NOON, authors=("Ada",), author_uri=None, summary="", content="", categories=(),
            image=None, video=None, duration=None, language=None, enclosure=Enclosure(f"{url}a.wav"),
        )  # fmt: skip
        feed = Feed(
            FeedId("all", ""), "tag:feeds.example,2026:all", "", "Show", "Of all", url, url, NOON, "en", Author("Ada"),
            None, None, (entry,), formats=("rss",),
        )  # fmt: skip
        for document in render(feed, ("page",)):
            (folder / document.path).write_bytes(document.data)
        yield url


def test_a_player_loads_its_file_when_somebody_plays_it_and_not_before(browser: Browser, player: str) -> None:
    browser.open(player)
    loaded = "return performance.getEntriesByType('resource').map(each => new URL(each.name).pathname)"
    assert set(browser.driver.execute_script(loaded)) <= {"/feedd.css", "/feedd.js", "/feedd.svg"}
    assert browser.driver.execute_script("return document.querySelector('audio').networkState") != 2  # LOADING
    play = "document.querySelector('audio').play()"
    browser.command("Runtime.evaluate", expression=play, userGesture=True)  # as a person does
    browser.wait_for(lambda: browser.driver.execute_script("return document.querySelector('audio').currentTime > 0"))
    assert browser.driver.execute_script("return document.querySelector('audio').duration") == 10
    assert browser.complaints() == []


def test_a_sound_beside_its_item_is_played_from_where_a_listener_wants(browser: Browser, site: Site) -> None:
    with wave.open(str(site.seeds / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 44100, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 44100 * 600))  # ten minutes, 53 MB: more than a browser takes at once
    with serving(site.root) as url:
        site.configure(base_url=url)
        site.write("1.md", item("Twelve", "https://show.example/12", audio="a.wav"))
        site.render()
        browser.open(url)
        assert browser.driver.execute_script("return document.querySelector('audio').networkState") != 2  # LOADING
        play = "document.querySelector('audio').currentTime = 590; document.querySelector('audio').play()"
        browser.command("Runtime.evaluate", expression=play, userGesture=True)
        now = "return document.querySelector('audio').currentTime"
        browser.wait_for(lambda: browser.driver.execute_script(now) > 590)
        assert browser.driver.execute_script("return document.querySelector('audio').seekable.end(0)") == 600
        answers = "return performance.getEntriesByType('resource').map(each => each.responseStatus)"
        browser.wait_for(lambda: 206 in browser.driver.execute_script(answers))
        assert browser.complaints() == []


@pytest.mark.parametrize("width", [320, 1100])
def test_a_player_is_no_wider_than_its_page(browser: Browser, player: str, width: int) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.command("Emulation.setDeviceMetricsOverride", **metrics)
    try:
        browser.open(player)
        assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.command("Emulation.clearDeviceMetricsOverride")


# Pictures that lie with the feeds


@pytest.mark.parametrize("width", [320, 1280])
def test_pictures_of_here_are_shown_at_each_depth_and_no_page_asks_elsewhere(
    browser: Browser, site: Site, width: int
) -> None:
    site.write("post/boat.jpg", photo(900, 600))
    site.write("post/a.md", item("A", "https://site.example/a", body="![](boat.jpg)", images=[{"url": "boat.jpg"}]))
    site.write("post/note.md", item("Note", topics=["Boats"], images=[{"url": "boat.jpg"}]))
    browser.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    try:
        with served(site.feeds) as url:
            site.configure(base_url="https://feeds.example/")  # another address than that by which the page is seen
            site.render()
            (own,) = (path for path in site.documents() if path.startswith("entry/"))
            for path, pictures in (("", 2), ("topics/boats/", 1), (own, 1)):
                browser.open(url + path)
                browser.driver.execute_script("window.scrollTo(0, document.body.scrollHeight)")
                loaded = f"return [...document.images].filter(each => each.naturalWidth === 900).length === {pictures}"
                browser.wait_for(partial(browser.driver.execute_script, loaded))
                wide = browser.driver.execute_script("return document.documentElement.scrollWidth")
                assert wide <= width
        assert [each for each in browser.complaints() if "favicon" not in each] == []
    finally:
        browser.command("Emulation.clearDeviceMetricsOverride")
