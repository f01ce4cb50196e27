"""Formats of front matter: which format a file has, what is read from it, and what is said, at which line, of slips."""

from __future__ import annotations

import pytest

from feedd.items.front_matter.formats import FORMATS, locate, read_tree, split
from feedd.items.front_matter.yaml import decode
from feedd.items.parse import parse

SAME = {
    "yaml": "---\ntitle: A title\ntags: [x, y]\nsecured: SEALED\nmore:\n  flag: true\n  day: 2024-05-06\n---\nBody.\n",
    "toml": '+++\ntitle = "A title"\ntags = ["x", "y"]\nsecured = "SEALED"\n'
    "[more]\nflag = true\nday = 2024-05-06\n+++\nBody.\n",
    "toml-block": "```toml\ntitle = 'A title'\ntags = [\n  'x', # one\n  'y',\n]\nsecured = '''SEALED'''\n"
    "more = {flag = true, day = 2024-05-06}\n```\nBody.\n",
    "json": '{\n  "title": "A title",\n  "tags": ["x", "y"],\n  "secured": "SEALED",\n'
    '  "more": {"flag": true, "day": "2024-05-06"}\n}\nBody.\n',
}
TREE = {"title": "A title", "tags": ["x", "y"], "more": {"flag": "true", "day": "2024-05-06"}}


@pytest.mark.parametrize("name", SAME)
def test_each_format_gives_the_same_tree_without_what_is_sealed(name: str) -> None:
    for lead in ("", "\ufeff"):
        for end in ("\n", "\r\n", "\r"):
            source = split(decode((lead + SAME[name]).replace("\n", end).encode()))
            assert source.format == name
            front = read_tree(source)
            assert (front.tree, front.seals, front.secured) == (TREE, ["SEALED"], 1)
            assert source.body == "Body.\n"


@pytest.mark.parametrize("name", SAME)
def test_each_format_knows_where_its_names_and_texts_stand(name: str) -> None:
    source = split(SAME[name])
    spans = list(FORMATS[name].scalars(source.front))
    assert [(span.path, span.text) for span in spans if span.is_name] == [
        (path, path[-1]) for path in (("title",), ("tags",), ("secured",), ("more",), ("more", "flag"), ("more", "day"))
    ]
    values = {span.path: span.text for span in spans if not span.is_name}
    assert values == {
        ("title",): "A title",
        ("tags", 0): "x",
        ("tags", 1): "y",
        ("secured",): "SEALED",
        ("more", "flag"): "true",
        ("more", "day"): "2024-05-06",
    }
    for span in spans:
        assert span.text in source.front[span.start : span.end]
    lines = SAME[name].split("\n")
    for path, line in locate(source).items():
        shown = path[-1] if isinstance(path[-1], str) else "xy"[path[-1]]
        assert shown in lines[line - 1]


@pytest.mark.parametrize(
    ("text", "tree", "body"),
    [
        ("Title: Bird: an outing\nDate: 2024-06-01 16:00\n\nBody.\n",
         {"title": "Bird: an outing", "date": "2024-06-01 16:00"}, "Body.\n"),
        ("date: 2024\nTITLE: x\nSummary: one\n    and two\nTags:\n\n\nBody.\n",
         {"date": "2024", "title": "x", "summary": "one\nand two", "tags": None}, "\nBody.\n"),
        ("Title: x\nSecured: SEALED\n\nOne.\n\n---\n\nTwo.\n", {"title": "x"}, "One.\n\n---\n\nTwo.\n"),
        ("Title: x", {"title": "x"}, ""),
        ("Title:x: y\nSlug:a\nSecured:SEALED\n\nBody.\n", {"title": "x: y", "slug": "a"}, "Body.\n"),
        ("<!--\n.. title: A: b\n.. slug: \n-->\n\nBody.\n", {"title": "A: b", "slug": None}, "\nBody.\n"),
        ("<!--\n.. title: x\n.. tags: a, Draft\n-->\nBody.\n",
         {"title": "x", "tags": "a, Draft", "status": "Draft"}, "Body.\n"),
        ("<!--\n.. title: x\n.. tags: [a, 'draft']\n-->\nBody.\n",
         {"title": "x", "tags": "[a, 'draft']", "status": "draft"}, "Body.\n"),
        ("<!--\n.. title: x\n.. tags: draft; a\n-->\nBody.\n",
         {"title": "x", "tags": "draft; a", "status": "draft"}, "Body.\n"),
        ("<!--\n.. title: x\n.. tags: draft ideas\n-->\nBody.\n",
         {"title": "x", "tags": "draft ideas"}, "Body.\n"),
        ("<!--\n.. title: x\n-->\n.. tags: draft\n-->\nBody.\n",
         {"title": "x", "status": "draft"}, ".. tags: draft\n-->\nBody.\n"),
    ],
)  # fmt: skip
def test_first_lines_that_are_fields_with_a_title_are_headers(text: str, tree: dict[str, object], body: str) -> None:
    source = split(text)
    assert (source.format, source.body) == ("headers", body)
    assert read_tree(source).tree == tree


@pytest.mark.parametrize(
    "text",
    [
        "title: x\ntags: [a]\n---\nBody.\n",
        "Title: x\n\n---\nBody.\n",
        "Title: x\n\ntags: a\n---\nBody.\n",
        "title: x\ntags:\n- a\n\nBody.\n",
        "date: 2024-01-01\ntags: a\n\nBody.\n",
        "--\ntitle: x\n---\nBody.\n",
        "-----\ntitle: x\n---\nBody.\n",
        "\u2014\ntitle: x\n---\nBody.\n",
        "--- title: x\n---\nBody.\n",
        "---title: x\n---\nBody.\n",
        " ---\ntitle: x\n---\nBody.\n",
        "++\ntitle = 'x'\n+++\nBody.\n",
        "title = '''\n```toml\nx'''\n\ny = 1\n```\nBody.\n",
        "```toml\u2028y\n2 = 1\n```\nBody.\n",
        "title = 'x'\ndraft = true\n\nBody.\n",
        "- a\n---\ntitle: x\n---\nBody.\n",
        "- title: x\ndate: 2024-01-01\n\nBody.\n",
        "- title: x\n- tags: a\n---\nBody.\n",
        "- draft: true\n- tags: a\n\n---\nBody.\n",
        "---\u2028title: x\u2028---\u2028Body.\n",
        "draft: true\n\nBody.\n",
        '"title": "x",\n"draft": true\n}\nBody.\n',
    ],
)
def test_front_matter_that_lost_its_fence_is_a_problem(text: str) -> None:
    parsed = parse("a.md", text.encode())
    assert parsed.item is None
    assert "the opening `---` is missing" in parsed.problems[0].reason
    assert parsed.withheld_while_broken == ("draft" in text)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A *bold* [title](/x) #\n\nText.\n", "A bold title", "Text."),
        ("<!-- a note -->\n\nA `title`\n=======\n\nText.\n\n# Another\n", "A title",
         "<!-- a note -->\n\nText.\n\n# Another"),
        ("Text.\n\n# The only heading\n\nMore.\n", "Slow tools", "Text.\n\n# The only heading\n\nMore."),
        ("Text.\n\n# One\n\n# Two\n", "Slow tools", "Text.\n\n# One\n\n# Two"),
        ("```\n# A comment\n```\n\nText.\n", "Slow tools", "```\n# A comment\n```\n\nText."),
        ("#tag and text\n", "Slow tools", "#tag and text"),
        ("A.\n\n" * 7 + "title: a\n" * 9 + "\n---\n.\n", "Slow tools", "A.\n\n" * 7 + "title: a\n" * 9 + "\n---\n."),
        ("Note: a\n\n\n\nb\n", "Slow tools", "Note: a\n\n\n\nb"),
        ("```js\ntitle: 1\n```\n", "Slow tools", "```js\ntitle: 1\n```"),
        ("# Proposal: a\n\n* Author: b\n", "Proposal: a", "* Author: b"),
        ("- Name: a\n- Start Date: 2024-05-01\n- Author: b,\n  c\n\n## Summary\n\nText.\n", "Slow tools",
         "- Name: a\n- Start Date: 2024-05-01\n- Author: b,\n  c\n\n## Summary\n\nText."),
        ("* Status: accepted\n\n# One\n\nText.\n\nMore.\n\nAnd more.\n\n---\n\nText.\n", "Slow tools",
         "* Status: accepted\n\n# One\n\nText.\n\nMore.\n\nAnd more.\n\n---\n\nText."),
        ("-----\n\nA rule, and text: it is none.\n", "Slow tools", "-----\n\nA rule, and text: it is none."),
        ("Note: this is a text.\nIt goes on.\n\n---\n\nMore.\n", "Slow tools",
         "Note: this is a text.\nIt goes on.\n\n---\n\nMore."),
        ("{{< figure src='a.png' >}}\n\nText.\n", "Slow tools", "![](a.png)\n\nText."),
        ("---\n---\n\n# Title\n\nText.\n", "Title", "Text."),
        ("---\nstage: one\n---\n# Summary\n\nText.\n\n# Motivation\n", "Slow tools",
         "# Summary\n\nText.\n\n# Motivation"),
        ("---\n# Do not remove this.\n---\n\nText.\n", "Slow tools", "Text."),
        ("---\nrelated: [one, two]\nlayout: x\n---\n# Title\n\nText.\n", "Title", "Text."),
        ("---\ntags: [a]\n---\n\n# Title\n\nText.\n", "Title", "Text."),
        ("---\ntags: [a]\n---\nText.\n", "Slow tools", "Text."),
        ("```toml\n[advisory]\nid = 'A-1'\n```\n\n# Title\n\nText.\n", "Title", "Text."),
    ],
)  # fmt: skip
def test_a_text_without_a_title_has_that_of_its_heading_or_of_its_file(text: str, title: str, body: str) -> None:
    parsed = parse("notes/2024-05-01-slow-tools.md", text.encode())
    assert parsed.item is not None, parsed.problems
    assert (parsed.item.title, parsed.item.body) == (title, body)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("README.md", "# About\n", "no front matter, and a file of this name speaks of its folder"),
        ("a/Contributing.markdown", "Text.\n", "no front matter, and a file of this name"),
        ("a.html", "<p>Text.</p>\n", "no front matter: the first line has to be `---`"),
        ("a.md", "---\ntitel: x\n---\nText.\n", "did you mean `title`?"),
        ("a.md", "---\nheat: 3\n---\n# Heading\n", "no title"),
        ("a.md", "---\ntitle: ''\n---\nText.\n", "no title"),
        ("a.md", "---\ntitle: #x\n---\n# Heading\n", "no title: what stands after ` #` is a comment"),
    ],
)
def test_what_has_no_title_and_can_be_given_none_is_a_problem(path: str, text: str, words: str) -> None:
    parsed = parse(path, text.encode())
    assert parsed.item is None
    assert words in str(parsed.problems[0])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("+++\ntitle = 'x'\n", 1, "a second line `+++` is missing"),
        ("+++\ntitle = 'x'\nquality = high\n+++\n", 3, "not valid TOML: a text needs quotes around it"),
        ("\n\n+++\ntitle = 'x\n+++\n", 4, "not valid TOML: a closing quote is missing"),
        ("+++\ntitle = 'x'\ndate = 2026-13-01\n+++\n", 3, "not valid TOML: there is no such date or time"),
        ("+++\ndate = 2026-11-01 25:00:00 # late\n+++\n", 2, "not valid TOML: there is no such date or time"),
        ("+++\ntitle = 2026-10-01 was a day\n+++\n", 2, "not valid TOML: one field a line"),
        ("+++\ntitle = 'x'\ntitle = 'y'\n+++\n", 3, "a field is given twice; keep one"),
        ("+++\ntitle 'x'\n+++\n", 2, "a field is written as `name = value`"),
        ("+++\n[a]\n[a]\n+++\n", 3, "a table is given twice; keep one"),
        ("+++\na = [1,\n+++\n", 2, "a value or a closing bracket is missing"),
        ("+++\na = 2024-13-41\n+++\n", 2, "not valid TOML"),
        ("+++\na = " + "[" * 9000 + "]" * 9000 + "\n+++\n", None, "nested too deeply"),
        ("+++\n" + "a." * 9000 + "b = 1\n+++\n", None, "nested too deeply"),
        ("+++\na = " + "1" * 9000 + "\n+++\n", None, "no such number"),
        ("+++\ntitle =\u00a0'x'\n+++\n", 2, "a no-break space (U+00A0) stands outside of the texts; write"),
        ("+++\ntitle = \u201cx\u201d\n+++\n", 2, "curly quotes are none; write straight ones"),
        ("+++\ntitle = '\u201cx\u00a0y\u201d'\na = b\n+++\n", 3, "a text needs quotes around it"),
        ("{\n  \"title\":\u202f\"x\"\n}\n", 2, "a no-break space (U+202F) stands outside of the texts"),
        ("{\n  \"title\": \u201cx\u201d\n}\n", 2, "curly quotes are none; write straight ones"),
        ("```toml\ntitle = 'x'\n\nText.\n", 1, "a second line `" + "```" + "` is missing"),
        ("{\n  \"title\": \"x\"\n", 2, "a closing brace is missing"),
        ("{\n  \"title\": \"x\n}\nText.\n", 2, "not valid JSON: a closing quote is missing"),
        ("{\n  \"title\": \"x\",\n}\nText.\n", 3, "no comma stands before `}`"),
        ("{\n  \"title\": \"x\"\n  \"a\": 1\n}\nText.\n", 3, "a comma is missing"),
        ("{\n  \"title\": \"x\",\n  \"title\": 1\n}\nText.\n", 3, "`title` is given twice"),
        ("{\n  \"title\": \"x\"\n}, \"a\": 1}\nText.\n", 3, "the object ends on this line"),
        ("{\n  \"title\": \"x\",\n  \"a\": NaN\n}\n", 3, "are no numbers"),
        ("{\n  \"title\": \"x\",\n  \"a\": \"\\ud800\"\n}\n", 3, "half of a character"),
        ("{\n\"a\": " + "[" * 9000 + "]" * 9000 + "}\n", 2, "nested too deeply"),
        ("Title: x\ntags: a\nTitle: y\n\nText.\n", 3, "`title` is given twice"),
        ("---js\n{title: 1}\n---\n", 1, "not run"),
        ("\n<!-- x -->\n\n---\ntitle: a: b\n---\n", 5, "not valid YAML"),
        ("\n---\ntitle: x\nquality: high\n---\n", 4, "expected a number"),
        ("\n---\ntitle: x\n---\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> c\n", 5, "merge conflict"),
        ("{\n  \"title\": \"x\",\n  \"quality\": \"high\"\n}\n", 3, "expected a number"),
        ("+++\ntitle = 'x'\n[[related]]\ntitle = 'a'\n[[related]]\nquality = 'b'\n+++\n", 6, "related[1].quality"),
    ],
)  # fmt: skip
def test_a_slip_is_a_problem_with_its_line_in_every_format(text: str, line: int | None, words: str) -> None:
    parsed = parse("a.md", text.encode())
    assert parsed.item is None
    assert words in str(parsed.problems[0])
    assert parsed.problems[0].line == line


@pytest.mark.parametrize("language", ["toml", "json", "yaml"])
def test_a_fence_may_name_its_language(language: str) -> None:
    written = {"toml": "title = 'x'", "json": '{"title": "x"}', "yaml": "title: x"}[language]
    parsed = parse("a.md", f"---{language}\n{written}\n---\nText.\n".encode())
    assert parsed.item is not None
    assert (parsed.item.title, parsed.dialect) == ("x", language)


def test_no_message_about_a_broken_file_with_sealed_text_quotes_it() -> None:
    for text in (
        "+++\ntitle = 'x'\nsecured = 'y'\nHIDDEN = 1\nHIDDEN = 2\n+++\n",
        "+++\ntitle = 'x'\nsecured = HIDDEN\n+++\n",
        '{\n"secured": "y",\n"HIDDEN": 1, "HIDDEN": 2\n}\n',
        '{\n"secured": "HIDDEN\n}\n',
        "Title: x\nSecured: y\nHIDDEN: 1\nHIDDEN: 2\n\nText.\n",
        "+++\ntitle = 'x'\nsecured = 'y'\n[['HIDDEN']]\n['HIDDEN']\n+++\n",
    ):
        parsed = parse("a.md", text.encode())
        assert parsed.item is None
        assert "HIDDEN" not in str(parsed.problems)
