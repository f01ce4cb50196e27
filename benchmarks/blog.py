"""A blog: posts of 2 to 12 KB of Markdown, as most people have them; the same N gives the same bytes, anywhere.

Each post has a title, a date with its zone, tags, a category and a description, and a draft here and there. Its body
has sections with headings, lists, fenced code, links, pictures, quotes and tables. Like those of `news.py`, each is a
pure function of (index, N).
"""

from __future__ import annotations

import random
from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING

from benchmarks.corpora import Corpus, Item
from benchmarks.news import ADJECTIVES, FIRST, NOUNS, SPAN, TOPICS, VERBS, distinct_title, sentence, slug

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

SEED = "feedd-blog-1"  # change it whenever the bytes change: a corpus kept from earlier is then made anew
CATEGORIES = ("Engineering", "Field Notes", "How-to", "Opinion", "Reviews")
_ZONES = (UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-7)))
_LANGUAGES = ("python", "go", "sh", "yaml", "")
_SHORTEST, _LONGEST = 2_000, 10_500  # characters of a body, before its last block


def item(index: int, count: int) -> Item:
    """The post at `index` of a blog of `count`."""
    return _begin(index, count)[0]


def text(index: int, count: int, title_suffix: str = "") -> str:
    """The file of the post at `index`; `title_suffix` is what an edit appends to its title, and no more."""
    one, rng = _begin(index, count)
    head = _front_matter(rng, one, title_suffix)
    blocks = [_paragraph(rng), _paragraph(rng)]
    wanted = rng.randint(_SHORTEST, _LONGEST)
    length = sum(map(len, blocks))
    while length < wanted:
        section = _section(rng)
        blocks += section
        length += sum(map(len, section))
    return "\n".join([*head, "", "\n\n".join(blocks), ""])


def _begin(index: int, count: int) -> tuple[Item, random.Random]:
    """The post, and the source of randomness for the rest of its text."""
    rng = random.Random(f"{SEED}/{index}")
    when = FIRST + timedelta(seconds=int(SPAN.total_seconds() * index / count))
    title = distinct_title(rng, index)
    return Item(
        path=f"posts/{slug(title)}.md",
        when=when,
        title=title,
        topics=tuple(rng.sample(TOPICS, rng.randint(1, 4))),
        provider="",
        published=index % 25 != 24,
    ), rng


def _front_matter(rng: random.Random, one: Item, title_suffix: str) -> list[str]:
    when = one.when.astimezone(rng.choice(_ZONES))
    lines = ["---", f'title: "{one.title}{title_suffix}"', f"date: {when.isoformat()}"]
    if rng.random() < 0.3:
        lines.append(f"lastmod: {_later(rng, when).isoformat()}")
    if not one.published:
        lines.append("draft: true")
    elif rng.random() < 0.5:
        lines.append("draft: false")
    lines.append(f"description: {sentence(rng)}")
    if rng.random() < 0.5:
        lines.append(f"tags: [{', '.join(one.topics)}]")
    else:
        lines += ["tags:", *(f"  - {topic}" for topic in one.topics)]
    lines.append(f"categories: [{rng.choice(CATEGORIES)}]")
    if rng.random() < 0.4:
        lines.append(f"images: [{_picture_address(rng)}]")
    return [*lines, "---"]


def _later(rng: random.Random, when: datetime) -> datetime:
    return when + timedelta(minutes=rng.randint(1, 40_000))


def _section(rng: random.Random) -> list[str]:
    """A heading and a few blocks below it."""
    heading = f"{rng.choice(('##', '##', '###'))} The {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"
    special: Callable[[random.Random], str] = rng.choice(
        (_bullets, _steps, _code, _code, _picture, _table, _quote, _paragraph, _paragraph)
    )
    return [heading, _paragraph(rng), special(rng), *(_paragraph(rng) for _ in range(rng.randint(0, 2)))]


def _paragraph(rng: random.Random) -> str:
    """A few sentences, wrapped or in one line, some with a link, emphasis or code in them."""
    ends = "\n" if rng.random() < 0.5 else " "
    return ends.join(_inline(rng) if rng.random() < 0.4 else sentence(rng) for _ in range(rng.randint(2, 5)))


def _inline(rng: random.Random) -> str:
    noun, adjective = rng.choice(NOUNS), rng.choice(ADJECTIVES)
    return rng.choice(
        (
            f"The [{adjective} {noun}](https://{noun}.example/{adjective}/?page={rng.randrange(100)}) says *why*.",
            f"As [an earlier post](/posts/{adjective}-{noun}/) says, {rng.choice(VERBS)} is **not** enough.",
            f"Call `{noun}.{adjective}({rng.randrange(100)})`, and it\u2019s \u201cdone\u201d \u2014 or so it seems.",
            f"Set `{noun}_{adjective}=1` first & check that 3 < {rng.randrange(4, 100)}.",
            f"_{sentence(rng)}_",
        )
    )


def _bullets(rng: random.Random) -> str:
    lines = []
    for _ in range(rng.randint(3, 6)):
        lines.append(f"- **{rng.choice(NOUNS)}**: {_inline(rng)}")
        if rng.random() < 0.2:
            lines.append(f"  - {sentence(rng)}")
    return "\n".join(lines)


def _steps(rng: random.Random) -> str:
    return "\n".join(f"{number}. {_inline(rng)}" for number in range(1, rng.randint(4, 7)))


def _code(rng: random.Random) -> str:
    head = f"def {rng.choice(NOUNS)}({rng.choice(NOUNS)}, *, {rng.choice(ADJECTIVES)}=None):"
    lines = [
        f"    {rng.choice(NOUNS)} = {rng.choice(VERBS)}[{rng.randrange(100)}] < {rng.choice(NOUNS)}  # <-"
        for _ in range(rng.randint(3, 14))
    ]
    return "\n".join([f"```{rng.choice(_LANGUAGES)}", head, *lines, "```"])


def _picture(rng: random.Random) -> str:
    return f'![A {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}]({_picture_address(rng)} "{sentence(rng)}")'


def _picture_address(rng: random.Random) -> str:
    return f"https://img.blog.example/{rng.choice(ADJECTIVES)}-{rng.choice(NOUNS)}-{rng.randrange(10**6)}.jpg"


def _table(rng: random.Random) -> str:
    rows = [
        f"| {rng.choice(NOUNS)} | `{rng.choice(VERBS)}` | {rng.randrange(1000)} |" for _ in range(rng.randint(2, 8))
    ]
    return "\n".join(["| What | How | Count |", "|---|:---|---:|", *rows])


def _quote(rng: random.Random) -> str:
    return "\n".join(f"> {sentence(rng)}" for _ in range(rng.randint(1, 3)))


BLOG = Corpus(SEED, item, text)
