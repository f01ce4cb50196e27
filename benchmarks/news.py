"""News and wiki pages in the shape of the example seeds: a corpus of which the same N gives the same bytes, anywhere.

Each item is a pure function of (index, N): nothing has to be kept to know what a feed must hold, and one
file can be rewritten alone. Index 0 is the oldest; publication times are spread evenly over ten years. One
field is there for static site generators and ignored by feedd: `outlets`, a list, where feedd reads
`provider.name`.
"""

from __future__ import annotations

import base64
import random
import re
import unicodedata
from datetime import UTC, datetime, timedelta

from benchmarks.corpora import Corpus, Item

SEED = "feedd-corpus-2"  # change it whenever the bytes change: a corpus kept from earlier is then made anew
FIRST = datetime(2016, 1, 1, tzinfo=UTC)
SPAN = datetime(2026, 1, 1, tzinfo=UTC) - FIRST


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.strip().replace("\n", "|").split("|"))


NOUNS = _words("""
acorn anchor archive atlas balloon barometer beacon bicycle bridge cabin camera canal candle canyon carousel
cathedral cello chimney circuit clock comet compass coral cottage crystal delta desert dome dragonfly drum
elevator engine estuary falcon ferry fiddle fjord forest fountain galaxy garden glacier granary greenhouse
hammer harbour harvest hedgehog heron island jigsaw kettle kiln kite ladder lagoon lantern lattice library
lighthouse loom magnet mango maple market meadow meteor mill mirror monsoon mountain museum nebula nursery
oasis observatory orchard oyster paddock parade pendulum pepper piano pier planet prairie puzzle quarry
railway rainbow reef reservoir river robot saddle sailboat sculpture seashell shuttle skyline sparrow spiral
""")
ADJECTIVES = _words("""
amber ancient autumn bold brisk calm careful clever coastal copper curious distant early electric fragile
gentle golden hidden honest humble icy ivory lively lunar marble mellow misty modest narrow nimble noisy
northern odd painted patient plain portable quiet rapid remote rural rustic salty scarlet shallow silent
silver sleepy slender solar steady sturdy sudden sunny tall tidal tiny towering upland velvet wandering
western wooden woven young
""")
VERBS = _words("""
answers balances brightens carries catches circles crosses decorates delays doubles echoes explains follows
greets guards guides hides invites joins lifts maps measures mends mirrors moves outgrows paints powers
protects puzzles questions reaches recalls repairs replaces reshapes revives shelters sorts steers surprises
teaches tests trades uncovers warms watches welcomes
""")
TAILS = _phrases("""
after the spring flood|at the turn of the tide|before the first snow|despite a late start
for a second season|in the middle of town|near the old border|on a small budget|over one long weekend
under new management|with a team of nine|without a single nail|as prices settle|by popular demand
while the neighbours sleep|ahead of today\u2019s vote|far from the capital|beneath the café terrace
once the fog has gone|in time for the fair
""")
TOPICS = _phrases("""
Agriculture|Archaeology|Architecture|Astronomy|Aviation|Beekeeping|Botany|Carpentry|Cartography|Ceramics
Chemistry|Climate|Cooking|Cycling|Dance|Data Science|Design|Economics|Education|Electric Vehicles|Film
Forestry|Geology|Health|History|Languages|Libraries|Machine Learning|Marine Biology|Mathematics|Music
Oceanography|Open Source|Photography|Public Transport|Renewable Energy|Robotics|Sailing|Space Flight
Textiles
""")
_PLACES = _words("""
Alder Birch Cedar Dover Elm Fenwick Grove Hazel Inver Juniper Kestrel Linden Marlow Norfolk Oakley Penrose
Quarry Rowan Stanton Thistle
""")
_PAPERS = _words("Chronicle Courier Dispatch Examiner Gazette Herald Journal Monitor Observer Tribune")
PROVIDERS = tuple(f"{place} {paper}" for place in _PLACES for paper in _PAPERS)
CHANNELS = tuple(f"{noun}lectures" for noun in NOUNS[::20])


def item(index: int, count: int) -> Item:
    """The item at `index` of a corpus of `count`."""
    return _begin(index, count)[0]


def text(index: int, count: int, title_suffix: str = "") -> str:
    """The file of the item at `index`; `title_suffix` is what an edit appends to its title, and no more."""
    one, rng = _begin(index, count)
    return _wiki(rng, one, title_suffix) if one.wiki else _news(rng, one, title_suffix)


def _begin(index: int, count: int) -> tuple[Item, random.Random]:
    """The item, and the source of randomness for the rest of its text."""
    rng = random.Random(f"{SEED}/{index}")
    when = FIRST + timedelta(seconds=int(SPAN.total_seconds() * index / count))
    title = distinct_title(rng, index)
    wiki = index % 20 == 19
    return Item(
        path=f"{when:%Y/%m/%Y-%m-%d}-{slug(title)}.md",
        when=when,
        title=title,
        topics=() if wiki else tuple(rng.sample(TOPICS, 2)),
        provider=rng.choice(CHANNELS if wiki else PROVIDERS),
        published=index % 25 != 24,
        wiki=wiki,
    ), rng


def distinct_title(rng: random.Random, index: int) -> str:
    """A title that no other index has: its three nouns are the digits of the index, scattered."""
    base = len(NOUNS)  # so there are over a million titles
    scattered = index * 700_001 % base**3  # one to one: the factor and the modulus share no divisor
    first, second, third = (NOUNS[scattered // base**place % base] for place in range(3))
    return (
        f"{rng.choice(ADJECTIVES)} {first} {rng.choice(VERBS)} the {rng.choice(ADJECTIVES)} {second} "
        f"and its {third} {rng.choice(TAILS)}"
    ).capitalize()


def sentence(rng: random.Random) -> str:
    """One sentence of 8 to 16 words."""
    who, what = (f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}" for _ in range(2))
    return f"The {who} {rng.choice(VERBS)} one {what} {rng.choice(TAILS)}."


def prose(rng: random.Random, sentences: int) -> str:
    """So many sentences."""
    return " ".join(sentence(rng) for _ in range(sentences))


def slug(text: str) -> str:
    """The text as a part of an address: ASCII letters and digits, with hyphens between."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _domain(provider: str) -> str:
    return f"{slug(provider)}.example"


def _news(rng: random.Random, one: Item, title_suffix: str) -> str:
    domain = _domain(one.provider)
    rest = f"{one.when:%Y/%m/%d}/{slug(one.title)}"
    heat = rng.randint(10, 99) if one.published or rng.random() < 0.5 else -1
    lines = [
        "---",
        "category: news",
        f'title: "{one.title}{title_suffix}"',
        f'excerpt: "{prose(rng, rng.randint(2, 5))}"',
        f"publishedDateTime: {one.when:%Y-%m-%dT%H:%M:%SZ}",
        f'originalUrl: "https://www.{domain}/{rest}"',
        f'webUrl: "https://www.{domain}/{rest}"',
        f'ampWebUrl: "https://www.{domain}/amp/{rest}"',
        f'cdnAmpWebUrl: "https://www-{domain.replace(".", "-")}.cdn.example/c/s/www.{domain}/amp/{rest}"',
        "type: article",
        f"quality: {rng.randint(5, 70)}",
        f"heat: {heat}",
        f"published: {'true' if one.published else 'false'}",
        f'outlets: ["{one.provider}"]',
        "",
        "provider:",
        f"  name: {one.provider}",
        f"  domain: {domain}",
        "",
        "topics:",
        *(f"  - {topic}" for topic in one.topics),
        "",
        "images:",
        *_image(rng, domain, "  "),
        "",
    ]
    related = rng.choice((0, 1, 2))
    if related:
        lines.append("related:")
        for _ in range(related):
            lines += _related(rng, one.when)
        lines.append("")
    return "\n".join([*lines, f'secured: "{_secured(rng)}"', "---", ""])


def _image(rng: random.Random, domain: str, indent: str) -> list[str]:
    width, height = rng.choice(((620, 480), (640, 360), (1200, 630), (1600, 1067), (1920, 960)))
    name = f"{rng.choice(ADJECTIVES)}-{rng.choice(NOUNS)}-{rng.randrange(10**9)}-{width}x{height}.jpg"
    return [
        f'{indent}- url: "https://images.{domain}/production/dynamic/content/{name}?v={rng.randrange(10**8)}"',
        f"{indent}  width: {width}",
        f"{indent}  height: {height}",
        f"{indent}  isCached: true",
    ]


def _related(rng: random.Random, when: datetime) -> list[str]:
    provider = rng.choice(PROVIDERS)
    domain = _domain(provider)
    title = sentence(rng).removesuffix(".")
    about = when + timedelta(minutes=rng.randint(-2880, 2880))
    return [
        f'  - title: "{title}"',
        f'    excerpt: "{prose(rng, rng.randint(2, 4))}"',
        f"    publishedDateTime: {about:%Y-%m-%dT%H:%M:%SZ}",
        f'    webUrl: "https://www.{domain}/{about:%Y/%m/%d}/{slug(title)}-{rng.randrange(10**6)}/"',
        "    type: article",
        "    provider:",
        f"      name: {provider}",
        f"      domain: {domain}",
        f"    quality: {rng.randint(5, 70)}",
        "    images:",
        *_image(rng, domain, "      "),
    ]


def _secured(rng: random.Random) -> str:
    """Sealed content: base64 of random bytes and of a 16-byte nonce, as long as in the example seeds."""
    sealed = rng.randbytes(rng.choice((208, 272, 272, 272)))
    return f"{base64.b64encode(sealed).decode()};{base64.b64encode(rng.randbytes(16)).decode()}"


def _wiki(rng: random.Random, one: Item, title_suffix: str) -> str:
    """A wiki page: no date but that in its file name, no topics; its provider is its `From:` line."""
    video = base64.urlsafe_b64encode(rng.randbytes(8)).decode()[:11]
    head = ["---", f'title: "{one.title}{title_suffix}"', f"videoId: {video}"]
    if not one.published:
        head.append("published: false")
    parts = [
        "\n".join([*head, f'outlets: ["{one.provider}"]', "---"]),
        f"From: [[{one.provider}]] <br/>",
        prose(rng, 4),
    ]
    for _ in range(4):
        parts += [f"## The {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}", _timed(rng), _timed(rng)]
    parts += [
        f"### More on the {rng.choice(NOUNS)}",
        f"{sentence(rng)} *{sentence(rng)}* {sentence(rng)}",
        f"> [!info] About the {rng.choice(NOUNS)}\n>\n> {_timed(rng)}",
        "## In short",
        f"See [[{rng.choice(NOUNS)}_{rng.choice(NOUNS)} | another page]]. {prose(rng, 3)}",
    ]
    return "\n\n".join(parts)


def _timed(rng: random.Random) -> str:
    """A paragraph that ends with the time in the video of which it tells."""
    at = f"{rng.randrange(2):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
    return f'{prose(rng, 3)} <a class="yt-timestamp" data-t="{at}">[{at}]</a>.'


NEWS = Corpus(SEED, item, text)
write, put, expected, newest_news = NEWS.write, NEWS.put, NEWS.expected, NEWS.newest
