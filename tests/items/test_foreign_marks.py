"""What template languages of other generators put into Markdown, and what feedd makes of it."""

from __future__ import annotations

import pytest
from adversarial import TEMPLATES
from hypothesis import given
from hypothesis import strategies as st

from feedd.html import content
from feedd.items.bodies.foreign_marks import read_body, read_html
from feedd.items.bodies.page_facts import PageFacts
from feedd.items.parse import parse
from feedd.items.reading_settings import ReadingSettings

FACTS = PageFacts("A title", "A summary", "https://site.example/base/a/", "https://site.example/base/")

LIQUID = [
    ("a tag goes", "one {% assign x = 1 %}two", "one two"),
    ("text between tags stays", "{% if page.x %}\ninside\n{% endif %}", "\ninside\n"),
    ("a comment goes", "a{% comment %}secret{% endcomment %}b", "ab"),
    ("a comment without an end hides the rest", "a {% comment %} secret", "a "),
    ("a comment on one line goes", "a{% # secret %}b", "ab"),
    ("what is never true goes", "a{% if false %}secret{% endif %}b", "ab"),
    ("comments in comments go", "a{% comment %}b{% comment %}c{% endcomment %}secret{% endcomment %}d", "ad"),
    ("all in what is never true goes", "a{% if false %}b{% if c %}d{% endif %}secret{% endif %}e", "ae"),
    ("what only its author sees goes", "a{% if jekyll.environment == 'development' %}secret{% endif %}b", "ab"),
    ("what is shown unless it is a draft stays", "a{% if page.draft != true %}b{% endif %}c", "abc"),
    (
        "a loop over what a program knows goes",
        "a{% for p in site.x %}- {{ p.y }}{% for q in p %}{% endfor %}\n{% endfor %}b",
        "ab",
    ),
    ("text in a loop stays", "a{% for p in site.x %}b{{ site.y }}{% endfor %}c", "abc"),
    ("what is captured goes", "a{% capture x %}no{% endcapture %}b", "ab"),
    ("raw stays literally", "{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ("raw around code goes", "{% raw %}\n```\n{{ x }}\n```\n{% endraw %}", "\n```\n{{ x }}\n```\n"),
    ("raw in code goes", "`{% raw %}{{ x }}{% endraw %}`", "`{{ x }}`"),
    ("code stays", "`{{ x }}` and ``{% y %}``", "`{{ x }}` and ``{% y %}``"),
    ("fenced code stays", "```\n{{ x }}\n```", "```\n{{ x }}\n```"),
    ("indented code stays", "Text:\n\n    {{ x }}\n", "Text:\n\n    {{ x }}\n"),
    ("text of a list is no code", "- one\n\n    {{ x }}two", "- one\n\n    two"),
    ("code in HTML stays", "<code>{{ x }}</code>", "<code>{{ x }}</code>"),
    ("formulas stay", "$\\frac{{a}}{{b}}$ and $$x_{{1}}$$", "$\\frac{{a}}{{b}}$ and $$x_{{1}}$$"),
    ("expressions of workflows stay", "${{ secrets.X }}", "${{ secrets.X }}"),
    ("highlight is code", "{% highlight python %}\nx = 1\n{% endhighlight %}", "```python\nx = 1\n```"),
    ("highlight with numbers of lines", "{% highlight ruby linenos %}\nx\n{% endhighlight %}", "```ruby\nx\n```"),
    ("highlight that holds a fence", "{% highlight md %}\n```\n{% endhighlight %}", "````md\n```\n````"),
    ("a codeblock", "{% codeblock lang:js %}\nx\n{% endcodeblock %}", "```js\nx\n```"),
    ("the site's address", "[a]({{ site.url }}{{ site.baseurl }}/x)", "[a](https://site.example/base/x)"),
    ("a relative URL", '![a]({{ "/x.png" | relative_url }})', "![a](/base/x.png)"),
    ("an absolute URL", "[a]({{ '/x' | absolute_url }})", "[a](https://site.example/base/x)"),
    ("a filter before", '[a]({{ "/x" | prepend: site.baseurl }})', "[a](/base/x)"),
    ("the title of the page", "# {{ page.title }}", "# A title"),
    ("another expression goes", "one {{ page.x | y }}two", "one two"),
    ("a link to a file", "[a]({% link _posts/2024-01-02-b.md %})", "[a](/_posts/2024-01-02-b.md)"),
    ("a link to a post", "[a]({% post_url 2024-01-02-b %})", "[a](2024-01-02-b.md)"),
    ("a link to a post in a folder", "[a]({% post_url c/2024-01-02-b %})", "[a](2024-01-02-b.md)"),
    ("the site before a link", "[a]({{ site.baseurl }}{% post_url 2024-01-02-b %})", "[a](2024-01-02-b.md)"),
    ("a figure", '{% include figure.html src="a.png" alt="An a" %}', "![An a](a.png)"),
    (
        "a figure with words",
        '{% include figure image_path="/a.png" alt="A" caption="Some *words*" %}',
        "<figure>\n\n![A](/a.png)\n\n<figcaption>\n\nSome *words*\n\n</figcaption>\n\n</figure>\n",
    ),
    ("a figure in the site", '{% include image.html url="{{ site.baseurl }}/a.png" %}', "![](/base/a.png)"),
    (
        "a video",
        '{% include video id="dQw4w9WgXcQ" provider="youtube" %}',
        '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>\n',
    ),
    ("a gist", "{% gist ada/123 %}", "[gist.github.com/ada/123](https://gist.github.com/ada/123)"),
    ("a note", "{% note %}\nText\n{% endnote %}", "\n> [!note]\n> Text\n\n"),
    ("an assigned text", "{% assign a = 'b' %}x {{ a }} {{ a | upcase }}", "x b b"),
    ("a link of Hexo", "{% link words https://b.example/ %}", "[words](https://b.example/)"),
    ("a picture of Octopress", "{% img left /a.png 350 350 'A title' 'An a' %}", "![An a](/a.png)"),
    ("a captured text with a tag goes", "{% capture a %}\n{% include x.svg %}\n{% endcapture %}\nb{{ a }}c", "\nbc"),
    ("a style of JavaScript counts", "<b style={{display: 'none'}}>x</b>", '<b style="display: none">x</b>'),
    ("but not in code", "`<b style={{display: 'none'}}>`", "`<b style={{display: 'none'}}>`"),
    ("an attribute of an unknown value goes", "<b style={{color: 'red'}} id=a>x</b>", "<b id=a>x</b>"),
    ("a captured text is shown in its place", "{% set a %}\nx\n{% endset %}\n{{ a }}", "\n\nx\n"),
    ("captured code", "{% set a %}x{% endset %}\n{{ a | highlight('js') | safe }}", "\n```\nx\n```"),
    ("an address with an unknown part goes", "[a](https://b.example/{{ c }}/d) e", "[a]() e"),
    ("a picture with an unknown part goes", '<img src="/{{ c }}.png">', '<img src="">'),
    ("a reference with an unknown part goes", "[a]\n\n[a]: https://b.example/{{ c }}", "[a]\n\n[a]: <>"),
    ("a bare address with an unknown part goes", "* <{{ a.b }}>\n* http://c/{{ d }}/e f", "* \n*  f"),
    ("an escaped brace is text", "\\{{ x }}", "\\{{ x }}"),
    ("a brace without an end is text", "a {{ b", "a {{ b"),
    ("a comment of Nunjucks goes", "a{# secret #}b", "ab"),
]
SHORTCODES = [
    ("a shortcode goes", "one {{< x >}}two", "one two"),
    ("text in a shortcode stays", '{{< box "x" >}}\ninside\n{{< /box >}}', "\ninside\n"),
    ("text in a shortcode of Markdown stays", "{{% box %}}inside{{% /box %}}", "inside"),
    ("a title stays", '{{< tab "Linux" >}}\ntext\n{{< /tab >}}', "**Linux**\n\ntext\n"),
    ("a figure", '{{< figure src="a.png" alt="A" >}}', "![A](a.png)"),
    ("a picture with its title", '{{< figure src="a.png" title="T" >}} x', '![T](a.png "T") x'),
    ("a picture by position", '{{< img "a.png" "An a" >}}', "![An a](a.png)"),
    ("a picture that leads on", '{{< figure src="a.png" link="/b" >}}', "[![](a.png)](/b)"),
    (
        "a video",
        "Look {{< youtube dQw4w9WgXcQ >}}",
        'Look <iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>',
    ),
    ("a video elsewhere", "{{< vimeo 146022717 >}}", "[vimeo.com/146022717](https://vimeo.com/146022717)"),
    ("a reference", '[a]({{< ref "b.md" >}})', "[a](b.md)"),
    ("a reference to a part", '[a]({{< relref "b.md#part" >}})', "[a](b.md#part)"),
    ("a reference to a page", '[a]({{% ref "/posts/b" %}})', "[a](/posts/b.md)"),
    (
        "a post elsewhere",
        '{{< tweet user="ada" id="12" >}}',
        "[twitter.com/ada/status/12](https://twitter.com/ada/status/12)",
    ),
    ("code", "{{< highlight go >}}\nx := 1\n{{< /highlight >}}", "```go\nx := 1\n```"),
    ("code with options", '{{< highlight go "linenos=table" >}}\nx\n{{< /highlight >}}', "```go\nx\n```"),
    ("a note", "{{< note >}}\nText\n{{< /note >}}", "\n> [!note]\n> Text\n\n"),
    ("a notice by its kind", '{{% notice tip "T" %}}\nText\n{{% /notice %}}', "\n> [!tip] T\n> Text\n\n"),
    ("words that are shown", 'a {{< glossary_tooltip text="pod" term_id="x" >}}', "a pod"),
    ("a shortcode in another one", 'a{{< b c="{{< d >}}/{{< e >}}" f="g" >}} h', "a h"),
    ("one in a list, out of line", "1. a\n\n{{% b %}}\n    {{% c %}}\n\n    d {{< e >}}f", "1. a\n\n\n    \n\n    d f"),
    (
        "a note at odds with its list",
        "a\n\n    {{% note %}}\nb\n    {{% /note %}}",
        "a\n\n\n> [!note]\n> b\n\n    ",
    ),
    ("one after an empty comment", "<!-->\n{{< a >}}b", "<!-->\nb"),
    ("a comment goes", "a{{< comment >}}secret{{< /comment >}}b", "ab"),
    ("a part that is hidden goes", "a{{< private >}}secret{{< /private >}}b", "ab"),
    ("a hidden part that does not end hides the rest", "a{{% draft %}}b{{% draft %}}c{{% /draft %}}secret", "a"),
    ("a mark that hides nothing goes", "a{{< draft >}}b", "ab"),
    ("a shortcode that is shown", "{{</* x */>}}", "{{< x >}}"),
    ("a shortcode that is shown in code", "`{{</* x */>}}`", "`{{< x >}}`"),
    (
        "one of Zola",
        '{{ youtube(id="dQw4w9WgXcQ") }}',
        '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>\n',
    ),
    ("a block of Zola", '{% quote(author="V") %}\ninside\n{% end %}', "\n> **V**\n>\n> inside\n\n"),
    ("a long call of Zola", f'a{{{{ saying(old="{"word " * 400}\n{"word " * 400}") }}}}b', "ab"),
    ("no long call", f"{{{{ x {'word ' * 400} }}}}", f"{{{{ x {'word ' * 400} }}}}"),
    ("a link of Zola", "[a](@/blog/b.md)", "[a](/blog/b.md)"),
]
ATTRIBUTES = [
    ("a list with a colon too many", '[a](/b){:target="_blank" :rel="noopener"}', "[a](/b)"),
    ("a paragraph's", "Text.\n{: .lead }", "Text.\n"),
    ("the end of a line", "Text. {: .lead }", "Text."),
    ("a link's", '[a](b){: target="_blank"}', "[a](b)"),
    ("a link's by Pandoc", "[a](b){.c} d", "[a](b) d"),
    ("a picture's size", "![a](b.png){width=50%}", "![a](b.png)"),
    ("words'", "[a]{.smallcaps}", "a"),
    ("a heading's id", "## A heading {#id}", "## A heading"),
    ("a heading's class", "## A heading {.c #id}", "## A heading"),
    ("an underlined heading's id", "A heading {#id}\n====", "A heading\n===="),
    ("a table of contents", "* TOC\n{:toc}\n\nText", "\n\nText"),
    ("a table of contents without a heading", "1. Contents\n{: toc}", ""),
    ("a mark of contents", "[TOC]\n\nText [[toc]]", "\n\nText [[toc]]"),
    ("a name of a paragraph", "Text ^a1b2c3\n\nx ^2 y ^z", "Text\n\nx ^2 y ^z"),
    ("after bold text", '**a**{ title="b" }', "**a**"),
    ("over two lines", '![a](b.png){: style="x;\ny: z" }', "![a](b.png)"),
    ("over two lines, from the colon on", '![a](b.png){:\nstyle="x" }', "![a](b.png)"),
    ("none over an empty line", '![a](b.png){: style="x\n\ny" }', '![a](b.png){: style="x\n\ny" }'),
    ("blanks in a picture's address", '![a](/x/b c d.png "T") ![b](c.png)', '![a](/x/b%20c%20d.png "T") ![b](c.png)'),
    ("blanks in code", "`![a](b c.png)`", "`![a](b c.png)`"),
    ("none in code", "`{: .x}` and `a`{:.b}", "`{: .x}` and `a`"),
    ("none in words", "a {b} and {:ok, 1} and {#x} here", "a {b} and {:ok, 1} and {#x} here"),
]
CONTAINERS = [
    ("a note", ":::note\nText\n:::", "\n> [!note]\n> Text\n"),
    ("with a title", ":::tip A title\nText\n:::", "\n> [!tip] A title\n> Text\n"),
    ("with a title in brackets", ":::tip[A title]\nText\n:::", "\n> [!tip] A title\n> Text\n"),
    ("in braces", '::: {.callout-note title="T"}\nText\n:::', "\n> [!note] T\n> Text\n"),
    ("in one another", "::::note\na\n:::tip\nb\n:::\nc\n::::", "\n> [!note]\n> a\n> \n> > [!tip]\n> > b\n> \n> c\n"),
    ("of an unknown kind", ":::columns\nText\n:::", "\nText\n"),
    ("with details", ":::details Why\nText\n:::", "\n<details><summary>Why</summary>\n\nText\n\n</details>\n"),
    ("that is hidden and does not end", "a\n:::draft\nsecret", "a\n"),
    ("that is hidden", "a\n:::private\nsecret\n:::note\nsecret\n:::\nsecret\n:::\nb", "a\n\n\nb"),
    ("with code", ":::note\n```\n:::\n```\n:::", "\n> [!note]\n> ```\n> :::\n> ```\n"),
    ("in code", "```\n:::note\n:::\n```", "```\n:::note\n:::\n```"),
    ("none without an end", "::: my words\nText", "::: my words\nText"),
    ("of MkDocs", '!!! warning "T"\n    Text\n\n    more\nafter', "\n> [!warning] T\n> Text\n> \n> more\n\nafter"),
    ("of MkDocs that opens", "??? note\n    Text", "\n> [!note]\n> Text"),
    ("tabs of MkDocs", '=== "One"\n\n    Text', "\n**One**\n\n\nText"),
    ("no sentence", "!!! Warning, this is text", "!!! Warning, this is text"),
]
DIRECTIVES = [
    ("a note", "```{note} T\n:class: x\n\nText\n```", "\n> [!note] T\n> \n> Text\n"),
    ("in one another", "````{note}\na\n```{tip}\nb\n```\n````", "\n> [!note]\n> a\n> \n> > [!tip]\n> > b\n> \n"),
    ("with code", "````{note}\n```\n```{tip}\n```\n````", "\n> [!note]\n> ```\n> ```{tip}\n> ```\n"),
    ("a figure", "```{figure} a.png\n:alt: An a\n\nWords\n```", "![An a](a.png)\n\n\nWords\n"),
    ("code", "```{code-block} python\n:linenos:\n\nx\n```", "```python\n\nx\n```"),
    ("other code stays", "```{r}\n:::note\n```", "```{r}\n:::note\n```"),
    ("contents go", "a\n\n```{toctree}\nb\n```\nc", "a\n\n\nc"),
    ("one without an end", "```{note}\na", "\n> [!note]\n> a"),
]
REMARKS = [
    ("one of kramdown", "{::comment}\nsecret\n\nsecret\n{:/comment}\nb", "\nb"),
    ("one of kramdown in a line", "a {::comment}secret{:/} b", "a  b"),
    ("one of kramdown without an end hides the rest", "a\n\n{::comment}\nsecret", "a\n\n"),
    ("one of CriticMarkup", "a{>>secret\n\nsecret<<} b", "a b"),
    ("one of Go's templates", "a{{- /* secret */ -}}b{{/* secret */}}c", "abc"),
    ("one of JSX", "a {/* secret */} b", "a  b"),
    ("one between two prices", "$5 {>>ask 6$?<<} a {/* ask 7$? */} b $8 $a {>>} b$", "$5  a  b $8 $a {>>} b$"),
    ("one with brackets in the place of a definition", "[//]: # (secret (or not))\n[Comment]: <> (a)\nb", "\n\nb"),
    ("no definition of a link", '[top]: # "Top"\n[^1]: # (a)', '[top]: # "Top"\n[^1]: # (a)'),
    ("one in the place of a definition", '[]: # (secret)\n\n[ ]: <> "secret"\n\na', "\n\n\n\na"),
    ("one of HTML over paragraphs", "a <!-- secret\n\nsecret --> b <!-- c --> d", "a  b <!-- c --> d"),
    (
        "in code they stay",
        "`{>>a<<}` `{/*b*/}`\n\n    {::comment}\n    c",
        "`{>>a<<}` `{/*b*/}`\n\n    {::comment}\n    c",
    ),
    ("others without an end stay", "a {>>b <!-- c {/* d", "a {>>b <!-- c {/* d"),
    ("a mark of a summary is none", "a\n\n<!--more-->\n\nb", "a\n\n<!--more-->\n\nb"),
]
MDX = [
    ("an import goes", "import A from './a'\n\nText", "\n\nText"),
    ("an import of several lines goes", "import {\n  A,\n  B,\n} from './a'\n\nText", "\n\nText"),
    ("an export goes", "export const a = {\n  b: 1,\n\n  c: 2,\n}\n\nText", "\n\nText"),
    ("words stay", "A sentence.\nimport duties rose.", "A sentence.\nimport duties rose."),
    ("a comment goes", "a {/* secret */} b", "a  b"),
    ("text in a component stays", "<Box>inside</Box>", "inside"),
    ("text in components stays", '<Tabs><TabItem value="a">inside</TabItem></Tabs>', "inside"),
    ("an element of HTML stays", '<b class="x">bold</b>', '<b class="x">bold</b>'),
    ("styles go", "<div style={{color: 'red'}}>x</div>", "<div>x</div>"),
    ("an expression goes", "a {props.b} c", "a  c"),
    ("a string stays", "a{' '}b", "a b"),
    ("code stays", "`{x}` and `<Box>`", "`{x}` and `<Box>`"),
    ("a brace that is escaped stays", "\\{x}", "\\{x}"),
    ("a picture", '<Image src="/a.png" alt="A" />', "\n![A](/a.png)\n"),
    ("a picture that is required", "<img src={require('./a.png').default} />", '<img src="./a.png" />'),
    ("a link", '<Link to="/a">words</Link>', '<a href="/a">words</a>'),
    ("a note", '<Note title="T">\n\ntext\n\n</Note>', "\n\n> [!note] T\n> \n> \n> text\n> \n> \n\n"),
    ("code in an attribute", '<Code code={`a\nb`} lang="js" />', "```js\na\nb\n```"),
    ("code between tags", "<CodeBlock language='js'>\n{`a`}\n</CodeBlock>", "```js\na\n```"),
    ("a component that hides its text", "a<Hidden>b<Hidden x>c</Hidden>secret</Hidden>d", "ad"),
    ("a card", '<LinkCard title="T" href="/a/" />', "\n[T](/a/)\n"),
    ("an element that is hidden stays so", "<p hidden>a</p><b hidden={true}>b</b>", "<p hidden>a</p><b hidden>b</b>"),
    ("what may be hidden is hidden", "<p hidden={isLive}>a</p>", "<p hidden>a</p>"),
    ("an element that is not hidden", "<p hidden={false}>a</p>", "<p>a</p>"),
    ("a style that hides", "<p style={{color: 'red', display: 'none'}}>a</p>", '<p style="display: none">a</p>'),
    ("a style that may hide", "<p style={{display: x ? 'none' : 'block'}}>b</p>", '<p style="display: none">b</p>'),
    (
        "a style that strikes out",
        "<b style={{textDecoration: 'line-through'}}>c</b>",
        '<b style="text-decoration: line-through">c</b>',
    ),
    ("a style that counts", "<ol style={{listStyleType: 'upper-roman'}}>", '<ol style="list-style: upper-roman">'),
    ("a component that is hidden", "a<Tab hidden>b<Tab>c</Tab></Tab>d<Box style={{display: 'none'}}>e</Box>", "ad"),
    ("a box that is checked", "<input type='checkbox' checked disabled={true} />", '<input type="checkbox" checked />'),
    ("a box that is not", "<input type='checkbox' checked={false} />", '<input type="checkbox" />'),
    ("a list that counts down", "<ol reversed start={3}>", '<ol reversed start="3">'),
    ("an arrow in a tag", "<B onClick={() => { a(); }}>x</B>", "x"),
    ("indentation is no code", "<Box>\n\n      text\n\n</Box>", "\n\ntext\n\n"),
]


def made(path: str, text: str) -> str:
    return read_body(path, text, FACTS).text


@pytest.mark.parametrize(
    ("fact", "source", "shown"), [*LIQUID, *SHORTCODES, *ATTRIBUTES, *CONTAINERS, *DIRECTIVES, *REMARKS]
)
def test_marks_in_markdown(fact: str, source: str, shown: str) -> None:
    assert made("a.md", source) == shown


ASIDE = """\
<aside markdown="1" class="x">
  <img src="a.png" alt="">
  Easier *than* [others](/a).
  <p markdown="1" class="y">
— [Ada](/ada)
  </p>
</aside>
"""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ASIDE, ['<a href="/a">others</a>', '<a href="/ada">Ada</a>', "<em>than</em>"]),
        ("<div class='x' markdown='1'>**b** <div>c</div> d</div> *e*\n", ["<strong>b</strong>", "<em>e</em>"]),
        ("<details markdown=1>\n<summary>s</summary>\n*a*\n\n- b\n</details>\n", ["<em>a</em>", "<li>b</li>"]),
    ],
)
def test_markdown_in_an_element_that_asks_for_it_is_markdown(text: str, shown: list[str]) -> None:
    html = read(text.replace("(/", "(https://site.example/"))[0].replace("https://site.example/", "/")
    assert [each for each in shown if each not in html] == []
    assert "](" not in html and "**" not in html and "markdown=" not in html


@pytest.mark.parametrize(
    "text",
    [
        *("```html\n<div markdown='1'>*x*</div>\n```", "<div markdown='0'>*x*</div>"),
        "<div markdown='1'>\n*never closed*",
        '<p markdown="1" style="display:none">SECRET</p>',
        '<p markdown="1" style="&#100;isplay:none">SECRET</p>',
        '<p hidden markdown="1">SECRET</p>',
        '<p markdown="1" onclick="x">a</p>',
        '<div markdown="1">\nIntro <!-- hide\n<br>\nSECRET\n-->\nEND\n</div>',
        '<div markdown="1">\nIntro <!-- hide </div>\nSECRET\n-->',
        '<div markdown="1">\nx <span hidden>\n<br>\nSECRET</span>\n</div>',
        "<div markdown=\"1\">\nx <span title='>' hidden>\n<br>\nSECRET</span>\n</div>",
        '<div markdown="1">\n    <script>\n    <br>\n    SECRET\n    </script>\n</div>',
        '<div>\n<!-- start\n<p markdown="1">x</p>\n-->\n</div>\n\nAFTER',
    ],
)
def test_other_elements_and_code_stay_as_they_are(text: str) -> None:
    assert made("a.md", text) == text


@pytest.mark.parametrize(("fact", "source", "shown"), MDX)
def test_marks_in_mdx(fact: str, source: str, shown: str) -> None:
    assert made("a.mdx", source) == shown


def test_a_file_of_markdown_that_imports_components_is_mdx() -> None:
    assert made("a.md", "import A from './a';\n\n<A>x</A> {y}") == "\n\nx "
    assert made("a.md", "```\nimport A from './a'\n```\n\n{y}") == "```\nimport A from './a'\n```\n\n{y}"


def test_a_tag_with_javascript_goes_from_every_file() -> None:
    assert made("a.md", "<Tabs values={[1, 2]}>\n\n{y}\n\n</Tabs>") == "\n\n{y}\n\n</Tabs>"
    assert made("a.md", "<img src={require('./a.png').default} />") == '<img src="./a.png" />'


@pytest.mark.parametrize(("fact", "source", "shown"), MDX[3:4] + MDX[9:10])
def test_in_a_file_of_markdown_nothing_is_javascript(fact: str, source: str, shown: str) -> None:
    assert made("a.md", source) == source


def read(text: str, path: str = "a.md", front: str = "") -> tuple[str, str, str]:
    """The content and the summary of an item with this body, and what is noted of it."""
    parsed = parse(path, f"---\ntitle: A title\n{front}---\n{text}".encode(), ReadingSettings())
    assert parsed.item is not None
    shown = content.entry_texts(parsed.item, base_url="https://site.example/", page_url=lambda _: None)
    return *shown, "; ".join(str(problem) for problem in parsed.problems)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>{% if page.x %}a{% endif %} b</p>", "<p>a b</p>"),
        ('<p><img src="{{ site.baseurl }}/a.png" alt="A"></p>', '<p><img src="/a.png" alt="A"></p>'),
        ("{% highlight js %}\na < b\n{% endhighlight %}", "<pre><code>a &lt; b</code></pre>"),
        ('{% include image.html src="/a.png" alt="A [b]" %}', '<img src="/a.png" alt="A [b]">'),
        ("<p>{% gist ada/123 %}</p>", '<p><a href="https://gist.github.com/ada/123">gist.github.com/ada/123</a></p>'),
        ("<p>{{ words }} of a page</p>", "<p>{{ words }} of a page</p>"),
        ("<code>{{ x }} {% y %}</code>{% y %}", "<code>{{ x }} {% y %}</code>"),
        ("<p>a</p>\n:::note\n{: .x}", "<p>a</p>\n:::note\n{: .x}"),
    ],
)
def test_marks_in_html(source: str, shown: str) -> None:
    assert read_html(source, PageFacts()).text == shown


@pytest.mark.parametrize(
    "mark",
    [
        "<!--more-->",
        "<!-- more -->",
        "<!-- truncate -->",
        "{/* truncate */}",
        "<!-- excerpt -->",
        "<!-- end_excerpt -->",
        "<!--MORE-->",
    ],
)
def test_the_text_before_a_mark_is_the_summary(mark: str) -> None:
    shown, summary, _ = read(f"The *first* words.\n\nAnd more.\n\n{mark}\n\nThe rest.")
    assert summary == "The first words. And more."
    assert shown == "<p>The <em>first</em> words.</p>\n<p>And more.</p>\n<p>The rest.</p>"


def test_a_file_names_the_mark_under_its_summary() -> None:
    _, summary, _ = read("First.\n\n~~~end~~~\n\nRest.", front='excerpt_separator: "~~~end~~~"\n')
    assert summary == "First."


def test_a_summary_of_the_front_matter_wins() -> None:
    assert read("First.\n\n<!--more-->\n\nRest.", front="excerpt: Mine\n")[1] == "Mine"


def test_a_mark_in_code_ends_no_summary() -> None:
    assert read("First.\n\n```\n<!--more-->\n```\n\nRest.")[1] == "First. Rest."


def test_the_title_is_shown_once() -> None:
    assert read("# A title\n\nText.")[0] == "<p>Text.</p>"


def test_what_was_not_run_is_noted_in_one_line() -> None:
    body = "{% include a.html %} {% include b.html %} {{< tabs >}}a{{< /tabs >}} {{ site.time }}"
    assert read(body)[2] == "a.md: body: not run: Liquid include (2), expression (1), shortcode tabs (1)"


def test_what_was_not_run_in_a_file_with_sealed_text_is_not_named() -> None:
    parsed = parse("a.md", b"---\ntitle: A\nsecured: hush\n---\n{% hush %}")
    assert [problem.reason for problem in parsed.problems] == ["not run: marks of a template language"]


def test_components_in_a_file_of_markdown_go_and_their_text_stays_apart() -> None:
    body = '<Tabs>\n<TabItem value="a">\n\nOne.\n\n</TabItem>\n<TabItem>\n\nTwo.\n\n</TabItem>\n</Tabs>'
    assert read(body)[0] == "<p>One.</p>\n<p>Two.</p>"


def test_sealed_text_is_found_in_a_body_whose_marks_would_go() -> None:
    parsed = parse("a.md", b"---\ntitle: A\nsecured: 'a {{ b }} long secret'\n---\nIt is a {{ b }} long secret")
    assert parsed.item is None
    assert [problem.reason for problem in parsed.problems] == ["what is sealed stands in another field, too"]


@given(
    st.lists(st.sampled_from([*TEMPLATES, "words ", "\n", "\n\n", "  "]), max_size=12),
    st.sampled_from(["a.md", "a.mdx", ""]),
)
def test_marks_in_any_order_are_read(pieces: list[str], path: str) -> None:
    text = "".join(pieces)
    found = read_body(path, text, FACTS) if path else read_html(text, FACTS)
    assert isinstance(found.text, str) and "\ufdde" not in found.text


@given(
    st.text(st.characters(exclude_characters="{}<:!?=@^[", exclude_categories=["Cs"])),
    st.sampled_from(["a.md", "a.mdx"]),
)
def test_text_without_marks_stays_as_it_is(text: str, path: str) -> None:
    without_indentation = "\n".join(line.lstrip(" \t") for line in text.split("\n")) if path == "a.mdx" else text
    assert made(path, without_indentation) == without_indentation
