"""Marks in the words of other publishers: which values withhold an item, in every format of front matter."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed
from feedd.items.withholding.joined_files import may_be_joined
from feedd.items.withholding.meaning import is_publishable

NOW = datetime(2026, 6, 1, tzinfo=UTC)

WITHHELD = (
    *("draft: true", "Draft: true", "drafts: true", "isDraft: true", "is_draft: yes", "published: false"),
    *("Published: false", "PUBLISHED: no", "publish: false", "share: false", "dg-publish: false", "dgPublish: false"),
    *("private: true", "hidden: true", "unlisted: true", "hide: true", "public: false", "headless: true"),
    *("status: draft", "Status: Draft", "status: hidden", "status: pending", "status: scheduled", "status: future"),
    *("status: trash", "status: skip", "status: drafft", "status: draft (second)", "visibility: private"),
    *("visibility: hiden", "visibility: unlisted", "eleventyExcludeFromCollections: true", "withdrawn: 2024-01-01"),
    *("published: 2099-01-01", "expiryDate: 2020-01-01", "expires: 2020-01-01", "unpublishDate: 2020-01-01"),
    *(
        "date: 2099-01-01",
        "pubDate: 2099-01-01",
        "publishDate: 2099-01-01",
        "scheduled: 2099-01-01",
        "publish: 2099-1-2",
        "publish_on: 2099-01-01",
        "publishAt: 2099-01-01",
        "scheduled-for: 2099-01-01",
        "embargo: 2099-01-01",
        "goLive: 2099-01-01",
        *("go_live_at: 2099-01-01", "hide_until: 2099-01-01", "draft-until: 2099-01-01", "embargo_date: 2099-01-01"),
        *("publish_after: 2099-01-01", "not_before: 2099-01-01", "visibleFrom: 2099-01-01", "unlock_date: 2099-01-01"),
        *("post_date: 2099-01-01", "published_on: 2099-01-01", "posted_at: 2099-01-01", "publishTime: 2099-01-01"),
    ),
    *("unpublished: true", "is_unpublished: yes", "secret: true", "confidential: yes", "retracted: true"),
    *("publish_status: draft", "publishStatus: private", "publication-status: hidden", "deleted_at: 2024-01-01"),
    *("removedAt: 2024-01-01", "unpublish_at: 2020-01-01", "expires_at: 2020-01-01"),
    *("Published: 2099-01-01", "Date: Jan 2, 2099", "expiry_date: 2020-1-2"),
    *("retracted: 2020-01-01", "password: abc", "Password: 1234", "secret: ture"),
    # what is unclear, or misspelt
    *("draft: maybe", "private: ture", "publised: false", "unlistd: true", "hiden: true", "statsu: draft"),
    *("published: nope", "expiryDate: soon", "share: flase", "publish: flase"),
)
SHOWN = (
    *(
        "draft: false",
        "isDraft: no",
        "published: 2023-9-29",
        "Publish: 2023-09-29",
        "published: true",
        "published: 2023-09-29",
        "publish: true",
        "share: true",
    ),
    *("private: false", "hidden: false", "unlisted: false", "status: published", "status: accepted"),
    *("status: evergreen", "status: superseded", "visibility: public", "withdrawn: false", "expiryDate: 2099-01-01"),
    *("eleventyExcludeFromCollections: false", "share: Read this", "featured: true", "list: never"),
    *("unpublished: false", "secret: no", "publish_status: published", "expiresAt: 2099-01-01", "retracted: false"),
    *("secret: flag-in-cookie", "confidential: low", "retracted: see note", "password: false"),
    *("expires: never", "expiresAt: never", "expires: 1d"),
    *("publisher: true", "shared: true", "pinned: false", "dg-home: false"),
)


def yaml(field: str) -> str:
    return f"---\ntitle: A title\n{field}\n---\nText.\n"


def toml(field: str) -> str:
    name, _, value = field.partition(": ")
    value = {"''": '""', "yes": '"yes"', "no": '"no"'}.get(value, value)
    written = (
        value
        if value in ("true", "false", '""') or (len(value) == 10 and value[:2] == "20") or '"' in value
        else f'"{value}"'
    )
    return f'+++\ntitle = "A title"\n{name} = {written}\n+++\nText.\n'


def block(field: str) -> str:
    return f"```toml\n{toml(field).removeprefix('+++').split('+++')[0].strip()}\n```\nText.\n"


def json_object(field: str) -> str:
    name, _, value = field.partition(": ")
    written = {"true": True, "false": False, "''": ""}.get(value, value)
    return json.dumps({"title": "A title", name: written}, indent=2) + "\nText.\n"


def headers(field: str) -> str:
    return f"Title: A title\n{field.replace(chr(39), '')}\n\nText.\n"


def comment(field: str) -> str:
    return "<!--\n.. title: A title\n.. {}\n-->\n\nText.\n".format(field.replace("'", ""))


FORMATS = {
    "yaml": yaml,
    "toml": toml,
    "toml-block": block,
    "json": json_object,
    "headers": headers,
    "headers in a comment": comment,
}


def is_published(parsed: Parsed) -> bool:
    """Whether a subscriber may see the item, or its last good version."""
    if parsed.item is None:
        return not parsed.withheld_while_broken
    return is_publishable(parsed.item, NOW, default_listed=True)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("field", WITHHELD)
def test_a_mark_withholds_in_every_format(field: str, name: str) -> None:
    parsed = parse("a.md", FORMATS[name](field).encode())
    assert parsed.dialect == name.partition(" ")[0]
    assert not is_published(parsed)


@pytest.mark.parametrize("field", ["published: 2099-01-01", "publish: 2099-1-2", "scheduled: 2099-01-01"])
def test_a_time_to_come_withholds_beside_the_date_of_the_seeds(field: str) -> None:
    parsed = parse("a.md", yaml(f"publishedDateTime: 2020-01-01\n{field}").encode())
    assert parsed.item is not None
    assert not is_published(parsed)
    parsed = parse("a.md", yaml(f"publishedDateTime: 2020-01-01\n{field.replace('2099', '2019')}").encode())
    assert parsed.item is not None
    assert parsed.item.published == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("field", SHOWN)
def test_the_opposite_of_a_mark_and_other_words_withhold_nothing(field: str, name: str) -> None:
    parsed = parse("a.md", FORMATS[name](field).encode())
    assert parsed.item is not None, parsed.problems
    assert is_published(parsed)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("field", WITHHELD)
def test_a_mark_in_a_broken_file_withholds_in_every_format(field: str, name: str) -> None:
    if field.startswith(("expir", "unpublish_at", "unpublishDate")) or "20" in field:
        return  # the last good version has its own dates
    broken = {
        "yaml": "x: a: b",
        "toml": "x = a b",
        "toml-block": "x = a b",
        "json": '  "x" "y",',
        "headers": "Title: again",
        "headers in a comment": ".. title: again",
    }[name]
    lines = FORMATS[name](field).split("\n")
    parsed = parse("a.md", "\n".join([*lines[:1], broken, *lines[1:]]).encode())
    assert parsed.item is None
    assert not is_published(parsed)


@pytest.mark.parametrize(
    "front",
    [
        "params:\n  draft: true\n",
        "params:\n  hidden: true\n",
        "extra:\n  status: draft\n",
        "extra:\n  more: x\n  unlisted: true\n",
        "taxonomies:\n  private: true\n",
        "advisory:\n  withdrawn: 2024-02-03\n",
        "build:\n  render: never\n",
        "_build:\n  render: false\n",
        "build:\n  list: never\n",
        "_build: {list: false}\n",
        "cascade:\n  draft: true\n",
        "cascade:\n- build:\n    render: never\n",
        "cascade: {_build: {list: never}}\n",
        "render: false\n",
        "params: {expiryDate: 2020-01-01}\n",
    ],
)
def test_a_mark_in_the_mappings_of_a_theme_speaks_of_the_item(front: str) -> None:
    parsed = parse("a.md", f"---\ntitle: x\n{front}---\nText.\n".encode())
    assert parsed.item is not None, parsed.problems
    assert not is_published(parsed)


@pytest.mark.parametrize(
    "front",
    [
        "cover:\n  image: /a.png\n  hidden: true\n",
        "cover: {image: /a.png, hidden: true}\n",
        "sidebar:\n  hidden: true\n",
        "menu:\n  status: draft\n",
        "build:\n  list: always\n  render: link\n",
        "hide:\n- navigation\n- toc\n",
        "share: [twitter]\n",
    ],
)
def test_a_mark_in_another_mapping_speaks_of_a_part(front: str) -> None:
    parsed = parse("a.md", f"---\ntitle: x\n{front}---\nText.\n".encode())
    assert parsed.item is not None, parsed.problems
    assert is_published(parsed)


@pytest.mark.parametrize("mark", ["isDraft: true", "unlisted: true", "dg-publish: false", "draft: true"])
def test_an_unmistakable_mark_in_another_mapping_is_a_slip(mark: str) -> None:
    parsed = parse("a.md", f"---\ntitle: x\ncover:\n  image: /a.png\n  {mark}\n---\nText.\n".encode())
    assert parsed.item is None
    assert not is_published(parsed)


@pytest.mark.parametrize(
    "mark", ["hidden: true", "unlisted: true", "status: draft", "private: yes", "dg-publish: false"]
)
@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: 'x\n  {}\nexcerpt: the cats'\n---\nText\n",
        "---\ntitle: x\nexcerpt: |\n  Prose.\n  {}\n---\nText\n",
        "---\ntitle: x\n---\n{}\n---\nText\n",
        "---\ntitle: x\n---\nquality: 3\n{}\n\nText\n",
        "+++\ntitle = 'x'\n+++\n{=}\n+++\nText\n",
        "+++\ntitle = 'x'\nsummary = '''\n{=}\n'''\n+++\nText\n",
        "```toml\ntitle = 'x'\n```\n{=}\n```\nText\n",
        '{\n"title": "x"\n}\n{j}\n}\nText\n',
        "Title: x\n\n{}\n\nText\n",
        "# Title\n{}\n\nText\n",
        # lines as other programs write them, in a file that lost its front matter
        "<p>Text</p>\n<p>{}</p>\n",
        "1: Text\n2: {}\n3: Text\n",
        "```yaml\n---\ntitle: x\n{}\n---\n\nText\n```\n",
        # two files that were joined, also of two formats
        '---\ntitle: x\n---\nText\n\n+++\ntitle = \'y\'\nsummary = """\nSome words."""\n{=}\n+++\nText\n',
        "---\ntitle: x\n---\nText\n\n---\ntitle: y\nsummary: some words\n  and more\n{}\n---\nText\n",
        "---\ntitle: x\n---\nText\n\n+++\ntitle = 'y'\n{=}\n+++\nText\n",
        "---\ntitle: x\n---\nText\nTitle: y\n{}\n\nText\n",
        "---\ntitle: x\n---\nText\n\nTitle: y\nisDraft: true\n\nText {}\n",
        "+++\ntitle = 'x'\n+++\nText\n\n<!--\n.. title: y\n.. {}\n-->\n\nText\n",
        '---\ntitle: x\n---\nText\n\n{\n"title": "y",\n{j}\n}\nText\n',
        "---\ntitle: x\n---\nText\n\n---\ntitle: y\n{}\n---\nText\n",
        "---\ntitle: x\n---\n# Text\n---\n{}\ntitle: y\n---\nText\n",
    ],
)
def test_a_mark_that_a_slip_sweeps_away_withholds(text: str, mark: str) -> None:
    name, value = mark.split(": ")
    for form in (mark, f"{mark} "):
        data = text.replace("{=}", f'{name} = "{value}"').replace("{j}", f'"{name}": "{value}"').replace("{}", form)
        assert not is_published(parse("a.md", data.encode())), data


@pytest.mark.parametrize("rest", ["= 'x'", " = 'x'", "='x'", "=x", "= [1]"])
@pytest.mark.parametrize("mark", ["draft = true", "drafts = true", "published = false", "unlisted = yes"])
def test_a_mark_to_which_a_line_without_its_name_was_joined_withholds(mark: str, rest: str) -> None:
    assert not is_published(parse("a.md", f"+++\ntitle = 'x'\n{mark}{rest}\n+++\nText\n".encode()))


@pytest.mark.parametrize(
    "line",
    ["Title: y", "TITLE = 'y'", "t\u0131tle: y", "T\u0130TLE: y", '{"title": "y"', ".. slug: y", "-->", "a, title"],
)
def test_a_second_file_is_looked_for_where_a_title_or_a_comment_may_begin(line: str) -> None:
    assert may_be_joined(f"Text.\n{line}\n")


def test_no_second_file_is_looked_for_in_prose() -> None:
    assert not may_be_joined("Text of a little kettle, with a subtitle: -->, .. and a title\n")


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"{front}Text.\n\n{start}\n---\ntitle: y\n{mark}\n---\n{end}\n\nMore.\n"
            for front in ("---\ntitle: x\n---\n", "# x\n\n")
            for mark in ("draft: true", "published: false")
            for start, end in (
                ("{% highlight yaml %}", "{% endhighlight %}"),
                ("{% raw %}", "{%- endraw -%}"),
                ("{{< highlight yaml >}}", "{{< /highlight >}}"),
            )
        ),
        "```yaml\n---\ntitle: x\ndraft: true\n---\n```\n\nThis hides a post.\n",
        *(
            f"# x\n\nText.\n\n{line}\n"
            for line in (
                *("Confidential: yes, the talk was.", "> Confidential: true", "- secret: true or false"),
                *("1. draft: true", "2) hidden: true", "A literal \\nsecret: true", "Private: yes, it was"),
                *("A literal \\nhidden: true or not", "Retracted: yes", "Password: abc", "Unpublished: true"),
            )
        ),
        "--- Chapter one ---\n\nText.\n",
        "---\ntitle: x\n---\nPassword: abc\n\nText.\n",
        "---\ntitle: x\n---\nOf a book.\n\nTitle: The Mill\nPublished: 1999\nDraft: 1998\n\nMore.\n",
        "---\ntitle: x\n---\nText.\n\n```\nTitle: y\nDraft: true\n```\n",
        '---\ntitle: x\n---\nText.\n\n```json\n{"title": "y", "draft": true}\n```\n',
        "---\ntitle: x\n---\n<!-- a\nremark -->\n\nText.\n",
        # samples and listings of other things than items
        '```json\n{\n  "name": "x",\n  "private": true\n}\n```\n',
        "```yaml\nservice:\n  hidden: true\n```\n",
        "# x\n\n```diff\n--- a.md\n+++ a.md\n@@ -1,3 +1,4 @@\n title: x\n+draft: true\n```\n\nThat hides it.\n",
        "# x\n\nOn Monday Anna wrote:\n\n> The title: I like it. Is the draft: true to life?\n",
        "# x\n\n| title | The title |\n| draft | true |\n",
        "# x\n\n- title: what readers see\n- draft: true for what is not finished\n",
        "# x\n\n1. `title: x`\n2. `draft: true`\n",
        "<pre>\nserver:\n  hidden: true\n</pre>\n",
        "# x\n\n```html\n<p>title: x</p>\n<p>draft: true</p>\n```\n",
        '```json\n{"title": "x", "draft": true}\n```\n\nThis hides a post.\n',
        "```html\ntitle = 'x'\ndraft = true\n```\n\nNo HTML.\n",
        "A feed is secure: we sign it.\n\nSecure: yes.\n",
        "# x\n\nSacred: no.\n\nProcured: two.\n\n`secred: x` is a slip.\n",
    ],
)
def test_a_text_that_shows_marks_or_speaks_of_them_is_published(text: str) -> None:
    parsed = parse("a.md", text.encode())
    assert parsed.item is not None, parsed.problems
    assert is_published(parsed)


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\n---\nText.\n\n{% raw %}\n---\ntitle: y\ndraft: true\n---\nMore.\n",
        "---\ntitle: x\n---\nText.\n\n{% raw %}x{% endraw %}\n---\ntitle: y\ndraft: true\n---\nMore.\n",
        "```yaml\n---\ntitle: x\ndraft: true\n---\nText.\n",
        "```yaml\n---\ntitle: x\ndraft: true\n---\n\nText.\n```\n\n",
        "--- title: x draft: true ---\n\nText.\n",
    ],
)
def test_a_mark_beside_what_only_looks_like_a_sample_withholds(text: str) -> None:
    assert not is_published(parse("a.md", text.encode()))


TOML_WITH = "title = 'x'\n{} = true\n"


@pytest.mark.parametrize(
    "language", ["oml", "tml", "tol", "tom", "otml", "tmol", "tomll", "xoml", "to ml", "TOML", "toml x", ".toml"]
)
@pytest.mark.parametrize("name", ["draft", "hidden"])
def test_a_slip_in_the_language_of_a_block_of_toml_takes_no_mark_away(language: str, name: str) -> None:
    text = f"```{language}\n{TOML_WITH.format(name)}secured = 'HIDDEN words'\n```\nText.\n"
    parsed = parse("a.md", text.encode())
    assert not is_published(parsed)
    assert "HIDDEN" not in str(parsed)


@pytest.mark.parametrize(
    "text",
    [
        "1: title: x\n2: date: 2023-01-02\n12: deleted_at: 2024-01-01\n",
        "1 title: x\n12 deleted_at: 2024-01-01\n",
        "(1) title: x\n(2) expires: 2020-01-01\n",
        "a.md:1:---\na.md:2:title: x\na.md:3:password: abc\na.md:4:---\n",
        "> +++\n> title = 'x'\n> secret = true\n> +++\n> Text.\n",
        "+---\n+title: x\n+confidential: yes\n+---\n+Text.\n",
        "title: x, draft: true",
    ],
)
def test_any_mark_counts_in_a_file_that_another_program_wrote_out(text: str) -> None:
    assert not is_published(parse("a.md", text.encode()))


def test_what_withholds_is_said_without_what_is_sealed() -> None:
    parsed = parse("a.md", b"---\ntitle: x\nparams:\n  isDraft: true\n---\nText.\n")
    assert parsed.item is not None
    assert parsed.item.hidden_by == "params.isDraft: true"
    parsed = parse("a.md", b"---\ntitle: x\nsecured: y\nstatus: draft HIDDEN\n---\nText.\n")
    assert parsed.item is not None
    assert parsed.item.hidden_by == "status"
    parsed = parse("a.md", b"---\ntitle: x\npassword: abc\n---\nText.\n")
    assert parsed.item is not None
    assert parsed.item.hidden_by == "password"


def test_a_word_that_withholds_nothing_is_a_note() -> None:
    parsed = parse("a.md", b"---\ntitle: x\nstatus: accepted\nvisibility: wide\nsecret: tea\nexpires: 1d\n---\nText.\n")
    assert sorted((note.kind, note.field or "") for note in parsed.problems) == [
        *(("note", "expires"), ("note", "secret"), ("note", "visibility"))
    ]


@pytest.mark.parametrize(
    ("field", "listed"),
    [
        *(("publish: true", True), ("dg-publish: true", True), ("Publish: yes", True)),
        *(("params: {public: true}", None), ("public: true", None), ("build: {publish: yes}", None)),
        *(("isPublished: true", None), ("publish: true\npublishedDateTime: 2020-01-01", None)),
        *(
            ("publish: false", None),
            ("publish: true\npublished: false", False),
            ("share: true", None),
            ("x: true", None),
        ),
    ],
)
def test_a_note_that_asks_to_be_published_is_so_where_only_such_notes_are(field: str, listed: bool | None) -> None:
    item = parse("a.md", yaml(field).encode()).item
    assert item is not None
    assert item.listed is listed
    assert is_publishable(item, NOW, default_listed=False) == (listed is True)


@pytest.mark.parametrize(
    "mark",
    [
        *("feed: false", "rss: no", "excludeFromFeed: true", "exclude_from_rss: yes", "hidden-from-rss: true"),
        *(
            "in_feed: false",
            "noFeed: true",
            "rss_ignore: true",
            "params: {rss: false}",
            "extra: {hide_from_feed: true}",
        ),
        *("visible: false", "permalink: false", "do_not_publish: true", "nopublish: yes", "trashed: true"),
        *("workflow_state: draft", "draftMode: on", "status: deleted", "visibility: internal", "status: removed"),
        *("excludeFromFeed: perhaps", "state: draft", "stage: hidden", "workflow: [private]"),
    ],
)
def test_what_says_that_a_text_is_for_no_feed_withholds(mark: str) -> None:
    assert not is_published(parse("a.md", f"---\ntitle: x\n{mark}\n---\nText.\n".encode()))


@pytest.mark.parametrize(
    "field",
    [
        *("feed: https://a.example/rss.xml", "rss: true", "excludeFromFeed: false", "visible: true", "permalink: /a/"),
        *("feed:\n  title: x", "rss: [a, b]", "workflow_state: published", "status: moved", "status: delegated"),
        *("feed:", "visible: nav", "image: {visible: false}", "state: California", "stage: beta"),
    ],
)
def test_what_says_something_else_of_feeds_withholds_nothing(field: str) -> None:
    parsed = parse("a.md", f"---\ntitle: x\n{field}\n---\nText.\n".encode())
    assert is_published(parsed)
    assert not [each for each in parsed.problems if "state" in str(each) or "stage" in str(each)]
