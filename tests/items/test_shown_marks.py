"""Articles that show seals and marks, or speak of them: each is published without a word."""

from __future__ import annotations

import pytest

from feedd.items.parse import parse
from feedd.items.withholding.meaning import folded, withheld

FRONT = "---\ntitle: An article\nquality: 3\n---\n"
FOREIGN = "---\ntitle: An article\nlayout: post\ndate: 2024-05-01\n---\n"
IN_TOML = "+++\ntitle = 'An article'\ndate = 2024-05-01\n+++\n"
IN_JSON = '{\n  "title": "An article"\n}\n\n'
IN_HEADERS = "Title: An article\nDate: 2024-05-01\n\n"
NONE = "# An article\n\n"
FRONTS = (FRONT, FOREIGN, IN_TOML, IN_JSON, IN_HEADERS, NONE)

SHOWN = (
    # code blocks
    "Put this above your text:\n\n```yaml\n---\ntitle: My post\ndraft: true\nsecured: true\n---\n```\n",
    "Put this above your text:\n\n```toml\ntitle = 'My post'\ndraft = true\n```\n\nand save.\n",
    "Sealed text looks so:\n\n```toml\ntitle = 'My post'\nsecured = 'what nobody reads'\n```\n",
    "**In TOML:**\n\n~~~toml\ntitle = 'My post'\npublished = false\n~~~\n\nand save.\n",
    "In Jekyll:\n\n~~~yaml\npublished: false\n~~~\n\nIn Hugo:\n\n~~~toml\ndraft = true\n~~~\n",
    "These are the defaults.\n\n```toml\ntitle = ''\ndate =\ndraft = true\n```\n",
    "The table of drafts:\n\n```toml\n[build]\ndraft = true\nprivate = true\n```\n",
    'And as JSON:\n\n```json\n{"title": "My post", "draft": true, "secured": "what nobody reads"}\n```\n',
    "Nikola has it in a comment:\n\n```html\n<!--\n.. title: My post\n.. status: draft\n-->\n```\n",
    "The server:\n\n```yaml\nserver:\n  secured: true\n  hidden: true\n```\n\nThat is all.\n",
    "As a patch:\n\n```diff\n title: My post\n-draft: true\n+draft: false\n```\n",
    "<pre>\n---\ntitle: My post\npublished: false\n---\n</pre>\n\nThat hides it.\n",
    "````markdown\n```toml\ntitle = 'My post'\ndraft = true\n```\n````\n\nThat shows a block.\n",
    "1. Write this:\n\n   ```yaml\n   title: My post\n   draft: true\n   ```\n\n2. Save it.\n",
    "Write this:\n\n    ---\n    title: My post\n    draft: true\n    ---\n\nand save it.\n",
    "A block shows a block:\n\n```md\nWrite so:\n\n```yaml\ntitle: My post\ndraft: true\n```\n\nThat hides it.\n",
    "Write so:\n\n```\n```toml\ntitle = 'My post'\ndraft = true\n```\n```\n\nThat hides it.\n",
    "Write so:\n\n```md\n---\ntitle: My post\ndraft: true\n---\n\n```yaml\na: 1\n```\n\nThat hides it.\n",
    "A front matter.\n\n```yaml\ntitle: My post\ndraft: true\nsecured: what nobody reads\n```\n\nThat hides it.\n",
    # prose
    "A post with `published: false`, `draft: true` or `heat: -1` is not shown.\n",
    "Write draft: true at the top, or published: false. Nobody sees the post.\n",
    "Set draft: true Note: that hides it.\n",
    "s = secured(x)\nsec = 1, ured = 2\nsection cured = 3\n",
    "The door is secured by a bolt.\nNote: it is heavy.\n",
    "What does secured: true mean? It means that nobody reads the text.\n",
    "We secured: nothing. They published: everything.\n",
    "The draft: true to life, and the heat: -1 degrees.\n",
    "Draft beer is served cold. Hidden: the bar behind the books.\n",
    "Title insurance protects buyers.\nSecured loans are cheaper.\n",
    "The title is safe. Secured by a mortgage, it is.\n",
    "Published false claims are common, and private true crimes rare.\n",
    "title -> slug is one way; draft -> post is another.\n",
    # headings and quotations
    "Secured: A True Story\n====\n\nIt was night.\n",
    "## Secured: a true story\n\nIt was night.\n",
    "Status\n---\n\nDraft\n\nContext\n---\n\nWe decide.\n",
    "Write so:\n\n{% highlight yaml %}\n---\ntitle: a\n\ndraft: true\n---\n{% endhighlight %}\n\nThat hides it.\n",
    "It was night.\n\nA draft\n---\n\nThe draft: true to life.\n",
    "> secured: the loan, by a house\n\nSo the bank says.\n",
    "> Secured: the loan, by a house\n> and by its garden.\n\nSo the bank says.\n",
    "## Status\n\nDraft\n\n## Context\n\nWe decide.\n",
    "## `draft: true`\n\nIt hides a post.\n\n## `secured`\n\nIt seals a text.\n",
    "## Draft\n\nA post that is not finished.\n\n## Published\n\nA post that is.\n",
    # lists and tables
    "1. draft: true\n2. published: false\n3. heat: -1\n",
    "| Field | Meaning |\n|---|---|\n| title | what readers see |\n| draft | true hides it |\n",
    "The fields:\n\n| title | My post |\n|---|---|\n| draft | true |\n| secured | true |\n",
    "Both ways:\n\n| YAML | TOML |\n|---|---|\n| draft: true | draft = true |\n| `secured: x` | `secured = 'x'` |\n",
    "<p>So:</p>\n<table><tr><td>title</td><td>My post</td></tr><tr><td>draft</td><td>true</td></tr></table>\n",
    "The marks:\n\ntitle\n: what readers see\n\ndraft\n: `true` hides it\n",
    "Terms of the loan\n\n- Rate: 5 %\n- Secured: yes, by a mortgage\n- Draft: no\n",
    "The names: title, draft, hidden, private, published, secured, status.\n",
    # other scripts
    "\u0421\u0442\u0430\u0442\u044c\u044f \u043e \u0442\u043e\u043c, \u043a\u0430\u043a draft: true \u0441\u043a\u0440\u044b\u0432\u0430\u0435\u0442 \u0437\u0430\u043f\u0438\u0441\u044c.\n",  # noqa: E501
    "\u516c\u958b\u3057\u306a\u3044\u306b\u306f\uff1a`draft: true` \u3068\u66f8\u304f\u3002\n",
)

# Directly under a front matter, these may be the rest of it.
SHOWN_BELOW_WORDS = (
    *SHOWN,
    "- `title`: what readers see\n- `draft`: true for what is not finished\n- `secured`: what nobody sees\n",
    "- title: what readers see\n- draft: true for what is not finished\n- secured: true or false\n",
    "- **secured**: what nobody sees\n- **draft**: true\n",
    "Write so:\n\n{% highlight yaml %}\n---\ntitle: My post\ndraft: true\n---\n{% endhighlight %}\n\nThat hides it.\n",
)
NAMES = ("seeds", "foreign", "toml", "json", "headers", "none")


def is_published_without_a_word(text: str) -> bool:
    parsed = parse("a.md", text.encode())
    if parsed.item is None or parsed.problems:
        return False
    return withheld(parsed.item, default_listed=True) is None and folded(parsed.item) is None


@pytest.mark.parametrize("front", FRONTS, ids=NAMES)
def test_an_article_that_shows_seals_or_marks_is_published_without_a_word(front: str) -> None:
    assert [body for body in SHOWN if not is_published_without_a_word(front + body)] == []


@pytest.mark.parametrize("front", FRONTS, ids=NAMES)
def test_an_article_that_shows_them_below_other_words_is_published_without_a_word(front: str) -> None:
    first, last = "Some words first.\n\n", "\nSome words last.\n"
    assert [body for body in SHOWN_BELOW_WORDS if not is_published_without_a_word(front + first + body + last)] == []
