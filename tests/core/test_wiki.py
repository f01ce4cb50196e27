"""Markdown as wikis write it: links between pages, callouts, time stamps, the channel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.core import content
from feedd.model import Item

LINK = "https://news.example/2020/story"
VIDEO = "x0-zGdlpTeg"
PAGE = f"https://www.youtube.com/watch?v={VIDEO}"
PAGES = {"deep learning": "https://site.example/deep-learning"}
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def written(body: str, video_id: str | None = None) -> str:
    item = Item(title="A page", link=LINK, body=body, video_id=video_id)
    return content.entry_texts(item, base_url="https://site.example/", page_url=PAGES.get)[0]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("[[deep_learning | it]]", '<p><a href="https://site.example/deep-learning">it</a></p>'),
        ("[[Deep-Learning]]", '<p><a href="https://site.example/deep-learning">Deep-Learning</a></p>'),
        (
            "[[wiki/Deep Learning.md#Uses|uses]]",
            '<p><a href="https://site.example/deep-learning">uses</a></p>',
        ),
        ("[[un_known]] and [[x|y]]", "<p>un known and y</p>"),
        ("`[[deep learning]]`", "<p><code>[[deep learning]]</code></p>"),
        ("```\n[[deep learning]]\n```", "<pre><code>[[deep learning]]\n</code></pre>"),
        ("[[1]](https://a.example/)", '<p><a href="https://a.example/">[1]</a></p>'),
        ('<a href="/x">[[deep learning]]</a>', '<p><a href="https://news.example/x">deep learning</a></p>'),
        ("[[a|b", "<p>[[a|b</p>"),
        ("[[]] [[ ]]", "<p>[[]] [[ ]]</p>"),
        ("~~old~~ new", "<p><s>old</s> new</p>"),
        ("a <b>b</b> &amp; c", "<p>a <b>b</b> &amp; c</p>"),
        (
            "> [!info] A *call*\n>\n> Text",
            "<blockquote><p><strong>A <em>call</em></strong></p>\n<p>Text</p>\n</blockquote>",
        ),
        (
            "> [!see-also]-\n> Text",
            "<blockquote><p><strong>See also</strong></p>\n<p>Text</p>\n</blockquote>",
        ),
        ("> [!]\n> Text", "<blockquote><p>[!]\nText</p>\n</blockquote>"),
    ],
)
def test_markdown_and_wiki_syntax_become_html(body: str, shown: str) -> None:
    assert written(body) == shown


def test_a_wiki_link_inside_a_table_is_a_link() -> None:
    assert '<a href="https://site.example/deep-learning">it</a>' in written("|a|b|\n|-|-|\n|[[deep learning\\|it]]|2|")


def test_a_time_stamp_leads_to_that_second_of_the_video() -> None:
    stamp = '<a class="yt-timestamp" data-t="01:01:54">[01:01:54]</a>'
    linked = written(f"Text {stamp}", video_id=VIDEO)
    assert linked.endswith(f'<p>Text <a href="{PAGE}&amp;t=3714s">[01:01:54]</a></p>')
    assert written(f"Text {stamp}") == "<p>Text [01:01:54]</p>"


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
    st.lists(st.sampled_from(["[[", "]]", "|", "a", "B_c", "\n", "> ", "`", "\\|", " ", "|-|-|\n", "![["])).map("".join)
)
def test_the_targets_of_a_body_include_every_page_it_asks_for(body: str) -> None:
    asked: list[str] = []
    content.entry_texts(Item(title="A page", body=body), base_url="https://site.example/", page_url=asked.append)
    assert set(asked) <= set(content.wiki_targets(body))


def test_the_targets_of_a_body_are_sorted_and_distinct() -> None:
    assert content.wiki_targets("[[b]] [[A|x]] [[a]] [[#part]]") == ("a", "b")
    assert content.wiki_targets("no [links](x)") == ()
