"""What HTML as people write it is taken for, before a parser sees it."""

from __future__ import annotations

import pytest

from feedd.html.source import prepared, tokens, without_programs
from feedd.html.weight import too_heavy


@pytest.mark.parametrize(
    "start",
    [
        "<!doctype html><p>",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'x'>\n",
        "<html>",
        "<HTML lang=en>",
        "<body>",
        '<body\nclass="a>b">',
        "<head><title>x</title>",
        "<!-- saved from a page -->\n<html>",
        "<?xml version='1.0'?>\n<html>",
        "<title>A <b> title</title><meta charset=utf-8><body>",
        "<style>p > a {}</style><script>if (a < b) x('<p>')</script><html>",
    ],
)
def test_a_page_that_begins_as_a_document_does_is_a_whole_document(start: str) -> None:
    assert prepared(f"{start}<table><tr><td>x").is_document


@pytest.mark.parametrize(
    "start",
    [
        "",
        "<!-- from <body class='post'> of the old site -->",
        "<!-- <html> -->",
        '<p title="<body>">x</p>',
        "<p data-x='<html>'>x</p>",
        "<script>'<body>'</script>",
        "<style>/* <body> */</style>",
        "<textarea><html><body></textarea>",
        "<pre><code>&lt;body&gt;</code></pre>",
        "<pre><code><body></code></pre>",
        "<p>The tag <body> comes after <head>.</p>",
        "<bodyguard>x</bodyguard>",
        "<html-x>",
        "</body>x",
        "<xmp><body></xmp>",
        "<!-->x<!-- <body> -->",
        "<!-- --!>x<!-- <body> -->",
    ],
)
def test_what_only_speaks_of_documents_is_none(start: str) -> None:
    assert not prepared(f"{start}<table><tr><td>x").is_document


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<a b='>'>x</a>", ["a", "/a"]),
        ('<a b=c="x>">', ["a"]),
        ('<a ="x>">', ["a"]),
        ('<a b=="x>">', ["a"]),
        ("<a b= >x<i>", ["a", "i"]),
        ("<a/b/><I>", ["a", "i"]),
        ("<!--><b>", ["!", "b"]),
        ("<!--->--><b>", ["!", "b"]),
        ("<!--!><b>--><i>", ["!", "i"]),
        ("<!-- --!><b>", ["!", "b"]),
        ("</><?php x ?><![CDATA[<b>]]>", ["!", "!", "!"]),
        ("1 < 2 <3 <i>", ["i"]),
        ("<script>'</p><script>'</script ><b>", ["script", "/script", "b"]),
        ("<TextArea></text></TEXTAREA><b>", ["textarea", "/textarea", "b"]),
        ("<plaintext><b>", ["plaintext"]),
        ("<i><a b='x", ["i", "!"]),
        ("<i><!-- <b>", ["i", "!"]),
    ],
)
def test_tags_are_what_a_parser_takes_for_tags(source: str, found: list[str]) -> None:
    assert ["/" * token.closing + token.name for token in tokens(source)] == found


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("<IFrame src=x>in</iframe>y", "<x-frame src=x></x-frame>y"),
        ("<iframe src=x />y", "<x-frame src=x />y"),
        ("<iframe src=x />y<iframe src=z></iframe>", "<x-frame src=x />y<x-frame src=z></x-frame>"),
        ("<noscript class=a><p>x</noscript>", "<x-fallback class=a><p>x</x-fallback>"),
        ("<xmp>a <b> & c</xmp>d", "<pre>\na &lt;b&gt; &amp; c</pre>d"),
        ("<plaintext>a <b>", "<pre>\na &lt;b&gt;</pre>"),
        ("<script type='math/tex; mode=display'>a<b</script>.", "<x-formula>a&lt;b</x-formula></script>."),
        ("<script type=math/tex>% <![CDATA[\na &lt; b %]]></script>", "<x-formula>a &lt; b</x-formula></script>"),
        ("<!-- <iframe> --><iframe>", "<!-- <iframe> --><x-frame>"),
        ("<p title='<noscript>'>", "<p title='<noscript>'>"),
    ],
)
def test_what_a_parser_would_pass_over_reaches_it(source: str, written: str) -> None:
    assert prepared(source).html == written


def test_long_runs_of_references_and_signs_are_divided_and_mean_the_same() -> None:
    for text in ("&amp;" * 3000, "\xa9" * 6000, "&x&" * 3000):
        split_long_texts = prepared(f"<p>{text}</p>").html
        assert split_long_texts.count("<!---->") >= 5
        assert split_long_texts.replace("<!---->", "") == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 8_000,
        "<dt><li>" * 8_000,
        "<rt>" * 8_000,
        "<optgroup>" * 8_000,
        "".join(f"<div><b a={number}></div>" for number in range(2_000)),
        "<td><b></td>" * 2_000,
        "<div><!--</div>-->" * 8_000,
        "<div><table></div>" * 8_000,
        "<div><select></div></select>" * 8_000,
        "<svg><desc>" + "<x/>" * 8_000,
        "<svg><font size=1>" + "<path/>" * 8_000,
        "<svg></p>" + "<path/>" * 8_000,
        "<svg><style>" + "<div>" * 8_000,
        "<select><xmp></select>" + "<div>" * 8_000,
        "<script><!--<script></script><!--</script>" + "<div>" * 8_000,
        "".join(f"<html a{number}>" for number in range(3_000)),
        f"<a {' '.join(f'a{number}' for number in range(3_000))}>",
    ],
    ids=lambda source: source[:30],
)
def test_what_would_stall_a_parser_is_too_heavy(source: str) -> None:
    assert too_heavy(source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>x <b>y</b>" * 10_000,
        "<ul>" + "<li>x" * 10_000,
        "<ul><li>x</ul>" * 10_000,
        "<table>" + "<tr><td><font size=1>x" * 5_000 + "</table>",
        "<dl>" + "<dt>x<dd>y" * 5_000,
        "<a name=x>" * 5_000,
        "<svg>" + "<path d='M 0 0'/>" * 20_000 + "</svg>",
        "<select>" + "<option>x" * 10_000 + "</select>",
        "<script><!-- x('<div>') //--></script><div></div>" * 5_000,
        "<div><span><em>x</em></span></div>" * 5_000,
        f"<img src='data:image/png;base64,{'A' * 200_000}'>",
    ],
    ids=lambda source: source[:30],
)
def test_what_people_write_is_not_too_heavy_however_long(source: str) -> None:
    assert not too_heavy(source)


def test_programs_are_no_part_of_a_page() -> None:
    page = "<!-- a --><p>b</p><script>'<p>'</script><style>p{}</style><xmp><!-- c --></xmp>"
    assert without_programs(page) == "<p>b</p><xmp><!-- c --></xmp>"
    assert without_programs("<script type=math/tex>c</script>") == "<script type=math/tex>c"
