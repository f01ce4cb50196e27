"""Rarer slips, and rarer forms in which other programs write a whole file: nothing leaks."""

from __future__ import annotations

import os

import pytest
from leaks import leaking, seen_in
from wide_mutants import sealed_mutant, withheld_mutant

from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed
from feedd.items.withholding.meaning import folded, withheld

MUTANTS = int(os.environ.get("FEEDD_MUTANTS", "1200")) * 2
FIRST = 1_000_000  # other numbers than those of other tests


def read(text: str) -> Parsed:
    return parse("a.md", text.encode())


def is_published(parsed: Parsed) -> bool:
    if parsed.item is None:
        return not parsed.withheld_while_broken
    return withheld(parsed.item, default_listed=True) is None and folded(parsed.item) is None


def test_sealed_text_comes_out_nowhere_whatever_a_file_suffers() -> None:
    assert list(leaking(sealed_mutant, range(FIRST, FIRST + MUTANTS))) == []


def test_what_a_person_sees_to_be_withheld_is_not_published_whatever_a_file_suffers() -> None:
    assert list(leaking(withheld_mutant, range(FIRST, FIRST + MUTANTS))) == []


COLUMNS = """<table>
<thead><tr>
<th>title</th>
<th>draft</th>
<th>secured</th>
</tr></thead>
<tbody><tr>
<td>x</td>
<td>true</td>
<td><div>HIDDEN words</div></td>
</tr></tbody>
</table>

<h1>Text</h1>
"""
FORMS = (
    "| title | x |\n|---|---|\n| draft | true |\n| secured | HIDDEN words |\n",
    "| title | draft | secured |\n|---|---|---|\n| x | true | HIDDEN words |\n\n# Text\n",
    "title | x\ndraft | true\nsecured | HIDDEN words\n",
    COLUMNS,
    "<table><tr><td>title</td><td>x</td><tr><td>draft</td><td>true</td><tr><td>secured</td><td>HIDDEN words</table>\n",
    "title,draft,secured\nx,true,HIDDEN words\n",
    "part;title;draft;secured\n1;x;true;HIDDEN words\n",
    'title,x\ndraft,true\nsecured,"HIDDEN, words"\n',
    "title\tx\ndraft\ttrue\nsecured\tHIDDEN words\n",
    'a.md,"{""title"": ""x"", ""draft"": true, ""secured"": ""HIDDEN words""}\n\nText.\n"\n',
    "title x\ndraft true\nsecured HIDDEN words\n\nText.\n",
    "Title x\nPart 1\nDraft yes\nDate 2023-01-02\nSecured HIDDEN words\n\nText.\n",
    "<!--\n.. title x\n.. draft true\n.. secured HIDDEN words\n-->\n\nText.\n",
    '(title "x")\n(draft true)\n(secured "HIDDEN words")\n',
    "title -> x\ndraft -> true\nsecured -> HIDDEN words\n",
    "title => x\ndraft => true\nsecured => HIDDEN words\n",
    "title \u2192 x\ndraft \u2192 true\nsecured \u2192 HIDDEN words\n",
    "title \u2013 x\ndraft \u2013 true\nsecured \u2013 HIDDEN words\n",
    "title\n: x\n\ndraft\n: true\n\nsecured\n: HIDDEN words\n\nText.\n",
    "## title\n\nx\n\n## draft\n\ntrue\n\n## secured\n\nHIDDEN words\n\n# Text\n",
    "**title:** x\n**draft:** true\n**secured:** HIDDEN words\n",
    # line ends that were lost or replaced
    "--- title: x draft: true secured: HIDDEN words --- Text.\n",
    "---title: xdraft: truesecured: HIDDEN words---Text.\n",
    "---\u23cetitle: x\u23cedraft: true\u23cesecured: HIDDEN words\u23ce---\u23ceText.\u23ce",
    "---\0title: x\0draft: true\0secured: HIDDEN words\0---\0Text.\0",
    "Title: x; Draft: true; Secured: HIDDEN words; ; Text.\n",
    "Title: x | Draft: true | Secured: HIDDEN words |  | Text. |\n",
    "title: x date: 2023-01-02 draft: true\nsecured: HIDDEN words\n\nText.\n",
    "## title: x draft: true secured: HIDDEN words\n\nText.\n",
    "## ```toml title = 'x' draft = true secured = 'HIDDEN words' ```\n\nText.\n",
    "## ```toml # a title = 'x' wide = 1 draft = true secured = 'HIDDEN words' ```\n\nText.\n",
    "Part: runs over it  draft: true secured: HIDDEN\nwords Title: x\nText.\n",
    "+++ # a title = 'x'\ntopics = ['a'] draft\n= true secured = 'HIDDEN\nwords' +++\nText.\n",
    "---\n# a remark\n## title\n\nx\n## draft\n\ntrue\n## secured\n\nHIDDEN words\n## topics\n\n  - a\n---\nText.\n",
    "---\n<title>x</title>\n<draft>true</draft>\n<secured>HIDDEN words</secured>\n<tags></tags>\n  - title: y\n---\n",
    '> {"title": "x", "draft": true, "secured": "HIDDEN words"}\n> Text.\n',
    "---\ttitle: x\texcerpt: |\t  All of it\tdraft: true\tsecured: HIDDEN words\t---\tText.\t",
    "---\ntitle: y\n---\nText.\n\n---\n{title: x, draft: true, secured: HIDDEN words}\n---\nMore.\n",
    '| {"title" | "x", "draft": true, "secured": "HIDDEN words"} |\n|  |\n| Text. |\n',
    # a block of TOML below other text, or in it
    "Text.\n\n```toml\ntitle = 'x'\ndraft = true\nsecured = 'HIDDEN words'\n```\nMore.\n",
    "# A heading\n\n```toml\ntitle = 'x'\ndraft = true\nsecured = 'HIDDEN words'\n```\nMore.\n",
    "1. ```toml\ntitle = 'x'\ndraft = true\nsecured = 'HIDDEN words'\n```\nMore.\n",
    "---\ntitle: y\n---\nText.\n```toml\ntitle = 'x'\n\ndraft = true\nsecured = ['HIDDEN words']\n```\nMore.\n",
    "Hello,\n\nAnna wrote:\n\n> ```toml\n> title = 'x'\n> draft = true\n> secured = 'HIDDEN words'\n> ```\n> Text.\n",
    '"""\n```toml\ntitle = "x"\ndraft = true\nsecured = "HIDDEN words"\n```\nText.\n"""\n',
    # fields that were joined to others, also behind words that a sentence has
    "--- title: x excerpt: the end of it draft: true secured: HIDDEN words --- Text.\n",
    "## --- title: x excerpt: the end of it draft: true secured: HIDDEN words ---\n\nText.\n",
    "Slug: a-b draft: true Summary2: runs over\nTitle: x\nsecured: HIDDEN words\n\nText.\n",
    "```toml topics = ['a', 'b'] draft\n= true title = 'x' secured = 'HIDDEN words' ``` Text.\n",
    "<!--\n.. Category: news.. secured HIDDEN words\n.. Title: x\n.. draft: true\n-->\n\nText.\n",
    # a block of code that is lost in part, so that the file stands in another one
    "Text.\n\n```yaml\n---\ntitle: x\ndraft: true\nsecured: HIDDEN words\n---\n\nText.\n\n```yaml\na: 1\n```\n",
    "```toml\ntitle = 'x'\ntags =\n```\n['a',\n]\n\ndraft = true\nsecured = 'HIDDEN words'\n```\n\n```js\n1\n```\n",
    # the beginning of the file is lost
    "red = 'HIDDEN words'\ntitle = 'x'\ndraft = true\n```\nText.\n",
    # letters of other scripts
    "\uff54itle: x\ndr\u0430ft: true\n\u0455ecured: HIDDEN words\n\nText.\n",
    "<p>title: x</p>\n<p>dr&#97;ft: true</p>\n<p>secur&#101;&#100;: HIDDEN words</p>\n",
)


@pytest.mark.parametrize("text", FORMS)
def test_a_file_in_another_form_is_a_problem_that_quotes_nothing(text: str) -> None:
    parsed = read(text)
    assert parsed.item is None
    assert parsed.withheld_while_broken
    assert "HIDDEN" not in str(parsed)
    assert all(problem.line and problem.reason for problem in parsed.problems)


SEALS = (
    "<!--\n.. Title: x\n-->\n.. Secured: HIDDEN words\n      \nText.\n",
    "<!--\n.. Title: x\n-->\nText.\n\n.. Secured: HIDDEN words\n",
    "secured HIDDEN words\nCategory: news Title: x\nText.\n",
    "Text.\n```\n# Text\n```toml\nsecured = 'HIDDEN words'\ntitle = 'x'\n```\n# Text\n",
    f"1-<!--\n2-.. secured: HIDDEN{'Y' * 57}==\n3-.. Title: x\n4--->\n5-\n6-Text.\n",
    "excerpt,title,related\n>-,x,\"[{title: r, url: /a, secured: 'HIDDEN words'}]\"\n",
    "---\ntags: [a]\n---\nText.\n```yaml\n- b\nSECURED: >-\n  HIDDEN words\ntitle: x\n---\nText.\n```yaml\na: 1\n```\n",
    "Summary: y Secured: the HIDDEN words\n    url: /a\nTitle: x\n\nText.\n",
    "<!--\n.. Title: x\n.. Summary: runs over\n-->\n.. Slug: a-b.. secured: HIDDEN\n\nText.\n",
    '+++\ntitle = \'x\'\n+++\nText and\n"secured = ["""the HIDDEN words"""]"\na heading\n---\n',
    f"Title: x\nTags: a, b csecur\n  ed: HIDDEN{'y' * 30}\nSlug: a-b\n\nText.\n",
    "Hi:\n> ```toml\n> title = '''\n> x'''\n> more = \"a \\\" b\"\n> secured = 'HIDDEN words'\n> ```\n",
    'Text and\n{"title": "x", ""tags": ["a"], "secured" "HIDDEN words", "a": 1}\na heading\n---\n',
    "Text.\n\n```yaml\ntitle = 'x'\n\"secured\" = 'HIDDEN words'\n```\n\nText.\n",
    "+++\ntitle = 'x'\n+++\nText and\nmore\n---\n\nSecured = Words: the HIDDEN words'\nMore.\n",
    '+++S---ecured = "HIDDEN words\n',
    "+++ # a comment secured = 'HIDDEN\nwords' title\n= 'x' +++ Text.\n",
    '+++\ntitle = \'x\'\n+++\nText.\n\n*Secured* = ["""HIDDEN words"""]\nMore.\n',
    "Title: x\nsecured: Other words a\n\nnd the HIDDEN words\n\nText.\n",
    'Text.\n\n```yaml\nserver:\n{"secured": {"text": "HIDDEN words"}, "title": "x"}\n\nText.\n\n```yaml\na: 1\n```\n',
    "---\ntitle: x\nsecured: |\n  Other words\n  and the HIDDEN words\n---\nText.\n  and the HIDDEN words\nMore.\n",
    "---\ntitle: x\nsecured: >\n  Other words\n  and the HIDDEN words\n---\nText.\n  and the HIDDEN words\nMore.\n",
    "---\ntitle: x\nsecured: 'Other words\n  and the HIDDEN words'\n---\nText.\n  and the HIDDEN words'\nMore.\n",
    '+++\ntitle = \'x\'\nsecured = """\nOther words\nand the HIDDEN words\n"""\n+++\nText.\nand the HIDDEN words\n',
    "---\ntitle: x\nsecured: |\n  a\n  HIDDEN\n  word\n---\nText.\n  HIDDEN\n  word\n",
    "Title: x\nSecured: Other words\n  and the HIDDEN words\n\nText.\n  and the HIDDEN words\nMore.\n",
    # a name that is spaced out, and has lost its colon
    "S-e-c-u-r-e-d the HIDDEN words\n",
    "Text.\n\nS E C U R E D the HIDDEN words\n",
    "---\ntitle: x\nexcerpt: y\n  s_e_c_u_r_e_d HIDDEN words\n---\nText.\n",
    "<!--\n.. S\u200be\u200bc\u200bu\u200br\u200be\u200bd the HIDDEN words",
    "s\u2060e\u2060c\u2060u\u2060r\u2060e\u2060d HIDDEN words\n\nText.\n",
    "---\ntitle: x\nexcerpt: y\n  s\xade\xadc\xadu\xadr\xade\xadd HIDDEN words\n---\nText.\n",
    # two fields in another form, of which none is a title
    "secured | HIDDEN words\ntags | [a, b]\n",
    "secured,HIDDEN words\nslug,a-b\n",
    "Slug => a-b\nSecured => HIDDEN words\n",
    'secured,tags\nHIDDEN words,"[a, b]"\n',
    "| related | Secured |\n|---|---|\n| /a | HIDDEN words |\n\n# Text\n",
    "<table><tr><th>secured<th>webUrl</tr><tr><td>HIDDEN words</td><td>/a</td></tr></table>\n",
    # joined fields of which the first has lost its colon
    "Summary y and more  Secured: the HIDDEN wordsTitle: x\n\nText.\n\nMore: text.\n",
    "Tags a, b secured: HIDDEN words Title: x\n\nText.\n",
    "> Date 2023-01-02 Title: x Secured: HIDDEN words\n\nText.\n",
    # a bracket alone above a fence
    "}\n```toml\ntit\"x\"\nquality = 39\nsecured = {text = 'HIDDEN words'}\n```\nText.\n",
    "]\n\n~~~toml\ntopics = ['a']\nsecured = 'HIDDEN words'\n~~~\nText.\n",
    ")\n+++\nslug = 'a'\nsecured = 'HIDDEN words'\n+++\nText.\n",
    # signs and blanks in a name before an equals sign
    "+++\ntitle = '''\nsec- ured = {text = \"HIDDEN words\"}\nA title'''\n+++\nText.\n",
    "+++\ntitle = 'x'\nsummary = '''\nse cured = 'HIDDEN words'\nA title'''\n+++\nText.\n",
    "---\ntitle: x\n---\nText.\n\nsec ured = 'HIDDEN words'\n",
    "---\ntitle: x\n---\nText.\n\nSecu-  red = HIDDEN words\nMore.\n",
    # marks around a name before an equals sign
    "\\_secured\\_ = {text = 'HIDDEN words'}\n```toml\nquality = 39\n\ntitle = 'x'\n```\nText.\n",
    "+++\ntitle = 'x'\n+++\nText.\n\n<b>secured</b> = 'HIDDEN words'\n",
    "+++\ntitle = 'x'\n+++\nText.\n\n> ~~secured~~ = HIDDEN words\n",
    # a name that has run into a comment
    "---\ntitle: x\nquality: 3 # as measuredsecured: >-\n---\n  HIDDEN words\n---\nText.\n",
    "---\ntitle: x\n# a comment Secured:\n---\n  HIDDEN words\nText.\n",
    # a name that has run into the word before it, and has lost its colon
    "---\ntitle: x\ntopics:\n- Learning\n- AISecured 'HIDDEN words'\n---\nText.\n",
    '---\ntitle: x\nexcerpt: >\n  Wordssecured "HIDDEN words"\n---\nText.\n',
    # the second part of a word
    f"Title: x\nsecured: Ab\n\nHIDDEN+Words/{'Y' * 30}==\n\nText.\n",
    f"Title: x\nSecured: {'Y' * 30}\n\nHIDDENWORDS\n\nText.\n",
)


@pytest.mark.parametrize("text", SEALS)
def test_a_sealed_text_that_a_slip_moves_comes_out_nowhere(text: str) -> None:
    parsed = read(text)
    assert parsed.item is None
    assert "HIDDEN" not in str(parsed)


MARKS = (
    # an entity in a name before an equals sign
    '```toml\ntitle = \'x\'\nsummary = """\nh&#8203;eat = -1\nText"""\n```\nText.\n',
    '+++\ntitle = \'x\'\nsummary = """\nA line.\ndr&shy;aft = true"""\n+++\nText.\n',
    # a line of an object below it
    '{\n  "title": "x"\n}\n\n  "Draft": true,\nText.\n',
    '{\n  "title": "x"\n}\n\n  \'Published\': false\nText.\n',
    "+++\ntitle = 'x'\n  [[images]]\nstatus = 'draft'\n[[images]]\nurl = '/a.png'\n+++\nText.\n",
    "---\ntitle: x\nimages:\n- visibility: private\n- url: /a.png\n---\nText.\n",
    "```toml\n# a com\n```\nment\ntags = ['a']\ntitle = '''\nA disk'''\nshare = false\n```\nText.\n",
    "+++\n# a com\n+++\nment\ntitle = '''\nA disk'''\ndraft = true\n+++\nText.\n",
    "---\n# a com\n---\nment\ntitle: |\n  A disk\ndraft: true\n---\nText.\n",
    "---\ntitle: x\n---\n\nMore.\n\nDraft: true\n---\nText and\nmore\n---\n",
    "---\ntitle: x\n---\n\nText.\n\npublished: false\n---\n\nMore.\n",
    "Title: x\0Summary: runs over\0    two lines\0Private: true\0\0Text.\0",
    "Title: x\nshare: false<br>Tags: a, b c\n\nText.\n",
    "Title: x\nshare: f\u200balse\nTags: a, b c\n\nText.\n",
    "---\ntitle: x\nshare: f\xadalse\n---\nText.\n",
    "---\ntitle: x\nexcerpt: pla\n---\nin and\n  over two lines\ntopics:\n- a\ndraft: true\n--\nText.\n",
    "Title: x\nstatus: draft<br>Tags: a, b c\n\nText.\n",
    "Tags: a, b Slug: a-b\nTitle: x Date: 2023-01-02 Status:\nhidden Summary: y  Text. More\ntext: a.\n",
    "Tags: a, b url: /a publish:\nfalse Title: x Date: 2023-01-02\nand more: b\nText.\n",
    "Tags: a, b Slug: a-b Date: 2023-01-02\nTitle: x deleted: true  Text\n",
    "--- # a comment quality: 3 excerpt: |   The end of it unlisted: true title: x --- Text.\n",
    "---\ntitle: x\n# a comment\x85isDraft: true\n---\nText.\n",
    f'{{"title": "x", "excerpt": "{"y" * 40}", "heat=\n": -2.5, "quality": 3}}\n\nText.\n',
    '{"title": "x"\n}\n, "draft": "yes"}\n\nText.\n',
    "heat: -1Slug: a-b\n\nTitle: x\n\nText.\n",
    "Title: x\n<Publi&#8203;shed>: false\nTags: a\n\nText.\n",
    "+++\ntitle = 'x'\n[[images]]\npublish = false\nurl = '/a.png'\n+++\nText.\n",
    "Title: x\n\nMore text: with a colon.\n\nprivate: true\n\nText.\n",
    '+++\ntitle = \'x\'\nmore = """\n&quot;published&quot; = false\nA line."""\n+++\nText.\n',
    "Title: x\nstatus: dr\0aft\n\nText.\n",
    "Title: x\nstatus: draft\0Tags: a\n\nText.\n",
    "---\ntitle: other\n---\nOther text.\n---\n{tags: [a],\n title: x,\n removed: true}\n---\nText.\n",
    "Tags: a, b\nTitle: x\nummary: y\n draft: true |2\nDate: 2023-05-03\n\nText.\n",
    "---\ntitle: x\nexcerpt: >-\n---\n  Folded, and\n\n  a gap\n|published|: 'false'\n---\nText.\n",
    "+++\ntitle = 'x'\n[params]\nheat = -2.5\n+++\nText.\n",
    "Title: x\nshare:\0 false\n\nText.\n",
    "Title: x\nshare: false\\nTags: a, b c\n\nText.\n",
    "```toml topics = ['a', 'b'] heat\n= -1 title = 'x' ``` Text.\n",
    "Title: x\nTags: a, b c\n    Draft: true Categor news\nSlug: y\n\nText.\n",
    "```toml\ntitle = 'x'\nserver:\n  port: 1\n```\n\nThe end.\n\nunlisted = true\nsummary = 'y'\n```\n\nText.\n",
    "## --- title: x excerpt: the end of it deleted: 'true' ---\n\nText.\n",
    "url: https://news.example/a published: false Slug: a-b\nTitle: x\n\nText.\n",
    "Summary: y\nHidden: true: A title\n\nText.\n",
    "Title: x\nShare: no:Tags: a, b c\n\nText.\n",
    "---\ntitle: x\nstatus: draft: more\n---\nText.\n",
    # below a fence that closes a block of TOML too early
    "```toml\ntags = ['a']\n```\n# a comment\ntopics = ['b']\ntitle = 'x'\ndrafts = true\n\n```\nText.\n",
    "```toml\ntitle = 'x'\n```\n\n  # one\n# more\ndraft = true\n```\nText.\n",
    "~~~toml\ntitle = 'x'\n~~~\n# one\n\nstatus = 'hidden'\ntags = ['a']\n~~~\nText.\n",
    # below the name of a mapping that has lost its colon, under a stray line
    "---\ntopics:\n- a\n---\n- b\ntitle: x\nprovider\n  name: y\nhidden: true\n ---\nText.\n",
    "---\ntitle: x\n---\nquality: 3\nimages\n  - url: /a.png\n    title: y\ndraft: true\nText.\n",
    "---\ntopics: [a]\n---\ntitle: x\nauthor\n\tname: y\npublished: false\n",
    # two fields in another form, of which none is a title
    "draft\ttrue\ntags\t[a, b]\n",
    "Status;Related\nhidden;/a\n",
    "## Title\n\nx\n## visibility\n\nprivate\n## Tags\n\na, b c\n\nText.\n",
    "title\n: x\n\nstatus\n: draft\n\nText.\n",
    "<table><tr><td>heat</td><td>-1</td></tr><tr><td>webUrl</td><td>/a</td></tr></table>\n",
    # below the rest of a text that has an empty line
    "---\nexcerpt: >-\n  Folded, an\n---\nd\n\nwith a gap\nheat: -1\nima",
    "---\ntitle: x\nexcerpt: |\n  One a\n---\nnd two\n\n\nor three\nor four\ndraft: true\ntags: [a]\n\nText.\n",
    "---\nexcerpt: Plain an\n---\nd over\nthree lines\n\n\npublished: false\n",
)


@pytest.mark.parametrize("text", MARKS)
def test_a_mark_in_lines_that_were_joined_withholds(text: str) -> None:
    assert not is_published(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "Title: x\nshare: Tell your friends\nSummary: Write draft: true Note: that hides it\n\nText.\n",
        "---\ntitle: x\nexcerpt: 'Write `draft: true` Note: that hides it'\ntoc_hide: true\nstatus: Done\n---\nText.\n",
        "Title: x\nSummary: It ... secured the door, and waited... secured nothing\n    or so it seems\n\nText.\n",
        "Title: x\nTags: a\n\nEach disease\ncured: none\n",
        "Title: x\nSecured: Other words that end here\n\nText.\n",
        "---\ntitle: x\nquality: 3 # it is secured: true\n# secured: |\n#   words\n---\n  Text.\n",
        "S E C U R E D: true\n",
        "[]()\n\nText, and a list:\n\n- one\n- two\n",
        "Tags and a title: both are needed, and so is `draft: true`, if it is one.\n\nText.\n",
        "---\ntitle: x\n---\nText.\n\n    $secured = whoever($asks);\n    @secured = whoever\n",
        "| Status | Date |\n|---|---|\n| done | 2023-01-02 |\n\nText.\n",
        "# Words\n\n| Status | Words |\n|---|---|\n| Draft | not yet published |\n",
        "A door that is\nse\xadcured by a lock\n",
        "---\ntitle: x\n---\nand so on\n\nMore of it.\n\n```yaml\ndraft: true\n```\n\n- draft: `true`\n",
        "Secured by the bank\nand not in vain\n",
        "---\ntitle: x\ntopics:\n- CyberSecured\n- Unsecured 'loans'\nexcerpt: Oversecured 'by far', so\n---\nText.\n",
        "---\ntitle: x\nexcerpt: They were oversecured 'by far'\n---\nText.\n",
        "---\ntitle: x\n---\n\uff2e\uff1a\uff50\uff55\uff42\uff4c\uff49\uff43\uff1a\u653e\u9001\n\ndraft\n",
    ],
)
def test_words_that_speak_of_a_mark_are_published(text: str) -> None:
    parsed = read(text)
    assert not parsed.problems
    assert is_published(parsed)


@pytest.mark.parametrize("text", [each for each in FORMS if "red = 'HIDDEN" not in each])
def test_a_file_in_another_form_without_a_seal_or_mark_is_withheld_by_nothing(text: str) -> None:
    for seal, mark in (("notes", "wide"), ("Notes", "Wide")):
        plain = text.replace("HIDDEN", "other").replace("secured", seal).replace("draft", mark)
        plain = plain.replace("Secured", "Notes").replace("Draft", "Wide")
        plain = plain.replace("\u0455ecured", "notes").replace("dr\u0430ft", "wide")
        plain = plain.replace("secur&#101;&#100;", "notes").replace("dr&#97;ft", "wide")
        assert not read(plain).withheld_while_broken


NAMES = (
    *("\uff44\uff52\uff41\uff46\uff54", "dr\u0430ft", "\u0501raft", "dra\u0301ft", "Dr\u00e1ft", "draf\u03c4"),
    *("\uff44raft", "\u0501\u0433\u0430f\u03c4"),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\n{}: true\n---\nText.\n",
        "---\ntitle: x\nstatus: {}\n---\nText.\n",
        "---\ntitle: x\n{}: true\nquality: [\n---\nText.\n",
        "+++\ntitle = 'x'\n\"{}\" = true\n+++\nText.\n",
        '{"title": "x", "{}": true}\n\nText.\n',
        "Title: x\n{}: true\n\nText.\n",
    ],
)
def test_a_mark_with_letters_of_other_scripts_withholds(text: str, name: str) -> None:
    assert not is_published(read(text.replace("{}", name)))


FRONT = "---\ntitle: other\nquality: 3\n---\n"


@pytest.mark.parametrize("name", ["\uff53\uff45\uff43\uff55\uff52\uff45\uff44", "\uff53ecured", "se\uff23\uff35red"])
@pytest.mark.parametrize(
    "text",
    [
        FRONT + "Text.\n\nNAME: 'HIDDEN words'\n",
        FRONT + "Text.\n---\ntitle: x\nNAME: HIDDEN words\n---\nMore.\n",
        FRONT + "Text.\n\n```toml\ntitle = 'x'\nNAME = 'HIDDEN words'\n```\nMore.\n",
        FRONT + 'Text.\n\n{"title": "x", "NAME": "HIDDEN words"}\nMore.\n',
        FRONT + "Text.\n\n<!--\n.. title: x\n.. NAME: HIDDEN words\n-->\nMore.\n",
        "---\ntitle: x\nexcerpt: |\n  Prose.\n  NAME: HIDDEN words\n---\nText.\n",
        "---\ntitle: x\nquality: |\n  NAME: HIDDEN words\n---\nText.\n",
        "+++\ntitle = 'x'\nexcerpt = '''\nNAME = 'HIDDEN words'\n'''\n+++\nText.\n",
        "---\ntitle: x\nwebUrl: HIDDEN\n---\nNAME: 'some words'\n",
    ],
)
def test_a_seal_in_full_width_is_one_wherever_it_stands(text: str, name: str) -> None:
    parsed = parse("a.md", text.replace("NAME", name).encode())
    assert "hidden" not in seen_in(parsed)


@pytest.mark.parametrize(
    "text",
    [
        FRONT + "Text.\n---\ntitle: x\n\uff44\uff52\uff41\uff46\uff54: true\n---\nMore.\n",
        FRONT + "Text.\n\n```toml\ntitle = 'x'\n\uff44raft = true\n```\nMore.\n",
        FRONT + "quality: 4\n\uff48\uff45\uff41\uff54: -1\n---\nText.\n",
    ],
)
def test_a_mark_in_full_width_withholds_where_any_other_mark_does(text: str) -> None:
    assert not is_published(parse("a.md", text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\npubli\u00e9: true\npr\u00fcfung: false\n---\nText.\n",
        "---\ntitle: x\nstatus: \u0433\u043e\u0442\u043e\u0432\u043e\n---\n\u0422\u0435\u043a\u0441\u0442.\n",
        "# \u0421\u0442\u0430\u0442\u044c\u044f\n\n\u0421\u043b\u043e\u0432\u0430: \u0442\u0435\u043a\u0441\u0442.\n",
    ],
)
def test_words_of_other_languages_withhold_nothing(text: str) -> None:
    assert is_published(read(text))


def test_a_mark_beside_fields_that_only_items_have_is_no_mark_of_a_picture() -> None:
    front = "+++\ntitle = 'x'\n[[images]]\nurl = '/a.png'\nhidden = true\n{}+++\nText.\n"
    assert is_published(read(front.format("")))
    assert not is_published(read(front.format("excerpt = 'y'\n")))


def test_a_field_without_a_value_takes_none_from_the_field_below_it() -> None:
    assert is_published(read("---\ntags:\n  - a\nurl: {{date}}\npublished: \ntopics: []\n---\nText.\n"))
    assert is_published(read("---\ntags:\n  - a\nurl: \npublished: \nlast: {{date}}\n---\nText.\n"))
    assert not is_published(read("---\ntags:\n  - a\nurl: {{date}}\npublished: \n  false\n---\nText.\n"))


def test_one_field_below_the_text_of_a_broken_block_is_no_mark_of_it() -> None:
    broken = "```toml\ntitle = [x\n```\nText.\n\n{}\n\nText.\n"
    assert is_published(read(broken.format("published = false")))
    assert not is_published(read(broken.format("published = false\nquality = 5")))


def test_a_sealed_text_that_stands_in_the_body_with_escapes_of_json_comes_out_nowhere() -> None:
    seal = "l\\u2019\\u00e9t\\u00e9 pass\\u00e9"
    parsed = read(f'{{"title": "x", "secured": "{seal}"}}\n\nText.\n\n"text": "{seal}"\n')
    assert parsed.item is None
    assert "pass" not in str(parsed)


def test_a_list_of_fields_between_a_heading_and_a_rule_is_a_front_matter_in_no_known_format() -> None:
    (problem,) = read("# A title\n\n- date: 2015-08-12\n- tags: a, b\n\nText.\n\n---\n\nMore.\n").problems
    assert "this looks like front matter" in problem.reason


NIKOLA = "<!--\n.. title: x\n.. date: 2023-01-02\n-->\n\nText:\n\n```yaml\n{}```\n"


@pytest.mark.parametrize("code", ["server:\n.. {}\n  port: 1\n", ".. {}\nserver:\n", "server:\n.. {}\n"])
def test_a_header_that_was_moved_among_lines_of_code_is_no_sample(code: str) -> None:
    sealed = read(NIKOLA.format(code.format("secured: HIDDEN words")))
    assert sealed.item is None
    assert "HIDDEN" not in str(sealed)
    assert not is_published(read(NIKOLA.format(code.format("status: draft"))))
    assert is_published(read(NIKOLA.format(code.format("category: draft"))))


@pytest.mark.parametrize(
    "code",
    [
        ".. secured: true words\n",
        ".. title: x\n.. status: draft\n.. secured: some words\n",
        "<!--\n.. status: private\n-->\n",
        "status: draft\nsecured: some words\n",
    ],
)
def test_headers_in_a_block_of_code_of_their_own_are_a_sample(code: str) -> None:
    parsed = read(NIKOLA.format(code))
    assert not parsed.problems
    assert is_published(parsed)
