"""Titles: what a text without a title in its front matter is called."""

from __future__ import annotations

import pytest

from feedd.items.foreign.titles import first_heading, plain_heading, title_of_name


@pytest.mark.parametrize(
    ("body", "title", "rest"),
    [
        ("# Slow tools\n\nText.", "Slow tools", "Text."),
        ("\n\n#   Slow tools  ##\nText.", "Slow tools", "Text."),
        ("Slow tools\n===\nText.", "Slow tools", "Text."),
        ("# A *fine* `day` of [boats](b.md) {#fine}\n", "A fine day of boats", ""),
        ("import X from './x'\n\n# Box\n\nText.", "Box", "import X from './x'\n\nText."),
        ("<!-- one\ntwo -->\n# Box\nText.", "Box", "<!-- one\ntwo -->\n\nText."),
        ("![build](b.svg)\n\n# Box\nText.", "Box", "![build](b.svg)\n\nText."),
        ("# C#\nText.", "C#", "Text."),
        ("# 5\\* hotels", "5* hotels", ""),
    ],
)
def test_a_text_begins_with_its_title(body: str, title: str, rest: str) -> None:
    assert first_heading(body) == (title, rest)


@pytest.mark.parametrize(
    "body",
    ["", "Text.\n\n# Later", "## Second\n\n# First", "```\n# comment\n```", "    # code", "#tag\ntext", "#\n\nx"],
)
def test_other_texts_have_no_title_of_their_own(body: str) -> None:
    assert first_heading(body) is None


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("slow-tools.md", "Slow tools"),
        ("notes/Slow tools.md", "Slow tools"),
        ("2024-05-01-first_light.markdown", "First light"),
        ("20240501-first-light.md", "First light"),
        ("2024-05-01.md", "2024-05-01"),
        ("trip/index.md", "Trip"),
        ("2024-05-01-trip/index.md", "Trip"),
        ("widget/README.md", "Widget"),
        ("index.md", "Index"),
        ("A - B.md", "A - B"),
        ("---.md", "---"),
    ],
)
def test_a_name_is_read_as_a_title(path: str, title: str) -> None:
    assert title_of_name(path) == title


def test_the_words_of_a_heading_stand_without_their_marks() -> None:
    assert plain_heading("**Bold** and __bold__, snake_case_name, [[page|words]] ![x](y.png)") == (
        "Bold and bold, snake_case_name, words x"
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Escaping `&amp;` in `CafÃ©`", "Escaping &amp; in CafÃ©"),
        ("`<b>` and `</b>`, `<em>x</em>`", "<b> and </b>, <em>x</em>"),
        ("A <!-- ask Ada --> day %%ask Bob%% out", "A day out"),
        ("`<!-- x -->` and `%%y%%`", "<!-- x --> and %%y%%"),
    ],
)
def test_a_heading_shows_code_as_it_is_and_no_comment(written: str, title: str) -> None:
    assert plain_heading(written) == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("A {>>ask Ada<<} day", "A day"),
        ("A {/* ask Ada */} day", "A day"),
        ("A {::comment}ask Ada{:/comment} day", "A day"),
        ("A {{/* ask Ada */}} day", "A day"),
        ("A {# ask Ada #} day", "A day"),
        ("A {% comment %}ask Ada{% endcomment %} day", "A day"),
        ("A {% if false %}ask Ada{% endif %} day", "A day"),
        ("A {{< secret >}}ask Ada{{< /secret >}} day", "A day"),
        ("A {{ page.layout }} day", "A day"),
        ("A %%ask 7% of%% day", "A day"),
        ("A <span hidden>ask Ada</span> day", "A day"),
        ("A <i style='color: red; display: none'>ask Ada</i> day", "A day"),
        ("A ~~sad~~ day", "A day"),
        ("~~A day~~", "A day"),
        ("A ==fine== day: H~2~O, x^2^", "A fine day: H2O, x2"),
        ("`{>>so<<}`, `{{ x }}` and `~~y~~`", "{>>so<<}, {{ x }} and ~~y~~"),
        ("100%% sure: a == b, c == d, [^a-z], ~5", "100%% sure: a == b, c == d, [^a-z], ~5"),
        ("A day[^of] in `[^of]`", "A day[^of] in [^of]"),
    ],
)
def test_a_title_shows_no_more_of_a_heading_than_the_body_would_show(written: str, title: str) -> None:
    assert first_heading(f"# {written}\n\nText.") == (title, "Text.")
    assert first_heading(f"{written}\n===\nText.") == (title, "Text.")


def test_a_component_that_is_hidden_is_not_in_the_title() -> None:
    body = "# A <Draft>ask Ada</Draft> <b hidden>ask Bob</b> <Badge>fine</Badge> day\n"
    assert first_heading(body, "a.mdx") == ("A fine day", "")


@pytest.mark.parametrize(
    "body",
    [
        "# A {>>ask\nAda<<} day\n\nText.",
        "# A {/* ask\n\nAda */} day\n\nText.",
        "# A <!-- ask\nAda --> day\n\nText.",
    ],
)
def test_a_remark_that_goes_on_below_the_heading_goes(body: str) -> None:
    assert first_heading(body) == ("A day", "Text.")


def test_the_mark_under_a_summary_is_no_remark() -> None:
    assert first_heading("# A day\n\n{/* so */}Text.\n\n{/* truncate */}") == ("A day", "Text.\n\n{/* truncate */}")


@pytest.mark.parametrize(
    "body",
    [
        "# A {% comment %}\nask Ada\n{% endcomment %}\nText.",
        "# A {{< secret >}}\nask Ada\n{{< /secret >}}\nText.",
        "# A %%day\nask Ada%%\n\nText.",
    ],
)
def test_a_heading_in_which_a_hidden_part_begins_stays_where_it_is(body: str) -> None:
    assert first_heading(body) is None


@pytest.mark.parametrize(
    "before",
    ["%%\nask Ada\n%%", "%% ask\n\nAda %%", "<!-- ask\n\nAda -->", "[//]: # (ask Ada)", "[a]: https://a.example/"],
)
def test_comments_and_definitions_may_stand_above_the_title(before: str) -> None:
    found = first_heading(f"{before}\n\n# A day\n\nText.")
    assert found is not None
    assert found.title == "A day"


def test_code_in_a_heading_is_no_note() -> None:
    body = "# Days with `Boat`s\n\n`Boat`: a class."
    assert first_heading(body) == ("Days with Boats", "`Boat`: a class.")


@pytest.mark.parametrize("body", ["# A day[^1]\n\nText.\n\n[^1]: Ibid.", "# A day^[Ibid.]\n\nText."])
def test_a_heading_with_a_note_stays_for_its_note(body: str) -> None:
    assert first_heading(body) == ("A day", body)


@pytest.mark.parametrize(
    ("path", "above", "below"),
    [
        ("a.md", "<div hidden>", "</div>"),
        ("a.md", "<div class='x' style='color: red; display:none'>", "</div>"),
        ("a.md", "<template>", "</template>"),
        ("a.md", "<div hidden><div></div>", "</div>"),
        ("a.md", "{% comment %}", "{% endcomment %}"),
        ("a.md", "{% if false %}", "{% endif %}"),
        ("a.md", "{#", "#}"),
        ("a.mdx", "<Draft>", "</Draft>"),
        ("a.mdx", "<Box hidden>", "</Box>"),
        ("a.mdx", "<div style={{display: 'none'}}>", "</div>"),
    ],
)
def test_a_heading_in_a_hidden_part_is_no_title(path: str, above: str, below: str) -> None:
    assert first_heading(f"{above}\n\n# Ask Ada\n\n{below}\n\nText.", path) is None


@pytest.mark.parametrize("above", ["<b hidden></b>", "{% comment %}\n{% endcomment %}", "<svg>\n</svg>", "{# so #}"])
def test_a_heading_below_a_hidden_part_is_a_title(above: str) -> None:
    found = first_heading(f"{above}\n\n# A day\n\nText.")
    assert found is not None
    assert found.title == "A day"


@pytest.mark.parametrize("above", ["<script>", "<pre>", "<style>\n", "- {x}\n<pre>"])
def test_a_line_of_code_is_no_title(above: str) -> None:
    assert first_heading(f"{above}\n# so\n</{above.strip().rpartition('<')[2]}\n") is None


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("A <b hidden>ask <b>Ada</b> and Bob</b> day", "A day"),
        ("A <i title='>' hidden>ask Ada</i> day", "A day"),
        ("A <template>ask Ada</template> day", "A day"),
        ("A <b title='hidden so'>fine</b> day", "A fine day"),
        ("The `<b hidden>` and <template> of HTML", "The <b hidden> and <template> of HTML"),
        ("Write \\~\\~so\\~\\~ and \\<b>", "Write ~~so~~ and <b>"),
    ],
)
def test_a_title_shows_what_is_not_hidden_of_a_heading(written: str, title: str) -> None:
    assert first_heading(f"# {written}\n\nText.") == (title, "Text.")


@pytest.mark.parametrize("body", ["# A <span hidden>day\n\nText.", "# A <template>\n\nask Ada\n\n</template>\nText."])
def test_a_heading_in_which_a_hidden_element_begins_stays_where_it_is(body: str) -> None:
    assert first_heading(body) is None
