"""What keeps a sound configuration from being used: said with the line, or the option, that asks for it."""

from __future__ import annotations

import pytest
from support import Site

FILE = "config/feedd.yaml"


def mistakes(site: Site, *arguments: str) -> list[str]:
    """What a render says of the configuration, without the path of the site."""
    result = site.run("render", *arguments)
    assert result.status == 2, result
    *lines, way_on = result.err.splitlines()[1:]
    assert way_on.startswith("feedd: nothing was done: mend them and start the command again")
    return [line.removeprefix("feedd:   ").replace(f"{site.root}/", "") for line in lines]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "directories:\n  feeds: seeds/out\n",
            f"{FILE}:2: directories.feeds: seeds/out lies in seeds, where documents would be taken for items",
        ),
        (
            "title: A\ndirectories: {seeds: feeds/seeds}\n",
            f"{FILE}:2: directories.seeds: feeds/seeds lies in feeds, which would publish what is withheld",
        ),
        (
            "directories:\n  state: feeds\n",
            f"{FILE}:2: directories.state: is {{root}}/feeds, which would publish what is withheld",
        ),
        (
            "private:\n  feeds: []\n  subscribers: feeds/who.json\n",
            f"{FILE}:3: private.subscribers: feeds/who.json lies in feeds, which would publish who subscribes",
        ),
        (
            "title: A\nworkers: tls://127.0.0.1:1\n",
            f"{FILE}:2: workers: tls://127.0.0.1:1 needs certificates; `cluster.tls` names them: ca, cert, key",
        ),
        (
            "publish: [s3://bucket/a]\ndirectories: {seeds: s3://bucket/a/b}\n",
            (
                f"{FILE}:1: publish: s3://bucket/a and the items in s3://bucket/a/b lie in one another; "
                "give each a place of its own"
            ),
        ),
    ],
)
def test_the_line_that_asks_for_it_is_named(site: Site, text: str, said: str) -> None:
    (site.root / FILE).write_text(text)
    assert mistakes(site) == [said.replace("{root}/", "")]


def test_where_an_option_asks_for_it_the_option_is_named(site: Site) -> None:
    site.configure(directories={"feeds": "out", "state": "state"})
    assert mistakes(site, "--feeds", "seeds/out") == [
        "--feeds: seeds/out lies in seeds, where documents would be taken for items"
    ]
    assert mistakes(site, "--workers", "tls://127.0.0.1:1") == [
        "--workers: tls://127.0.0.1:1 needs certificates; `cluster.tls` names them: ca, cert, key"
    ]


def test_where_neither_asks_for_it_the_key_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(site.root / "feeds/state"))
    assert mistakes(site) == ["directories.state: feeds/state lies in feeds, which would publish what is withheld"]
