"""Markdown as people write it: CommonMark, what GitHub and wikis add to it, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.html import content, safe_html
from feedd.model import Item

LINK = "https://news.example/2020/story"
VIDEO = "x0-zGdlpTeg"
PAGE = f"https://www.youtube.com/watch?v={VIDEO}"
URL = "https://site.example/deep-learning"
PAGES = {"deep learning": URL, "1984": "https://site.example/1984", "./notes/1984.md": "https://site.example/other"}
A = f'<a href="{URL}">'
PIECES = [
    *(
        "[[",
        "]]",
        "[[1984",
        "![[a.png",
        "|5",
        "\\|",
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "$",
        "$$",
        "%%",
        "[^1]",
        "^[",
        "^[a b] ",
        "[^1]: ",
    ),
    *("[x]: ", "](", "b.md)", "<a ", "<a>", "</a>", "<!--", "-->", "<code>", "</code>", "https://a.example/_x_", "> "),
    *("# ", "1. ", "- ", "- [x]", "|-|", "&", "&amp;", "\\", "a", "b", " ", "\n", "\n\n", "    ", "\t", "\ufdd0"),
    *("\ufdd00\ufdd1", "\ufdd2", "é", "人", "\r", "\0", "> [!info] "),
]


def item(body: str, **fields: object) -> Item:
    return Item(**{"title": "A page", "link": LINK, "body": body, **fields})  # type: ignore[arg-type]


def written(body: str, **fields: object) -> str:
    return content.entry_texts(item(body, **fields), base_url="https://site.example/", page_url=PAGES.get)[0]


def summary(body: str, **fields: object) -> str:
    return content.entry_texts(item(body, **fields), base_url="https://site.example/", page_url=PAGES.get)[1]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("a ==b *c*== d", "<p>a <mark>b <em>c</em></mark> d</p>"),
        ("==a [b](https://b.example/)==", '<p><mark>a <a href="https://b.example/">b</a></mark></p>'),
        ("`==a==` a==b==c == d == e", "<p><code>==a==</code> a==b==c == d == e</p>"),
        ("==a\n\nb==", "<p>==a</p>\n<p>b==</p>"),
        ("H~2~O and x^2^ and 19^th^", "<p>H<sub>2</sub>O and x<sup>2</sup> and 19<sup>th</sup></p>"),
        ("10~20~30, a ~b~, `H~2~O`", "<p>10~20~30, a <s>b</s>, <code>H~2~O</code></p>"),
        ("a ^b^ c, 2^ 3^", "<p>a ^b^ c, 2^ 3^</p>"),
        ("a^b c^", "<p>a^b c^</p>"),
        ("Term\n: one\n: two", "<dl><dt>Term</dt>\n<dd>one</dd>\n<dd>two</dd>\n</dl>"),
        ("Term\n\n:   one\n\nText", "<dl><dt>Term</dt>\n<dd><p>one</p>\n</dd>\n</dl>\n<p>Text</p>"),
        ("Faces\n:smile: and\n: text", "<dl><dt>Faces\n:smile: and</dt>\n<dd>text</dd>\n</dl>"),
        ("Faces\n:smile: only", "<p>Faces\n:smile: only</p>"),
        ("a | b\n:-|-:\n1 | 2", written("|a|b|\n|-|-|\n|1|2|")),
    ],
)
def test_what_some_editors_add_to_markdown(body: str, shown: str) -> None:
    assert written(body) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("# One\n\nTwo *three*\nfour.", "<h1>One</h1>\n<p>Two <em>three</em>\nfour.</p>"),
        ("Two lines  \nof a verse\\\nand one", "<p>Two lines<br>\nof a verse<br>\nand one</p>"),
        ("Head\n===\n\n***\n\nfoot", "<h1>Head</h1>\n<hr>\n<p>foot</p>"),
        ("- a\n- b\n  1. c\n  2. d", "<ul><li>a</li>\n<li>b\n<ol><li>c</li>\n<li>d</li>\n</ol>\n</li>\n</ul>"),
        ("5) a\n\n6) b", '<ol start="5"><li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>'),
        ("```py x\na < b\n```\n\n    c", "<pre><code>a &lt; b\n</code></pre>\n<pre><code>c\n</code></pre>"),
        ("a <b>b</b> &amp; &copy; \\*", "<p>a <b>b</b> &amp; © *</p>"),
        ("<div>\n*a*\n\n*b*\n</div>", "<div>*a*\n<p><em>b</em></p>\n</div>"),
        (
            '[a](/b "c") ![d *e*](f.png "g")',
            (
                '<p><a href="https://news.example/b" title="c">a</a> '
                '<img src="https://news.example/2020/f.png" alt="d e" title="g"></p>'
            ),
        ),
        (
            "<https://a.example/?b=1&c> <d@e.example>",
            (
                '<p><a href="https://a.example/?b=1&amp;c">'
                'https://a.example/?b=1&amp;c</a> <a href="mailto:d@e.example">d@e.example</a></p>'
            ),
        ),
        (
            "[A] and [b][a]\n\n[a]: /x",
            '<p><a href="https://news.example/x">A</a> and <a href="https://news.example/x">b</a></p>',
        ),
        ("~~old~~ new ~one~ 10~20 and 30~40", "<p><s>old</s> new <s>one</s> 10~20 and 30~40</p>"),
        (
            "| a | b\\|c |\n|:-|-:|\n| `1` | ~~2~~ |\n| 3 |",
            (
                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b|c</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td><code>1</code></td>\n"
                "<td><s>2</s></td>\n</tr>\n<tr>\n<td>3</td>\n<td></td>\n</tr>\n</tbody>\n</table>"
            ),
        ),
        ("|a|\n|-|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n</table>"),
        ("A <!-- not for readers --> text", "<p>A  text</p>"),
        ("<!-- not for\n\nreaders -->\nText", "<p>Text</p>"),
        ("<script>\nalert(1)\n</script>\n\nText", "<p>Text</p>"),
        ("[x](javascript:alert%281%29)", "<p>x</p>"),
    ],
)
def test_markdown_becomes_html(body: str, shown: str) -> None:
    assert written(body) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("[[deep_learning | it]]", f"<p>{A}it</a></p>"),
        ("[[Deep-Learning]]", f"<p>{A}Deep-Learning</a></p>"),
        ("[[wiki/Deep Learning.md#Uses|uses]]", f"<p>{A}uses</a></p>"),
        ("[[deep_learning]]", f"<p>{A}deep learning</a></p>"),
        ("![[deep_learning]]", f"<p>{A}deep learning</a></p>"),
        ("[[1984]][[deep learning]]", f'<p><a href="https://site.example/1984">1984</a>{A}deep learning</a></p>'),
        ("[[deep learning|*a* `b`]]", f"<p>{A}*a* `b`</a></p>"),
        ("**[[deep learning|a]]**, [[deep learning|b]].", f"<p><strong>{A}a</a></strong>, {A}b</a>.</p>"),
        ("# [[deep learning|a]]", f"<h1>{A}a</a></h1>"),
        (
            "|a|b|\n|-|-|\n|[[deep learning\\|it]]|2|",
            (
                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"
                f"<tbody>\n<tr>\n<td>{A}it</a></td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"
            ),
        ),
        ("<i>[[deep learning|it]]</i>", f"<p><i>{A}it</a></i></p>"),
        ('<a href="/x">[[deep learning]]</a>', '<p><a href="https://news.example/x">deep learning</a></p>'),
        ("[a [[deep learning|b]] c](/x)", '<p><a href="https://news.example/x">a b c</a></p>'),
    ],
)
def test_a_wiki_link_that_names_a_page_is_a_link(body: str, shown: str) -> None:
    assert written(body) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('if [[ -n "$x" ]]; then', '<p>if [[ -n "$x" ]]; then</p>'),
        ("x[[1]] is not x[1]", "<p>x[[1]] is not x[1]</p>"),
        ("[[maybe_unused]] int i;", "<p>[[maybe_unused]] int i;</p>"),
        ("[[nodiscard]] and [[gnu::packed]]", "<p>[[nodiscard]] and [[gnu::packed]]</p>"),
        ("[[un_known]] ![[un_known]]", "<p>[[un_known]] ![[un_known]]</p>"),
        ("[[ un_known | words ]]", "<p>[[ un_known | words ]]</p>"),
        ("if [[ -f a || -f b ]] or [[a||b]]", "<p>if [[ -f a || -f b ]] or [[a||b]]</p>"),
        ("[[12]][two]\n\n[two]: /x", '<p><a href="https://news.example/x">[12]</a></p>'),
        ("[[deep learning]][two]\n\n[two]: /x", '<p><a href="https://news.example/x">[deep learning]</a></p>'),
        ("[[1984]](https://a.example/)", '<p><a href="https://a.example/">[1984]</a></p>'),
        ("[[x]]\n\n[x]: /y", '<p>[<a href="https://news.example/y">x</a>]</p>'),
        ("[[no *page*]]", "<p>[[no <em>page</em>]]</p>"),
        ("\\[[deep learning]]", "<p>[[deep learning]]</p>"),
        ("`[[deep learning]]`", "<p><code>[[deep learning]]</code></p>"),
        ("`` [[deep learning|`]] ``", "<p><code>[[deep learning|`]]</code></p>"),
        ("```\n[[deep learning]]\n```", "<pre><code>[[deep learning]]\n</code></pre>"),
        ("    [[deep learning]]", "<pre><code>[[deep learning]]\n</code></pre>"),
        ("<code>[[deep learning]]</code>", "<p><code>[[deep learning]]</code></p>"),
        ('<b title="[[deep learning]]">x</b>', "<p><b>x</b></p>"),
        ("[a](/b[[deep%20learning]]c)", '<p><a href="https://news.example/b%5B%5Bdeep%20learning%5D%5Dc">a</a></p>'),
        (
            "![a [[deep learning]]](b.png)",
            '<p><img src="https://news.example/2020/b.png" alt="a [[deep learning]]"></p>',
        ),
        ("[[a|b", "<p>[[a|b</p>"),
        ("[[]] [[ ]] [[#]] [[ # |x]]", "<p>[[]] [[ ]] [[#]] [[ # |x]]</p>"),
    ],
)
def test_what_names_no_page_stays_as_it_is_written(body: str, shown: str) -> None:
    assert written(body) == shown


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("[[#A part]]", "A part"),
        ("[[#A part|words]]", "words"),
        ("![[#A_part]]", "A_part"),
        ("[[#^block|words]]", "words"),
        ("`[[#A part]]`", "<code>[[#A part]]</code>"),
    ],
)
def test_a_link_to_a_part_of_the_same_page_becomes_its_words(link: str, words: str) -> None:
    assert written(f"a {link} b") == written(f"a {link} b", wiki_page=True) == f"<p>a {words} b</p>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("[[un_known]] and [[x|y]]", "<p>un known and y</p>"),
        ("[[folder/a_name.md#Part]]", "<p>a name</p>"),
        ("[[#a part]] ![[un_known]]", "<p>a part un known</p>"),
        ("[[x|a < b]]", "<p>a &lt; b</p>"),
        ("[[deep_learning]]", f"<p>{A}deep learning</a></p>"),
        ("`[[x]]`", "<p><code>[[x]]</code></p>"),
        ("[[12]][two]\n\n[two]: /x", '<p><a href="https://news.example/x">[12]</a></p>'),
        ("[[]]", "<p>[[]]</p>"),
    ],
)
def test_on_a_wiki_page_what_names_no_page_becomes_its_words(body: str, shown: str) -> None:
    assert written(body, wiki_page=True) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("a ![[Books.base]] b", "<p>a  b</p>"),
        ("![[folder/Books.base#Author]]\n\nText.", "<p>Text.</p>"),
        ("![[Board.canvas|400]]\n\nText.", "<p>Text.</p>"),
        ("![[x.excalidraw]]![[X.Excalidraw.md]]a", "<p>a</p>"),
        ("`![[Books.base]]`", "<p><code>![[Books.base]]</code></p>"),
        ("[[Books.base]] ![[data.based]]", "<p>[[Books.base]] ![[data.based]]</p>"),
    ],
)
def test_an_embedded_file_that_only_obsidian_shows_goes(body: str, shown: str) -> None:
    assert written(body) == shown


def test_a_summary_reads_wiki_links_as_the_content_does() -> None:
    body = "About [[deep_learning]], [[x[[1]]]] and [[maybe_unused]]. " + "More. " * 2000
    assert summary(body).startswith("About deep learning, [[x[[1]]]] and [[maybe_unused]]. More.")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("![[cat.jpg]]", '<img src="https://news.example/2020/cat.jpg" alt="">'),
        ("![[cat.jpg|500]]", '<img src="https://news.example/2020/cat.jpg" width="500" alt="">'),
        (
            "![[a/my cat.JPEG|300x200]]",
            '<img src="https://news.example/2020/a/my%20cat.JPEG" width="300" height="200" alt="">',
        ),
        ("![[cat.webp|A cat]]", '<img src="https://news.example/2020/cat.webp" alt="A cat">'),
        ('![[cat.png|A "cat"|80]]', '<img src="https://news.example/2020/cat.png" width="80" alt="A &quot;cat&quot;">'),
        (
            "![[https://i.example/cat.svg| 10 x 20 ]]",
            '<img src="https://i.example/cat.svg" width="10" height="20" alt="">',
        ),
        (
            "[![[cat.gif|9]]](/x)",
            '<a href="https://news.example/x"><img src="https://news.example/2020/cat.gif" width="9" alt=""></a>',
        ),
        ("![[cat.avif|500px]]", '<img src="https://news.example/2020/cat.avif" alt="500px">'),
        ("![[cat.png|80|A cat]]", '<img src="https://news.example/2020/cat.png" width="80" alt="A cat">'),
        ("![[talk.mp4|300]]", '<a href="https://news.example/2020/talk.mp4">talk.mp4</a>'),
        ("![[talk.mp4]]", '<a href="https://news.example/2020/talk.mp4">talk.mp4</a>'),
        ("![[my_paper.pdf#page=3|the paper]]", '<a href="https://news.example/2020/my_paper.pdf#page=3">the paper</a>'),
        ("`![[cat.jpg|500]]`", "<code>![[cat.jpg|500]]</code>"),
        ("[[cat.jpg|500]]", "[[cat.jpg|500]]"),
        ("![[javascript:x.png]]", ""),
    ],
)
def test_an_embedded_file_is_a_picture_or_a_link(body: str, shown: str) -> None:
    assert written(body) == (f"<p>{shown}</p>" if shown else "")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("![A cat|500](/c.png)", '<img src="https://news.example/c.png" width="500" alt="A cat">'),
        (
            "![A cat|30x20](/c.png 'T')",
            '<img src="https://news.example/c.png" width="30" height="20" alt="A cat" title="T">',
        ),
        (
            "![A *cat*| 30 x 20 ][c]\n\n[c]: /c.png",
            '<img src="https://news.example/c.png" width="30" height="20" alt="A cat">',
        ),
        ("![|80](/c.png)", '<img src="https://news.example/c.png" width="80" alt="">'),
        ("![a|b|80](/c.png)", '<img src="https://news.example/c.png" width="80" alt="a|b">'),
        ("![80](/c.png)", '<img src="https://news.example/c.png" alt="80">'),
        ("![figure|1](/c.png)", '<img src="https://news.example/c.png" alt="figure|1">'),
        ("![a|b](/c.png)", '<img src="https://news.example/c.png" alt="a|b">'),
        ("![a|80x1](/c.png)", '<img src="https://news.example/c.png" alt="a|80x1">'),
        ("![a|80%](/c.png)", '<img src="https://news.example/c.png" alt="a|80%">'),
        ("![a talk](/t.mp4)", '<a href="https://news.example/t.mp4">Video: a talk</a>'),
        ("![a talk|300](t.MOV?x=1#t=5)", '<a href="https://news.example/2020/t.MOV?x=1#t=5">Video: a talk</a>'),
        ("![ ](/t.mp4 'A talk')", '<a href="https://news.example/t.mp4">Video: A talk</a>'),
        ("![](/song.mp3)", '<a href="https://news.example/song.mp3">Audio: song.mp3</a>'),
        ("[![a talk](/t.webm)](/page)", '<a href="https://news.example/page">Video: a talk</a>'),
        ("`![a|80](/c.png) ![a](t.mp4)`", "<code>![a|80](/c.png) ![a](t.mp4)</code>"),
    ],
)
def test_a_picture_has_the_size_behind_its_words_and_a_file_to_be_played_is_linked(body: str, shown: str) -> None:
    assert written(body) == f"<p>{shown}</p>"


def test_the_size_of_a_picture_inside_a_table_is_not_a_cell() -> None:
    assert '<td><img src="https://news.example/c.png" width="9" alt="x"></td>' in written(
        "|a|\n|-|\n|![x\\|9](/c.png)|"
    )
    shown = written("|a|b|\n|-|-|\n|![[c.png\\|A c\\|50]]|d|")
    assert '<td><img src="https://news.example/2020/c.png" width="50" alt="A c"></td>\n<td>d</td>' in shown


@pytest.mark.parametrize(
    ("body", "href"),
    [
        ("[x](1984.md)", "https://site.example/1984"),
        ("[x](1984.md#part)", "https://site.example/1984"),
        ("[x](./notes/1984.md)", "https://site.example/other"),
        ("[x](notes/1984.md)", "https://site.example/other"),
        ("[x](../elsewhere/1984.markdown)", "https://site.example/1984"),
        ("[x](../elsewhere/1984.md?raw#x)", "https://site.example/1984"),
        ("[x](<Deep Learning.md>)", URL),
        ("[x](deep%20learning.MD)", URL),
        ("[x][y]\n\n[y]: /wiki/deep_learning.md 'z'", URL),
        ('<a href="deep-learning.md">x</a>', URL),
        ("<a href='deep&#45;learning.md'>x</a>", URL),
        ("[x](nowhere.md)", "https://news.example/2020/nowhere.md"),
        ("[x](https://other.example/1984.md)", "https://other.example/1984.md"),
        ("[x](//other.example/1984.md)", "https://other.example/1984.md"),
        ("[x](1984.md.html)", "https://news.example/2020/1984.md.html"),
        ("[x](?1984.md)", "https://news.example/2020/story?1984.md"),
    ],
)
def test_a_link_to_a_file_of_another_item_leads_to_that_item(body: str, href: str) -> None:
    shown = written(body)
    assert f'<a href="{href}"' in shown
    if body.startswith("<"):
        assert written(f"<p>{body}</p>", body_format="html") == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("> [!info] A *call*\n>\n> Text", "<p><strong>A <em>call</em></strong></p>\n<p>Text</p>"),
        ("> [!see-also]-\n> Text", "<p><strong>See also</strong></p>\n<p>Text</p>"),
        ("> [!TIP]", "<p><strong>Tip</strong></p>"),
        ("> [!note] A [[deep learning|b]]  \n> c", f"<p><strong>A {A}b</a></strong></p>\n<p>c</p>"),
        ("> [!quote|right]+ **a\n> b** c\n> d", "<p><strong><strong>a\nb</strong> c</strong></p>\n<p>d</p>"),
        (
            "> [!todo] [x](/y)\n> - z",
            '<p><strong><a href="https://news.example/y">x</a></strong></p>\n<ul><li>z</li>\n</ul>',
        ),
        (
            "> [!note] a\n>> [!tip]\n>> b",
            "<p><strong>a</strong></p>\n<blockquote><p><strong>Tip</strong></p>\n<p>b</p>\n</blockquote>",
        ),
        ("> [!]\n> Text", "<p>[!]\nText</p>"),
        ("> A\n> [!info] b", "<p>A\n[!info] b</p>"),
        ("> `[!info]` b", "<p><code>[!info]</code> b</p>"),
        ("> # [!info] b", "<h1>[!info] b</h1>"),
    ],
)
def test_a_callout_is_a_quotation_with_a_title(body: str, shown: str) -> None:
    assert written(body) == f"<blockquote>{shown}\n</blockquote>"


def test_a_callout_begins_only_in_a_quotation() -> None:
    assert written("[!info] b\n\n- [!tip] c") == "<p>[!info] b</p>\n<ul><li>[!tip] c</li>\n</ul>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("a %%b%% c", "<p>a c</p>"),
        ("%%a%%\n\nb", "<p>b</p>"),
        ("a%%b\nc%%d", "<p>ad</p>"),
        ("a\n\n%%\n\nb\n\n- c\n\n%%\n\nd", "<p>a</p>\n<p>d</p>"),
        ("%% a:\n\nb\n\n%%\n\nc", "<p>c</p>"),
        ("%%\n```\n%%\n\na `b` %%c%%", "<p>a <code>b</code> </p>"),
        ("%%\n```\na\n```\n%%\nb", "<p>b</p>"),
        ("> %%\n> a\n> %%\n> b", "<blockquote><p>b</p>\n</blockquote>"),
        ("- a\n- %%b%%\n- c", "<ul><li>a</li>\n<li>c</li>\n</ul>"),
        ("[a %%b%%](/c)", '<p><a href="https://news.example/c">a </a></p>'),
        ("a\n\n%%\nb\n\nc", "<p>a</p>"),
        ("*a %%b* c%% d*", "<p><em>a d</em></p>"),
        ("%%a%% b %%c%% d", "<p> b d</p>"),
        ("a %%b\n\nc%% d", "<p>a d</p>"),
        ("- a %%b\n\n  c%%\n- d", "<ul><li>a </li>\n<li>d</li>\n</ul>"),
        ("a %%\nb\n\nc\n%% d", "<p>a d</p>"),
        ("<p>a%%b%%</p>", "<p>a</p>"),
        (
            "<details><summary>a</summary>\n%%b\n\nc%%\n</details>\n\nd",
            "<details><summary>a</summary>\n</details>\n<p>d</p>",
        ),
    ],
)
def test_a_comment_is_shown_to_nobody(body: str, shown: str) -> None:
    assert written(body) == shown
    assert "%%" not in summary(body)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("`%%a%%`", "<p><code>%%a%%</code></p>"),
        ("`%%` and `%%`", "<p><code>%%</code> and <code>%%</code></p>"),
        ("```\n%% a\nb %%\n```", "<pre><code>%% a\nb %%\n</code></pre>"),
        ("    %%a%%", "<pre><code>%%a%%\n</code></pre>"),
        ("<code>%%</code> and <kbd>%%</kbd>", "<p><code>%%</code> and <kbd>%%</kbd></p>"),
        ("[a](/b%%c%%d)", '<p><a href="https://news.example/b%25%25c%25%25d">a</a></p>'),
        ("100%% and\n\n50%%", "<p>100%% and</p>\n<p>50%%</p>"),
        ("100%% sure", "<p>100%% sure</p>"),
        ("\\%%a\\%%", "<p>%%a%%</p>"),
        ("%% no end", "<p>%% no end</p>"),
        ("a %%b\n\nc%% d %%e%% f", "<p>a d f</p>"),
        ("a %%b\n\nc%% %%d\n\ne%% f", "<p>a  f</p>"),
        ("a %%b\n\nc\n%%\nd", "<p>a\nd</p>"),
        ("a %%\nb\n\nc\n%% d %%e%% f", "<p>a d f</p>"),
        # A mark that only looks like the beginning of a comment brings out no comment below it.
        ("a %%i b\n\n%%c%% d", "<p>a %%i b</p>\n<p> d</p>"),
        ("a (%%i) b\n\nc.%%d%% e", "<p>a (%%i) b</p>\n<p>c. e</p>"),
        ("a %%i b\n\n%%\nc\n\nd\n%%\n\ne", "<p>a %%i b</p>\n<p>e</p>"),
        ("a %%i b\n\n%%c%% d\n\ne %%f", "<p>a %%i b</p>\n<p> d</p>\n<p>e %%f</p>"),
        ("a %%\n\nb\n\n%%c%% d", "<p>a %%</p>\n<p>b</p>\n<p> d</p>"),
        ("<div>a %%b</div>\n\n%%c%% d", "<div>a %%b</div>\n<p> d</p>"),
        ("100%% sure\n%%c%% d", "<p>100%% sure\nd</p>"),
        ("100%% sure\n%%\nc\n%%\nd", "<p>100%% sure\nd</p>"),
        ("100%%; %%c%% d", "<p>100%%; d</p>"),
        ("a %% b\n\nc %% d", "<p>a %% b</p>\n<p>c %% d</p>"),
        ("a %%b c\n\nd %%b e", "<p>a %%b c</p>\n<p>d %%b e</p>"),
        ("<pre>\n%%a%%\n</pre>", "<pre>%%a%%\n</pre>"),
        ("<p><code>%%a%%</code></p>", "<p><code>%%a%%</code></p>"),
        ("100%% sure %%of%% it", "<p>100%% sure it</p>"),
        ('<p title="%%">a %%</p>', "<p>a %%</p>"),
        ("%a%", "<p>%a%</p>"),
    ],
)
def test_what_is_no_comment_stays(body: str, shown: str) -> None:
    assert written(body) == shown


def test_a_body_that_is_cut_keeps_its_comments_to_itself() -> None:
    secret = "kept private " * 30_000
    for comment in (f"a %%{secret}%% b", f"%%\n{secret}\n\n%%\nb", f"a <!-- {secret} --> b"):
        html, plain = content.entry_texts(item(comment), base_url=LINK, page_url=PAGES.get)
        assert "private" not in html + plain


def test_a_summary_keeps_comments_to_itself_however_long_they_are() -> None:
    assert summary(f"a <!-- {'kept private ' * 600} --> b") == "a b"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("a[^1].\n\n[^1]: Ibid.", "<p>a<sup>[1]</sup>.</p>\n<hr>\n<ol><li>Ibid.</li>\n</ol>"),
        ("[^1]: Ibid.\n\na[^1]", "<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>Ibid.</li>\n</ol>"),
        (
            "a[^x] b[^y] c[^x]\n\n[^y]: One *two*.\n[^x]: three",
            (
                "<p>a<sup>[1]</sup> b<sup>[2]</sup> c<sup>[1]</sup></p>\n"
                "<hr>\n<ol><li>three</li>\n<li>One <em>two</em>.</li>\n</ol>"
            ),
        ),
        ("a[^x]\n\n[^x]: b\n\n    c", "<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li><p>b</p>\n<p>c</p>\n</li>\n</ol>"),
        (
            "a[^x]\n\n[^x]: b[^y]\n[^y]: c[^x]",
            ("<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>b<sup>[2]</sup></li>\n<li>c<sup>[1]</sup></li>\n</ol>"),
        ),
        (
            "a[^1]\n\n[^1]: https://a.example/",
            ('<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li><a href="https://a.example/">https://a.example/</a></li>\n</ol>'),
        ),
        ("a[^1]\n\n[^1]: b\n[^1]: c", "<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>b</li>\n</ol>"),
        ("a[^1] b[^2]\n\n[^1]:\n[^2]: c", "<p>a[^1] b<sup>[1]</sup></p>\n<hr>\n<ol><li>c</li>\n</ol>"),
        ("a[^Big Note]\n\n[^big note]: b", "<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>b</li>\n</ol>"),
        ("a[^1]", "<p>a[^1]</p>"),
        ("a\n\n[^1]: nobody refers to it", "<p>a</p>"),
        ("`[^1]` \\[^1]\n\n[^1]: a", "<p><code>[^1]</code> [^1]</p>"),
        ("[^1](/x)", '<p><a href="https://news.example/x">^1</a></p>'),
    ],
)
def test_footnotes_become_a_numbered_list_at_the_end(body: str, shown: str) -> None:
    assert written(body) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("a.^[So *it* is.] b", "<p>a.<sup>[1]</sup> b</p>\n<hr>\n<ol><li>So <em>it</em> is.</li>\n</ol>"),
        ("a^[Ibid.]", "<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>Ibid.</li>\n</ol>"),
        (
            "a^[one] b[^x] c^[See [here](https://a.example/), p. [12].]\n\n[^x]: two",
            """<p>a<sup>[1]</sup> b<sup>[2]</sup> c<sup>[3]</sup></p>
<hr>
<ol><li>one</li>
<li>two</li>
<li>See <a href="https://a.example/">here</a>, p. [12].</li>
</ol>""",
        ),
        ("a^[two\nlines]", "<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>two\nlines</li>\n</ol>"),
        (
            "> a^[two\n> lines]",
            "<blockquote><p>a<sup>[1]</sup></p>\n</blockquote>\n<hr>\n<ol><li>two\nlines</li>\n</ol>",
        ),
        ("- a^[b c]\n- d", "<ul><li>a<sup>[1]</sup></li>\n<li>d</li>\n</ul>\n<hr>\n<ol><li>b c</li>\n</ol>"),
        ("**a^[b c]**", "<p><strong>a<sup>[1]</sup></strong></p>\n<hr>\n<ol><li>b c</li>\n</ol>"),
        ("a^[b ^[c d] e]", "<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>b ^[c d] e</li>\n</ol>"),
        ("a^[see https://a.example/x_y_z]", None),
        ("a^[1](https://a.example/)", '<p>a^<a href="https://a.example/">1</a></p>'),  # a link, as CommonMark has it
        ("Names match ^[a-z0-9_]+$ or ^[^/]* or ^[A-Z].", "<p>Names match ^[a-z0-9_]+$ or ^[^/]* or ^[A-Z].</p>"),
        ("`a^[b c]` <code>a^[b c]</code>", "<p><code>a^[b c]</code> <code>a^[b c]</code></p>"),
        ("    a^[b c]", "<pre><code>a^[b c]\n</code></pre>"),
        ("a\\^[b c]", "<p>a^[b c]</p>"),
        ("a^[never ends", "<p>a^[never ends</p>"),
        ("a^[b\n\nc]", "<p>a^[b</p>\n<p>c]</p>"),
        ("a^[] b^[ ]", "<p>a^[] b^[ ]</p>"),
        ("$x^[y z]$", "<p>$x^[y z]$</p>"),
    ],
)
def test_notes_in_the_text_become_footnotes(body: str, shown: str | None) -> None:
    if shown is None:
        url = "https://a.example/x_y_z"
        shown = f'<p>a<sup>[1]</sup></p>\n<hr>\n<ol><li>see <a href="{url}">{url}</a></li>\n</ol>'
    assert written(body) == shown


def test_a_summary_shows_the_number_of_a_note_in_the_text() -> None:
    assert summary("A claim.^[Ibid.] More.") == "A claim.[1] More."


def test_footnotes_of_two_entries_share_no_id_and_lead_nowhere() -> None:
    assert " id=" not in written("a[^1]\n\n[^1]: b") and "href" not in written("a[^1]\n\n[^1]: b")


def test_the_notes_of_a_text_are_no_part_of_its_summary() -> None:
    assert summary("A claim.[^1]\n\n[^1]: Ibid.") == "A claim.[1]"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("- [x] a\n- [ ] b\n- c", "<ul><li>☑ a</li>\n<li>☐ b</li>\n<li>c</li>\n</ul>"),
        ("1. [X] a\n   * [ ] b", "<ol><li>☑ a\n<ul><li>☐ b</li>\n</ul>\n</li>\n</ol>"),
        ("- [x] a\n\n- [ ] *b*", "<ul><li><p>☑ a</p>\n</li>\n<li><p>☐ <em>b</em></p>\n</li>\n</ul>"),
        (
            "- `[x]` a\n- [y] b\n- [x](/z)",
            ('<ul><li><code>[x]</code> a</li>\n<li>[y] b</li>\n<li><a href="https://news.example/z">x</a></li>\n</ul>'),
        ),
        ("[x] a", "<p>[x] a</p>"),
    ],
)
def test_tasks_say_whether_they_are_done(body: str, shown: str) -> None:
    assert written(body) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("$x_1$ and *e* and $y_2$", "<p>$x_1$ and <em>e</em> and $y_2$</p>"),
        ("Let $a*b*c$, $a\\_b$ and $\\{1\\}$.", "<p>Let $a*b*c$, $a\\_b$ and $\\{1\\}$.</p>"),
        ("($x_1$-$x_2$) 设$n_1$为", "<p>($x_1$-$x_2$) 设$n_1$为</p>"),
        ("$5 <!-- ask 6$? --> b", "<p>$5  b</p>"),
        ("$5 <b hidden>ask 6$? now</b> b", "<p>$5  b</p>"),
        ("$5 <span aria-label hidden>ask 6$? now</span> b", "<p>$5  b</p>"),
        ("If $i<n and j>m$ or $<x>$", "<p>If $i&lt;n and j&gt;m$ or $&lt;x&gt;$</p>"),
        ("$5 <b>*or*</b> 6$", "<p>$5 <b><em>or</em></b> 6$</p>"),
        ("$a_1 < b_1 & c$", "<p>$a_1 &lt; b_1 &amp; c$</p>"),
        ("$$a<b>c_1$$", "<p>$$a&lt;b&gt;c_1$$</p>"),
        ("$$\nx_1 \\\\\n= y_2\n- z\n$$", "<p>$$\nx_1 \\\\\n= y_2\n- z\n$$</p>"),
        ("> $$\n> a_1 * b_1 *\n> $$", "<blockquote><p>$$\na_1 * b_1 *\n$$</p>\n</blockquote>"),
        (
            "|a|b|\n|-|-|\n|$x|_1|_2$|c|",
            (
                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n"
                "<tr>\n<td>$x|_1|_2$</td>\n<td>c</td>\n</tr>\n</tbody>\n</table>"
            ),
        ),
        ("[$x_1$](/a)", '<p><a href="https://news.example/a">$x_1$</a></p>'),
        ("$[[1,2],[3_a,4_b]]$", "<p>$[[1,2],[3_a,4_b]]$</p>"),
        ("`$a_b$` \\$x_1$", "<p><code>$a_b$</code> $x_1$</p>"),
        ("[a](/$x_1$)", '<p><a href="https://news.example/$x_1$">a</a></p>'),
        ("$5 is *less* than $10", "<p>$5 is <em>less</em> than $10</p>"),
        ("**US$** and **AU$**", "<p><strong>US$</strong> and <strong>AU$</strong></p>"),
        ("$5 for [it](/x) or 6$", '<p>$5 for <a href="https://news.example/x">it</a> or 6$</p>'),
        ("- $5\n- *6* and 7$", "<ul><li>$5</li>\n<li><em>6</em> and 7$</li>\n</ul>"),
        ("$$ a\n\n*b* $$", "<p>$$ a</p>\n<p><em>b</em> $$</p>"),
    ],
)
def test_formulas_come_out_as_written(body: str, shown: str) -> None:
    assert written(body) == shown


def linked(url: str, href: str | None = None) -> str:
    return f'<a href="{href or url}">{url}</a>'


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("See https://example.org/x.", f"See {linked('https://example.org/x')}."),
        ("(http://example.org), ...", f"({linked('http://example.org')}), ..."),
        (
            "https://example.org/A_(b)! https://example.org/c)?",
            (f"{linked('https://example.org/A_(b)')}! {linked('https://example.org/c')})?"),
        ),
        (
            "[see https://example.org/a[]=1]",
            f"[see {linked('https://example.org/a[]=1', 'https://example.org/a%5B%5D=1')}]",
        ),
        (
            "\"https://example.org/a\" 'https://example.org/b'",
            (f"\"{linked('https://example.org/a')}\" '{linked('https://example.org/b')}'"),
        ),
        (
            "**https://example.org/a** *https://example.org/b*",
            (f"<strong>{linked('https://example.org/a')}</strong> <em>{linked('https://example.org/b')}</em>"),
        ),
        ("https://example.org/_a_/*b*c ~", f"{linked('https://example.org/_a_/*b*c')} ~"),
        ("https://example.org/a?b=1&amp;c=_2_3", linked("https://example.org/a?b=1&amp;c=_2_3")),
        ("HTTPS://EXAMPLE.ORG/a", linked("HTTPS://EXAMPLE.ORG/a", "https://EXAMPLE.ORG/a")),
        ("参见https://example.org/x。好", f"参见{linked('https://example.org/x')}。好"),
        ("https://example.org/a<br>b", f"{linked('https://example.org/a')}<br>b"),
        ("https://example.org/a\\_b", linked("https://example.org/a_b")),
        ("`https://example.org/_a_`", "<code>https://example.org/_a_</code>"),
        ("<https://example.org/_a_>", linked("https://example.org/_a_")),
        ("[https://example.org/_a_](/x)", linked("https://example.org/_a_", "https://news.example/x")),
        ("[a](https://example.org/_a_)", '<a href="https://example.org/_a_">a</a>'),
        ("[a]\n\n[a]: https://example.org/_a_?b&amp;c", '<a href="https://example.org/_a_?b&amp;c">a</a>'),
        ('<a href="/x">https://example.org/*a*</a>', linked("https://example.org/*a*", "https://news.example/x")),
        ("<code>https://example.org/a</code>", "<code>https://example.org/a</code>"),
        ("git+https://example.org/a https:// http://.", "git+https://example.org/a https:// http://."),
        ("a@example.org www.example.org ftp://example.org", "a@example.org www.example.org ftp://example.org"),
    ],
)
def test_a_url_without_markup_is_a_link(body: str, shown: str) -> None:
    assert written(body) == f"<p>{shown}</p>"


def test_a_url_in_a_block_of_html_or_code_is_no_link() -> None:
    body = "    https://a.example/\n\n<pre>\nhttps://b.example/\n</pre>\n\n<div>\nhttps://c.example/\n</div>"
    assert "<a " not in written(body)


def test_raw_html_that_is_not_closed_ends_with_its_paragraph() -> None:
    shown = written("a <kbd>b\n\n[[deep learning|c]]")
    assert shown == f"<p>a <kbd>b</kbd></p>\n<p>{A}c</a></p>"


def test_what_stands_in_a_link_around_paragraphs_is_no_link_of_its_own() -> None:
    shown = written('<div><a href="/x">\n\nhttps://a.example/ [[deep learning|b]]\n\n</a></div>\n\n[[deep learning|c]]')
    assert shown.count("<a ") == 2
    assert shown.endswith(f"<p>{A}c</a></p>")


def test_a_time_stamp_leads_to_that_second_of_the_video() -> None:
    stamp = '<a class="yt-timestamp" data-t="01:01:54">[01:01:54]</a>'
    shown = written(f"Text {stamp}", video_id=VIDEO)
    assert shown.endswith(f'<p>Text <a href="{PAGE}&amp;t=3714s">[01:01:54]</a></p>')
    assert written(f"Text {stamp}") == "<p>Text [01:01:54]</p>"


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.booleans())
def test_whatever_is_written_becomes_html_that_stands_on_its_own(body: str, wiki_page: bool) -> None:
    html, plain = content.entry_texts(item(body, wiki_page=wiki_page), base_url=LINK, page_url=PAGES.get)
    assert safe_html.sanitise(html) == html
    assert not set("\ufdd0\ufdd1\ufdd2\0") & set(html + plain)


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_is_refused(body: str) -> None:
    assert isinstance(written(body), str)
