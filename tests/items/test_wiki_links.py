"""How the files of a wiki name one another, and which pages a body links to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.html import content
from feedd.items import wiki_links
from feedd.model import Item

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("body", "name", "rest"),
    [
        ("From: [[lexfridman]] <br/> \n\nText", "lexfridman", "\nText"),
        ("\n\nFrom: [[a_b|A B]]\nText", "A B", "\n\nText"),
        ("from: [[x]]<br>", "x", ""),
        ("Text From: [[x]] <br/>", None, "Text From: [[x]] <br/>"),
        ("1\n2\n3\n4\n5\nFrom: [[x]]", None, "1\n2\n3\n4\n5\nFrom: [[x]]"),
        ("", None, ""),
    ],
)
def test_the_channel_of_a_wiki_page_stands_near_its_top(body: str, name: str | None, rest: str) -> None:
    assert content.channel(body) == (name, rest)


@pytest.mark.parametrize(
    "name",
    ["Deep_Learning", "deep-learning.md", "notes/deep  learning", "DEEP LEARNING#Uses", " deep learning "],
)
def test_the_names_of_one_page_have_one_key(name: str) -> None:
    assert content.page_key(name) == "deep learning"


@given(ANY_TEXT)
def test_a_page_key_is_its_own_key(name: str) -> None:
    assert content.page_key(content.page_key(name)) == content.page_key(name)


@given(
    st.lists(
        st.sampled_from(
            [
                "[[",
                "]]",
                "|",
                "a",
                "B_c",
                "\n",
                "> ",
                "`",
                "\\|",
                " ",
                "|-|-|\n",
                "![[",
                "](b.md)",
                "<a href='x/c.md'>",
                "%%",
                "$",
            ]
        )
    ).map("".join)
)
def test_the_targets_of_a_body_include_every_page_it_asks_for(body: str) -> None:
    asked: list[str] = []
    content.entry_texts(Item(title="A page", body=body), base_url="https://site.example/", page_url=asked.append)
    assert set(asked) <= set(content.wiki_targets(body))


def test_the_targets_of_a_body_are_sorted_and_distinct() -> None:
    assert content.wiki_targets("[[b]] [[A|x]] [[a]] [[#part]]") == ("a", "b")
    assert content.wiki_targets("no [links](https://site.example/x), (x) and [x](#part) [x](a.png)") == ()


@pytest.mark.parametrize("name", ["HREF", "src", "data", "Poster", "cite"])
def test_a_local_address_in_an_attribute_alone_is_a_target(name: str) -> None:
    assert content.wiki_targets(f"<x {name} = 'a-b/'> and <x {name}=c>") == ("a b", "c")


@pytest.mark.parametrize(
    "body",
    [
        "[x](dir/b_c.md)",
        "[x](<dir/b_c.md#part> 'title')",
        "[x]\n\n[x]: dir/b_c.md",
        "a [x](dir/b&#95;c.md?raw) b",
        "<a class=x href=dir/b_c.md>x</a>",
        "<p><a href='dir/b%5Fc.md'>x</a></p>",
    ],
)
def test_a_link_to_a_file_is_a_target_by_path_and_by_name(body: str) -> None:
    assert content.wiki_targets(body) == ("./dir/b_c.md", "b c")


def test_a_link_to_html_is_a_target_by_name_only_to_be_noticed() -> None:
    assert content.wiki_targets("[x](../b_c.html)") == ("../b_c.html", "b c", "b c.html")


def test_a_local_address_is_a_target_by_the_name_that_it_tells() -> None:
    body = "[x](a-b/) [x](</x/C d#part>) <iframe src='../e.html?f'></iframe>\n\n[x]: /g/index.html"
    assert [key for key in content.wiki_targets(body) if "." not in key] == ["a b", "c d", "e", "g"]


@pytest.mark.parametrize(
    ("href", "keys"),
    [
        ("b.md", ("./b.md", "b")),
        ("../B%20c.MD#x", ("../B%20c.MD", "b c")),
        ("/a/b.markdown?x", ("/a/b.markdown", "b")),
        (" ./b.md ", ("./b.md", "b")),
        ("dir\\b.md", ("./dir/b.md", "b")),
        ("..%5Cb.md", ("../b.md", "b")),
        ("https://a.example/b.md", ()),
        ("mailto:b.md", ()),
        ("//a.example/b.md", ()),
        ("b.html#x", ("./b.html",)),
        ("/a/b.HTM", ("/a/b.HTM",)),
        ("b.xhtml", ()),
        ("-.md", ()),
        ("b.md/", ()),
        ("?b.md", ()),
        (".md", ()),
        ("", ()),
    ],
)
def test_a_link_to_a_file_has_a_path_and_to_markdown_a_name_too(href: str, keys: tuple[str, ...]) -> None:
    assert wiki_links.page_keys(href) == tuple(key.replace("%20", " ") for key in keys)


@pytest.mark.parametrize(
    ("key", "path", "found"),
    [
        ("./b.md", "a.md", "b.md"),
        ("./b.md", "x/y/a.md", "x/y/b.md"),
        ("../b.md", "x/y/a.md", "x/b.md"),
        ("../z/./b.md", "x/a.md", "z/b.md"),
        ("/b.md", "x/y/a.md", "b.md"),
        ("../../b.md", "x/a.md", None),
        ("../b.md", "a.md", None),
        ("/../b.md", "a.md", None),
        ("b c", "x/a.md", None),
    ],
)
def test_a_key_with_a_slash_is_a_path_from_the_file_that_links(key: str, path: str, found: str | None) -> None:
    assert wiki_links.page_path(key, path) == found
