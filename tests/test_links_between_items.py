"""Bodies that link to other items: by the names of pages, and by the paths of files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support import Site, item

BASE = "https://site.example/"


def href(site: Site, title: str = "A") -> str:
    """Where the only link in an entry's content leads."""
    (entry,) = (entry for entry in site.entries().values() if entry.title == title)
    return entry.content[0].value.split('href="')[1].split('"')[0]


def write(site: Site, path: str, title: str, body: str = "Text.", **fields: object) -> None:
    site.write(path, item(title, f"{BASE}{title.lower()}", body=body, **fields))


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("posts/a.md", "[x](b.md)"),
        ("posts/a.md", "[x](./b.md#part)"),
        ("posts/a.md", "<a href='../posts/b.md'>x</a>"),
        ("a.md", "[x](posts/b.md)"),
        ("notes/deep/a.md", "[x](/posts/b.md)"),
        ("notes/a.md", "[x](b.md)"),
        ("notes/a.html", "<p><a href=../posts/b.md>x</a></p>"),
        ("notes/a.md", "[[b]]"),
        ("notes/a.md", "[x](../pages/c.html)"),
        ("pages/a.html", "<p><a href='c.html'>x</a></p>"),
    ],
)
def test_a_link_to_the_file_of_an_item_leads_to_the_item(site: Site, path: str, link: str) -> None:
    write(site, path, "A", f"See {link}.")
    write(site, "posts/b.md", "B")
    write(site, "pages/c.html", "C")
    site.render()
    assert href(site) == f"{BASE}{'c' if 'c.html' in link else 'b'}"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("x/2024-01-02-b.md", "{% post_url 2024-01-02-b %}"),
        ("x/2024-01-02-b.markdown", "{{ site.baseurl }}{% post_url 2024-01-02-b %}"),
        ("x/2024-01-02-b.markdown", "{% link x/2024-01-02-b.markdown %}"),
        ("posts/b.md", '{{< ref "b.md#part" >}}'),
        ("posts/b/index.md", '{{< relref "/posts/b" >}}'),
        ("content/posts/b/index.md", "/posts/b/index.md"),
        ("blog/b.md", "@/blog/b.md"),
        ("docs/b.mdx", "../docs/b.mdx#part"),
    ],
)
def test_a_reference_of_another_generator_leads_to_the_item(site: Site, path: str, link: str) -> None:
    write(site, "posts/a.md", "A", f"See [x]({link}).")
    write(site, path, "B")
    site.render()
    assert href(site) == f"{BASE}b"


def test_a_link_to_html_that_is_no_item_stays_a_link_to_that_page(site: Site) -> None:
    write(site, "a.md", "A", "[x](pages/c.html)")
    write(site, "c.html", "C")
    site.render()
    assert href(site) == f"{BASE}pages/c.html"
    write(site, "pages/c.html", "There")
    site.render()
    assert href(site) == f"{BASE}there"


def test_a_path_leads_to_the_file_there_and_a_name_to_the_first(site: Site) -> None:
    write(site, "x/a.md", "A", "[x](../z/b.md)")
    write(site, "x/c.md", "C", "[[b]]")
    write(site, "y/b.md", "First")
    write(site, "z/b.md", "Second")
    site.render()
    assert (href(site), href(site, "C")) == (f"{BASE}second", f"{BASE}first")


def test_a_link_follows_what_becomes_of_the_file(site: Site) -> None:
    write(site, "a.md", "A", "[x](notes/b.md)")
    site.render()
    assert href(site) == f"{BASE}notes/b.md"
    write(site, "other/b.md", "Elsewhere")
    site.render()
    assert href(site) == f"{BASE}elsewhere"
    write(site, "notes/b.md", "There")
    site.render()
    assert href(site) == f"{BASE}there"
    write(site, "notes/b.md", "There", published=False)
    site.render()
    assert href(site) == f"{BASE}elsewhere"
    (site.seeds / "other/b.md").unlink()
    site.render()
    assert "x" in site.entries()["A"].content[0].value
    assert "href" not in site.entries()["A"].content[0].value, "the name of a withheld file is not shown"
    (site.seeds / "notes/b.md").unlink()
    site.render()
    assert href(site) == f"{BASE}notes/b.md"


def test_a_link_is_read_from_where_its_own_file_is_now(site: Site) -> None:
    write(site, "x/b.md", "In X")
    write(site, "y/b.md", "In Y")
    write(site, "y/a.md", "A", "[x](b.md)")
    site.render()
    assert href(site) == f"{BASE}in y".replace(" ", "%20")
    (site.seeds / "y/a.md").rename(site.seeds / "x/a.md")
    site.render()
    assert href(site) == f"{BASE}in x".replace(" ", "%20")


def test_a_page_of_a_wiki_shows_words_where_a_page_is_missing_and_other_items_do_not(site: Site) -> None:
    write(site, "a.md", "A", "if [[ -n x_y ]]")
    write(site, "b.md", "B", "From: [[channel]]\n\nOf [[a_technique | techniques]] and [[other_things]]")
    site.write("c.md", item("C", None, body="Of [[other_things]]", videoId="x0-zGdlpTeg"))
    site.render()
    shown = {entry.title: entry.content[0].value for entry in site.entries().values()}
    assert shown["A"] == "<p>if [[ -n x_y ]]</p>"
    assert shown["B"] == "<p>Of techniques and other things</p>"
    assert shown["C"].endswith("<p>Of other things</p>")


HIDDEN_LINKS = {
    "[[Hidden note]]": "(…)",
    "[[notes/Hidden note#Part]]": "(…)",
    "![[hidden_note]]": "(…)",
    "[[Hidden note|the words]]": "the words",
    "![[Hidden note|the words]]": "the words",
    "[the words](Hidden%20note.md)": "the words",
    "[the words](</notes/Hidden note.md#part>)": "the words",
    "<a href='/notes/Hidden note.md'>the words</a>": "the words",
    "![the words](Hidden%20note.md)": "",
    "![](</notes/Hidden note.md>)": "",
    "[[Unknown page|the words]]": "the words",
    "[the words](Hidden note.md)": "the words",
    "[the words]({filename}Hidden note.md)": "the words",
    "[the words](Hidden%20note)": "the words",
    "[the words](../notes/hidden-note/?x#part)": "the words",
    "<a href=/notes/Hidden_note.html>the words</a>": "the words",
    '[the words]({{<ref "Hidden note.md">}})': "the words",
    '{{<ref "Hidden note.md">}}': "→",
    "[the words]({% link notes/Hidden note.md %})": "the words",
    "{% post_link Hidden-note %}": "→",
    "`[[Hidden note]]`": "<code>[[(…)]]</code>",
    "$[[Hidden note]]$": "$[[(…)]]$",
    "\\[[Hidden note]]": "[[(…)]]",
    "[[Hidden note^part]]": "(…)",
    "<iframe src='Hidden%20note.md'></iframe>": "",
    "<object data='Hidden%20note.md'></object>": "",
    "<embed src='Hidden%20note.md'>": "",
    "<video src='Hidden%20note.md'></video>": "",
    "![the words](hidden-note)": "",
    "[the words](other/hidden-note.markdown)": "the words",
    "[the words](hidden\\-note)": "the words",
    "<a\nhref=\n'hidden-note'>the words</a>": "the words",
    "<a href='\nhidden-note\n'>the words</a>": "the words",
    "[the words](\u00a0hidden-note)": "the words",
    "[the words](<.\\hidden-note>)": "the words",
    "[[hidden-note.markdown]]": "(…)",
    "[a](b[words](hidden-note)": "[a](bwords",
}
DRAFT = item("Secret", draft=True)
WITHHELD_NOTES = {  # by the note's own fields, or by another file
    "a draft": {"Hidden note.md": DRAFT},
    "not published": {"Hidden note.md": item("Secret", published=False)},
    "of the future": {"Hidden note.md": item("Secret", date="2999-01-01")},
    "withheld by its data": {"Hidden note.md": item("Secret"), "Hidden note.json": '{"draft": true}'},
    "withheld in its folder": {
        "Hidden note.md": item("Secret"),
        "_index.md": "---\ncascade: {target: {path: '/notes/hidden-*'}, draft: true}\n---\n",
    },
}


@pytest.mark.parametrize("link", HIDDEN_LINKS)
@pytest.mark.parametrize("habit", WITHHELD_NOTES)
def test_a_link_does_not_tell_the_name_of_a_withheld_note(site: Site, link: str, habit: str) -> None:
    for name, text in WITHHELD_NOTES[habit].items():
        site.write(f"notes/{name}", text)
    write(site, "notes/a.md", "A", f"See {link} there.", videoId="x0-zGdlpTeg")
    write(site, "notes/b.md", "B", f"See {link} there.")
    site.render()
    for title in ("A", "B"):
        assert f"<p>See {HIDDEN_LINKS[link]} there.</p>" in site.entries()[title].content[0].value
    told = b"".join(data for data in site.documents().values() if data[:2] != b"\x1f\x8b").lower()
    for name in (b"hidden note", b"hidden%20note", b"hidden_note", b"hidden-note"):
        assert name not in told
    assert b"unknown page" not in told


@pytest.mark.parametrize(
    "link",
    [
        "[the words](https://site.example/notes/hidden-note/)",
        "[the words](https://SITE.example/notes/hidden-note/#part)",
        "[the words]: <//site.example/Hidden%20note>\n\n[the words]",
        "<a href=http://site.example/notes/hidden-note.md>the words</a>",
        "<a href='\n https://site.example/notes/hidden note/'>the words</a>",
    ],
)
def test_a_whole_url_of_the_own_site_does_not_tell_the_name_of_a_withheld_note(site: Site, link: str) -> None:
    site.configure(base_url="https://feeds.example/", site={"url": BASE})
    site.write("notes/Hidden note.md", DRAFT)
    write(
        site,
        "notes/a.md",
        "A",
        f"{link} there and [on](https://site.example/shown) [here](https://a.example/hidden-note).",
    )
    site.render()
    shown = site.entries()["A"].content[0].value
    assert "the words there" in shown.replace("</p>\n<p>", " ")
    assert f'<a href="{BASE}shown">on</a> <a href="https://a.example/hidden-note">here</a>' in shown
    assert "site.example/notes" not in shown
    assert "site.example/Hidden" not in shown
    site.write("notes/Hidden note.md", item("Told"))
    site.render()
    assert "hidden" in site.entries()["A"].content[0].value.lower().replace("a.example/hidden-note", "")


@pytest.mark.parametrize(
    "link",
    [
        *(
            "[the words](Ada's%20(old)%20note)",
            r"[the words](Ada's%20\(old\)%20note)",
            "[the words](<Ada's (old) note>)",
        ),
        *('<a href="Ada\'s (old) note">the words</a>', "<a href='Ada&#39;s (old) note'>the words</a>"),
    ],
)
@pytest.mark.parametrize("base", ["", BASE])
def test_a_link_does_not_tell_the_name_of_a_withheld_note_with_marks_in_it(site: Site, link: str, base: str) -> None:
    site.configure(base_url="https://feeds.example/", site={"url": BASE})
    site.write("Ada's (old) note.md", DRAFT)
    write(site, "a.md", "A", f"See {link.replace('Ada', f'{base}Ada')} there.")
    site.render()
    assert site.entries()["A"].content[0].value == "<p>See the words there.</p>"


@pytest.mark.parametrize("address", ["/2024/05/06/hidden-note.html", f"{BASE}blog/2024/05/06/hidden-note/"])
def test_an_address_with_a_day_does_not_tell_the_name_of_a_withheld_note(site: Site, address: str) -> None:
    site.configure(base_url="https://feeds.example/", site={"url": BASE})
    site.write("_posts/2024-05-06-hidden-note.md", DRAFT)
    write(site, "a.md", "A", f"See [the words]({address}) and [this](/2024/05/07/hidden-note/).")
    site.render()
    this = f'<a href="{BASE}2024/05/07/hidden-note/">this</a>'
    assert site.entries()["A"].content[0].value == f"<p>See the words and {this}.</p>"


def test_a_link_in_plain_markdown_does_not_tell_the_name_of_a_withheld_note(site: Site) -> None:
    write(site, "hidden.md", "Secret", draft=True)
    write(site, "a.md", "A", 'See [one](hidden.md), [two](./hidden.md#part) and [three](hidden.md "Secret").')
    site.render()
    assert site.entries()["A"].content[0].value == "<p>See one, two and three.</p>"


def test_a_link_to_a_note_follows_what_withholds_the_note(site: Site) -> None:
    write(site, "a.md", "A", "See [[Note]].")
    site.render()
    assert "[[Note]]" in site.entries()["A"].content[0].value
    write(site, "note.md", "Note", draft=True)
    site.render()
    assert "See (…)." in site.entries()["A"].content[0].value
    write(site, "note.md", "Note")
    site.render()
    assert href(site) == f"{BASE}note"
    write(site, "note.md", "Note", published=False)
    site.render()
    assert "See (…)." in site.entries()["A"].content[0].value


def test_a_link_of_dendron_has_its_words_first(site: Site) -> None:
    write(site, "a.md", "A", "See [[The note|dev.the-note]], [[B|dev.the-note]] and [[no page|1.5]].")
    write(site, "b.md", "B")
    write(site, "dev.the-note.md", "N")
    site.render()
    b, note = f'<a href="{BASE}b">dev.the-note</a>', f'<a href="{BASE}n">The note</a>'
    assert f"See {note}, {b} and 1.5." in site.entries()["A"].content[0].value
    write(site, "dev.the-note.md", "N", draft=True)
    site.render()
    assert f"See The note, {b} and 1.5." in site.entries()["A"].content[0].value


@pytest.mark.parametrize("by_name", [True, False])
def test_a_local_address_that_is_only_a_name_leads_to_the_item_if_the_site_has_it_so(site: Site, by_name: bool) -> None:
    site.configure(base_url="https://feeds.example/", site={"url": BASE, "links_by_name": by_name})
    write(site, "a.md", "A", "See [it](/a-note#part), [it](A%20note) and [it](/x/a-note).")
    write(site, "notes/A note.md", "N")
    site.render()
    links = [
        part.partition('"')[0].removeprefix(BASE) for part in site.entries()["A"].content[0].value.split('href="')[1:]
    ]
    assert links == (["n", "n", "x/a-note"] if by_name else ["a-note#part", "A%20note", "x/a-note"])


SEE_NOTE = f'See <a href="{BASE}deep/note/">it</a>.'


@pytest.mark.parametrize(
    ("name", "text"),
    [("deep/deep.json", '{"draft": true}'), ("_index.md", "---\ncascade: {draft: true}\n---\n")],
)
def test_a_link_to_a_note_follows_what_withholds_its_folder(site: Site, name: str, text: str) -> None:
    write(site, "a.md", "A", "See [it](deep/note/).")
    site.write("notes/deep/er/note.md", item("Note"))
    site.render()
    assert SEE_NOTE in site.entries()["A"].content[0].value
    site.write(f"notes/{name}", text)
    site.render()
    assert "See it." in site.entries()["A"].content[0].value
    (site.seeds / "notes/deep/er/note.md").unlink()
    site.render()
    assert SEE_NOTE in site.entries()["A"].content[0].value
    site.write("notes/deep/er/note.md", item("Note"))
    site.render()
    assert "See it." in site.entries()["A"].content[0].value
    (site.seeds / f"notes/{name}").unlink()
    site.render()
    assert SEE_NOTE in site.entries()["A"].content[0].value


def test_a_digest_reads_wiki_links_as_the_entries_do(site: Site) -> None:
    site.configure(base_url=BASE, views={"digest": ["daily"], "feeds": ["all"]})
    write(site, "a.md", "A", "After [[b|the letter B]], not [[missing]].")
    write(site, "b.md", "B")
    site.publish(datetime(2024, 5, 1, 13, tzinfo=UTC))
    site.publish(datetime(2024, 5, 2, 1, tzinfo=UTC))
    (digest,) = site.entries("digest/daily/atom.xml").values()
    assert "After the letter B, not [[missing]]." in digest.content[0].value


@pytest.mark.parametrize("link", ["[x](../notes/b.md)", "<a href='../notes/b.md'>x</a>", "[[b]]", "[[b|the note]]"])
def test_a_link_to_the_file_of_an_item_without_a_link_leads_to_its_page(site: Site, link: str) -> None:
    write(site, "posts/a.md", "A", f"See {link}.")
    site.write("notes/b.md", item("A note", date="2020-01-01", body="Text."))
    site.configure(base_url="https://feeds.example/x/", limit=1)  # the note is older, and in no feed
    page = "https://feeds.example/x/entry/a-note/"
    site.render()
    assert href(site) == page
    site.write("notes/b.md", item("A note with another name", date="2020-01-01", body="Text."))
    site.render()
    assert href(site) == page
    site.write("notes/b.md", item("A note", date="2020-01-01", body="Text.", published=False))
    site.render()
    assert page not in (site.feeds / "atom.xml").read_text()
    site.write("notes/b.md", item("A note", f"{BASE}b", "2020-01-01"))
    site.render()
    assert href(site) == f"{BASE}b"


def test_a_link_to_an_item_without_a_link_leads_to_no_page_where_there_are_none(site: Site) -> None:
    write(site, "a.md", "A", "See [[b]] and [x](b.md).")
    site.write("b.md", item("A note", body="Text."))
    site.configure(base_url="https://feeds.example/", pages=False)
    site.render()
    assert href(site) == f"{BASE}b.md"
    site.configure(base_url="https://feeds.example/")
    site.render()
    assert href(site) == "https://feeds.example/entry/a-note/"
