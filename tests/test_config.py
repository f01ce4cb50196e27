"""Configuration: what each key means, all mistakes at once, and the file that shows every key."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedd.config.config_file import ConfigError
from feedd.config.feed_settings import RankingSettings
from feedd.config.load import Config, key_names, load
from feedd.config.section_values import AuthorSettings, Defaults, Directories, ItemRules, Timing
from feedd.config.topic_settings import load_topics
from feedd.config.worker_settings import ClusterOptions
from feedd.decide.stories.story_settings import StorySettings
from feedd.items.front_matter.libyaml import read_any_tree
from feedd.items.front_matter.yaml import Node
from feedd.run.executor.cluster_settings import TlsFiles
from feedd.select.topics import Topic, Topics

WORKERS = "expected a whole number from 0 to 256, or the address of a scheduler such as tcp://scheduler:8786"
ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "config" / "feedd.yaml"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def configured(text: str | bytes, topics: str | bytes | None = None) -> Config:
    path = written("feedd.yaml", text)
    if topics is not None:
        written("topics.yaml", topics)
    return load(path)


def written(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def mistakes(text: str | bytes, topics: str | bytes | None = None) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        configured(text, topics)
    assert str(refusal.value) == "; ".join(map(str, refusal.value.problems))
    return [str(problem) for problem in refusal.value.problems]


# What a configuration says


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None) == Config()


def test_the_file_in_the_usual_place_is_read_without_being_named() -> None:
    Path("config").mkdir()
    written("config/feedd.yaml", "limit: 7\n")
    assert load(None) == Config(limit=7)


@pytest.mark.parametrize("text", ["", "\n", "# limit: 7\n", "limit:\n", "limit: null\nrank:\ntopics: ~\n"])
def test_a_file_that_says_nothing_leaves_the_defaults(text: str) -> None:
    assert configured(text) == Config()


def test_a_complete_file_is_read_into_typed_values() -> None:
    text = """\
base_url: https://feeds.example.org/all
title: Our feeds
description: 2024
language: pt_BR
authority: Feeds.Example.org,2026-01
icon: https://feeds.example.org/i.png
logo: https://feeds.example.org/l.png
author: {name: Ada, uri: https://example.org/, email: ada@example.org}
directories: {seeds: a/b, feeds: /c, state: ~/d}
items: {suffixes: [.md, .md, .html], ignore: "*.tmp", max_bytes: 2 MiB}
defaults: {published: no}
formats: [json, atom, json]
limit: 10
rank: {order: latest, half_life: 1.5 h, unknown: 0, coverage: 2.5}
stories: {window: 36h, titles: false, fold_published: yes}
topics: topics.yaml
workers: tls://Scheduler:8786
cluster: {tls: {ca: ca.pem, cert: ~/c.pem, key: /k.pem}}
daemon: {watch: poll, quiet: 0ms, at_most: 2.5 s, reconcile: 1h, poll: 1min}
"""
    assert configured(text, "topics: [AI]\n") == Config(
        base_url="https://feeds.example.org/all/",
        title="Our feeds",
        description="2024",
        language="pt-BR",
        authority="feeds.example.org,2026-01",
        icon="https://feeds.example.org/i.png",
        logo="https://feeds.example.org/l.png",
        author=AuthorSettings("Ada", "https://example.org/", "ada@example.org"),
        directories=Directories(Path("a/b"), Path("/c"), Path("~/d").expanduser()),
        items=ItemRules((".md", ".html"), ("*.tmp",), 2 * 1024**2),
        defaults=Defaults(published=False),
        formats=("json", "atom"),
        limit=10,
        rank=RankingSettings(order="latest", half_life=5400.0, unknown=0.0, coverage=2.5),
        stories=StorySettings(window=129600.0, titles=False, fold_published=True),
        topics=Topics((Topic("AI"),)),
        workers="tls://Scheduler:8786",
        cluster=ClusterOptions(TlsFiles(Path("ca.pem"), Path("~/c.pem").expanduser(), Path("/k.pem"))),
        daemon=Timing(watch="poll", quiet=0.0, at_most=2.5, reconcile=3600.0, poll=60.0),
    )


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("", "localhost,2026"),
        ("base_url: https://Feeds.Example.org:8443/a/\n", "feeds.example.org,2026"),
        ("base_url: https://a.example/\nauthority: b.example,2024-05-01\n", "b.example,2024-05-01"),
        ("authority: Ada@B.example,2024\n", "ada@b.example,2024"),
    ],
)
def test_ids_are_minted_in_the_name_of_the_authority_else_of_the_host(text: str, entity: str) -> None:
    assert configured(text).tagging_entity == entity


@pytest.mark.parametrize(
    ("written_span", "seconds"),
    [("90s", 90.0), ("30min", 1800.0), ("12h", 43200.0), ("2d", 172800.0), ("0.5 d", 43200.0)],
)
def test_a_half_life_has_a_unit(written_span: str, seconds: float) -> None:
    assert configured(f"rank: {{half_life: {written_span}}}\n").rank.half_life == seconds


BOUNDS = [  # of the daemon's times: the key, the least and the most, as written and in seconds
    ("quiet", ("0ms", 0.0), ("10s", 10.0)),
    ("at_most", ("0ms", 0.0), ("1min", 60.0)),
    ("reconcile", ("1s", 1.0), ("1d", 86400.0)),
    ("poll", ("1s", 1.0), ("1h", 3600.0)),
]


@pytest.mark.parametrize(
    ("key", "written_span", "seconds"),
    [(key, *bound) for key, *bounds in BOUNDS for bound in bounds]
    + [
        ("quiet", "0s", 0.0),
        ("quiet", "1ms", 0.001),
        ("quiet", "10000ms", 10.0),
        ("quiet", "0.1 s", 0.1),
        ("at_most", "0.5min", 30.0),
        ("reconcile", "1000ms", 1.0),
        ("reconcile", "24h", 86400.0),
        ("poll", "3600s", 3600.0),
        ("poll", "60 min", 3600.0),
    ],
)
def test_a_time_of_the_daemon_may_be_as_short_and_as_long_as_its_bounds(
    key: str, written_span: str, seconds: float
) -> None:
    assert getattr(configured(f"daemon: {{{key}: {written_span}}}\n").daemon, key) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("key", "written_span"),
    [
        *(("quiet", value) for value in ("10.001s", "11s", "1min", "1h", "-1ms", "40", "0", "fast", "[1s]", "{a: 1s}")),
        *(("at_most", value) for value in ("60001ms", "61s", "1.1min", "1d", "-1s", "1", "''", "1 second")),
        *(("reconcile", value) for value in ("0ms", "0s", "999ms", "0.9s", "1.01d", "2d", "25h", "-5min", "300")),
        *(("poll", value) for value in ("0s", "999ms", "3601s", "61min", "1.5h", "1d", "10", "inf", "nan s")),
    ],
)
def test_a_time_of_the_daemon_beyond_its_bounds_is_a_mistake(key: str, written_span: str) -> None:
    ((least, _), (most, _)) = next(bounds for name, *bounds in BOUNDS if name == key)
    (found,) = mistakes(f"daemon:\n  {key}: {written_span}\n")
    assert found.startswith(f"feedd.yaml:2: daemon.{key}: expected a time from {least} to {most}")


def test_all_mistakes_about_the_daemon_are_told_at_once() -> None:
    assert mistakes("daemon:\n  watch: inotify\n  quite: 1s\n  poll: 1\n  at_most: 2min\n") == [
        'feedd.yaml:2: daemon.watch: expected one of auto, poll, got "inotify"',
        "feedd.yaml:3: daemon.quite: unknown key; did you mean `quiet`?",
        f'feedd.yaml:4: daemon.poll: expected a time from 1s to 1h {UNIT}, got "1"',
        'feedd.yaml:5: daemon.at_most: expected a time from 0ms to 1min, got "2min"',
    ]
    assert mistakes("daemon: fast\n") == [
        'feedd.yaml:1: daemon: expected a mapping (watch, quiet, at_most, reconcile, poll), got "fast"'
    ]


@pytest.mark.parametrize("watch", ["auto", "poll"])
def test_the_daemon_watches_as_it_is_told(watch: str) -> None:
    assert configured(f"daemon: {{watch: {watch}}}\n").daemon == Timing(watch=watch)
    assert configured("daemon: {}\n").daemon == Timing()


@pytest.mark.parametrize(
    ("written_size", "size"),
    [("1024", 1024), ("2048 B", 2048), ("64KiB", 65536), ("4 MiB", 4 * 1024**2), ("64 MiB", 64 * 1024**2)],
)
def test_a_size_may_have_a_unit(written_size: str, size: int) -> None:
    assert configured(f"items: {{max_bytes: {written_size}}}\n").items.max_bytes == size


# Mistakes


@pytest.mark.parametrize("date", ["1800", "2026-13", "2026-02-30", "2026-00"])
def test_an_authority_has_a_date_that_there_was(date: str) -> None:
    assert configured("authority: b.example,2024-02-29\n").authority == "b.example,2024-02-29"
    (mistake,) = mistakes(f"authority: b.example,{date}\n")
    assert "authority: expected a date since 1985 at which the domain was yours, such as 2026, got" in mistake


def test_all_mistakes_are_told_at_once_with_line_key_and_what_is_allowed() -> None:
    text = """\
base_url: ftp://x
titel: x
title: [a]
language: "!"
authority: example.org
icon: /a.png
logo: javascript:x
author: {name: [a], uri: b, email: c, phone: d}
directories: {seeds: "", fedes: x}
items:
  suffixes: [md, .md]
  ignore: {a: b}
  max_bytes: 5 GB
defaults: {published: maybe}
formats: [atom, rdf]
limit: 0
rank:
  order: hottest
  half_life: 2 weeks
  unknown: -1
  coverage: many
topics: missing.yaml
workers: many
xyz: 1
stories: {window: 2 weeks, titles: perhaps, fold: true}
"""
    assert sorted(mistakes(text)) == sorted(
        [
            'feedd.yaml:1: base_url: expected an http or https URL without ? and #, got "ftp://x"',
            "feedd.yaml:2: titel: unknown key; did you mean `title`?",
            "feedd.yaml:3: title: expected text, got a list",
            'feedd.yaml:4: language: expected a language tag (BCP 47) such as en or de-AT, got "!"',
            (
                "feedd.yaml:5: authority: expected a domain and a year in which it was yours, "
                'such as example.org,2026, got "example.org"'
            ),
            'feedd.yaml:6: icon: expected an http or https URL, got "/a.png"',
            'feedd.yaml:7: logo: expected an http or https URL, got "javascript:x"',
            "feedd.yaml:8: author.phone: unknown key; known here: name, uri, email",
            "feedd.yaml:8: author.name: expected text, got a list",
            'feedd.yaml:8: author.uri: expected an http or https URL, got "b"',
            'feedd.yaml:8: author.email: expected an e-mail address, got "c"',
            "feedd.yaml:9: directories.fedes: unknown key; did you mean `feeds`?",
            'feedd.yaml:9: directories.seeds: expected a path, got ""',
            'feedd.yaml:11: items.suffixes[0]: expected the ending of a file name, such as .md, got "md"',
            "feedd.yaml:12: items.ignore: expected text, got a mapping",
            'feedd.yaml:13: items.max_bytes: expected a size from 1 KiB to 64 MiB, such as 4 MiB, got "5 GB"',
            'feedd.yaml:14: defaults.published: expected true or false, got "maybe"',
            'feedd.yaml:15: formats[1]: expected one of atom, rss, json, got "rdf"',
            'feedd.yaml:16: limit: expected a whole number from 1 to 10000, got "0"',
            'feedd.yaml:18: rank.order: expected one of heat, latest, quality, got "hottest"',
            f'feedd.yaml:19: rank.half_life: expected a time from 1min to 3650d {UNIT}, got "2 weeks"',
            'feedd.yaml:20: rank.unknown: expected a number from 0 to 1000000, got "-1"',
            'feedd.yaml:21: rank.coverage: expected a number from 0 to 1000000, got "many"',
            f'feedd.yaml:23: workers: {WORKERS}, got "many"',
            f"feedd.yaml:24: xyz: unknown key; known here: {', '.join(top_level_keys())}",
            f'feedd.yaml:25: stories.window: expected a time from 1min to 365d {UNIT}, got "2 weeks"',
            'feedd.yaml:25: stories.titles: expected true or false, got "perhaps"',
            "feedd.yaml:25: stories.fold: unknown key; known here: window, titles, fold_published",
            "feedd.yaml:22: topics: missing.yaml cannot be read: No such file or directory",
        ]
    )


def top_level_keys() -> list[str]:
    names = list(dict.fromkeys(name.partition(".")[0] for name in key_names()))
    plain = [name for name in Config.__struct_fields__ if name in names]
    assert sorted(plain) == sorted(names)
    (message,) = mistakes("zzzzzz: 1\n")
    listed = message.partition("known here: ")[2].split(", ")
    assert sorted(listed) == sorted(names)
    return listed


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            "base_url: https://a.example/?b\n",
            '1: base_url: expected an http or https URL without ? and #, got "https://a.example/?b"',
        ),
        (
            "base_url: https://a.example/#b\n",
            '1: base_url: expected an http or https URL without ? and #, got "https://a.example/#b"',
        ),
        (
            "base_url: https://user:pass@a.example/\n",
            (
                '1: base_url: expected an http or https URL without ? and #, got "https://…@a.example/"; leave out the '
                "user name and password before the @"
            ),
        ),
        (
            "websub:\n  hubs: ['http://a.example:99999/']\n",
            '2: websub.hubs[0]: expected an http or https URL, got "http://a.example:99999/"; its port is not a number',
        ),
        ("formats: []\n", "1: formats: expected at least one"),
        ("formats: [null]\n", "1: formats: expected at least one"),
        ("precompress: [gzip, zip]\n", '1: precompress[1]: expected one of brotli, gzip, got "zip"'),
        ("items:\n  suffixes: []\n", "2: items.suffixes: expected at least one"),
        ("limit: 10001\n", "1: limit: expected a whole number from 1 to 10000"),
        ("limit: 1.5\n", "1: limit: expected a whole number from 1 to 10000"),
        ("limit: 1_000\n", "1: limit: expected a whole number from 1 to 10000"),
        ("workers: -1\n", "1: workers: expected a whole number from 0 to 256, or the address of a scheduler"),
        ("workers: 257\n", "1: workers: expected a whole number from 0 to 256"),
        ("workers: tcp://scheduler\n", "1: workers: expected"),
        ("workers: http://scheduler:8786\n", "1: workers: expected"),
        ("workers: tcp://scheduler:99999\n", "1: workers: expected"),
        ("cluster: {tls: {ca: a.pem}}\n", "1: cluster.tls: cert and key missing; known here: ca, cert, key"),
        ("cluster: {tls: a.pem}\n", "1: cluster.tls: expected a mapping (ca, cert, key)"),
        ("cluster: {tsl: {}}\n", "1: cluster.tsl: unknown key; did you mean `tls`?"),
        ("rank: {half_life: 0d}\n", "1: rank.half_life: expected a time from 1min to 3650d"),
        ("rank: {half_life: 59s}\n", "1: rank.half_life: expected a time from 1min to 3650d"),
        ("rank: {half_life: 3651d}\n", "1: rank.half_life: expected a time from 1min to 3650d"),
        (f"rank: {{half_life: 0.{'0' * 400}1d}}\n", "1: rank.half_life: expected a time from 1min to 3650d"),
        (
            "views: {hot: false}\n",
            "1: views.hot: expected a number from 0 to 1000000, a percentile from p1 to p99, or off",
        ),
        ("views: {top: 0}\n", '1: views.top: expected a whole number from 1 to 10000, or off, got "0"'),
        ("views: {time_zone: [UTC]}\n", "1: views.time_zone: expected the name of a time zone"),
        ("views: {time_zone: {a: b}}\n", "1: views.time_zone: expected the name of a time zone"),
        ("views: {time_zone: Europe}\n", "1: views.time_zone: expected the name of a time zone"),
        ("language: english\n", "1: language: expected a language tag (BCP 47) such as en or de-AT"),
        ("rank: {half_life: 48}\n", "1: rank.half_life: expected a time"),
        ("rank: {unknown: nan}\n", "1: rank.unknown: expected a number from 0 to 1000000"),
        ("rank: {coverage: inf}\n", "1: rank.coverage: expected a number from 0 to 1000000"),
        ("rank: fast\n", "1: rank: expected a mapping (order, half_life, unknown, coverage, min_quality, "),
        ("items: {max_bytes: 1}\n", "1: items.max_bytes: expected a size"),
        ("items: {max_bytes: 65 MiB}\n", "1: items.max_bytes: expected a size"),
        ('directories: {seeds: "a\\0b"}\n', "1: directories.seeds: expected a path"),
        ("title: a\nlimit: 5\nlimit: 6\n", "3: `limit` is given twice; keep one"),
        ("title: a\n\tlimit: 5\n", "2: not valid YAML: a tab character indents the line"),
        ("limit: 5\n---\nlimit: 6\n", "2: a second document is not expected here"),
        ("- limit\n", "1: expected fields, one `name: value` a line"),
        (b"title: a\nlimit: 5\ndescription: \xff\n", "3: not UTF-8: byte 0xff"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str | bytes, mistake: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(f"feedd.yaml:{mistake}")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("title: a\ndescription: b: c\n", '(a text with ": " in it needs quotes around it)'),
        (
            'title: a\ndescription: "b\nlimit: 5\n',
            "a closing quote is missing at the end of the text that begins on this line",
        ),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line_and_what_to_do(text: str, hint: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith("feedd.yaml:2: not valid YAML: ")
    assert found.endswith(hint)


@pytest.mark.parametrize(
    ("key", "meant"),
    [("base-url", "base_url"), ("Title", "title"), ("topic", "topics"), ("format", "formats"), ("ranks", "rank")],
)
def test_a_slip_of_the_pen_is_answered_with_the_key_that_was_meant(key: str, meant: str) -> None:
    assert mistakes(f"{key}: x\n") == [f"feedd.yaml:1: {key}: unknown key; did you mean `{meant}`?"]


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("hot", "P90", "p90"),
        ("hot", "90%", "p90"),
        ("time_zone", "New York", "America/New_York"),
        ("time_zone", "america/new_york", "America/New_York"),
        ("time_zone", "Berlin", "Europe/Berlin"),
        ("time_zone", "utc", "UTC"),
        ("time_zone", "CEST", None),
        ("time_zone", "localtime", None),
    ],
)
def test_a_value_that_is_nearly_right_is_answered_with_what_was_meant(key: str, value: str, meant: str | None) -> None:
    (found,) = mistakes(f"views: {{{key}: {value}}}\n")
    assert found.endswith(f'got "{value}"' + (f"; did you mean {meant}?" if meant else ""))


@pytest.mark.parametrize(
    "folder", ["all", "topics/c-plus-plus", "topics/人工智能", "topics/Ꮳ", "saved/mine", "providers/a-15c2c196"]
)
def test_terms_of_a_feed_stand_under_its_folder(folder: str) -> None:
    assert list(configured(f"rank: {{feeds: {{{folder}: {{limit: 3}}}}}}\n").rank.feeds) == [folder]


def test_no_zone_is_suggested_whose_sign_is_the_other_way_round() -> None:
    (found,) = mistakes("views: {time_zone: GMT+2}\n")
    assert "did you mean" not in found


def test_a_configuration_is_no_endless_file_and_no_pipe_without_a_writer(tmp_path: Path) -> None:
    silent, endless, written = tmp_path / "silent", tmp_path / "endless", tmp_path / "written"
    os.mkfifo(silent)
    endless.symlink_to("/dev/zero")
    for path, words in ((silent, "nobody writes to this pipe"), (endless, "larger than 16 MiB")):
        with pytest.raises(ConfigError, match=f"cannot be read: {words}"):
            load(path)
    os.mkfifo(written)
    writer = threading.Thread(target=lambda: written.write_text("title: Town notes\n"))
    writer.start()
    assert load(written).title == "Town notes"
    writer.join()


def test_a_file_that_is_named_has_to_be_there() -> None:
    for name in ("missing.yaml", "."):
        with pytest.raises(ConfigError, match="cannot be read: "):
            load(Path(name))


# Topics


def test_topics_are_names_or_mappings() -> None:
    text = """\
topics:
  - AI
  - name: C++
    title: The language C++
    description: About C++
    parent: languages
    keywords: [C++, STL]
    aliases: CPP
  -
  - {name: Programming, aliases: [Languages]}
"""
    assert load_topics(written("topics.yaml", text)) == Topics(
        (
            Topic("AI"),
            Topic("C++", "The language C++", "About C++", "languages", ("C++", "STL"), ("CPP",)),
            Topic("Programming", aliases=("Languages",)),
        )
    )


@pytest.mark.parametrize("text", ["", "# topics: [AI]\n", "topics:\n", "topics: []\n"])
def test_a_topics_file_may_be_empty(text: str) -> None:
    assert load_topics(written("topics.yaml", text)) == Topics()


UNIT = "with its unit (ms, s, min, h, d)"
TOPIC_KEYS = "name, title, description, parent, keywords, aliases"


def test_mistakes_in_the_topics_file_are_told_with_those_of_the_configuration() -> None:
    topics = """\
topics:
  - nam: AI
  -
  - name: Health
    aliases: [Medicine]
  - name: health
    parent: Nowhere
    keyword: x
  - [a]
  - title: Without a name
  - {name: Surgery, aliases: medicine, keywords: {a: b}}
  - name: "Caf\u00e9"
  - name: "Cafe\u0301"
other: 1
"""
    assert mistakes("limit: 0\ntopics: topics.yaml\n", topics) == [
        'feedd.yaml:1: limit: expected a whole number from 1 to 10000, got "0"',
        "topics.yaml:2: topics[0].nam: unknown key; did you mean `name`?",
        'topics.yaml:6: topics[3]: "health" already names topics[2]',
        'topics.yaml:7: topics[3].parent: no topic is called "Nowhere"',
        "topics.yaml:8: topics[3].keyword: unknown key; did you mean `keywords`?",
        f"topics.yaml:9: topics[4]: expected a mapping ({TOPIC_KEYS}), got a list",
        "topics.yaml:10: topics[5]: a topic needs a `name`",
        "topics.yaml:11: topics[6].keywords: expected text, got a mapping",
        'topics.yaml:11: topics[6]: "medicine" already names topics[2]',
        'topics.yaml:13: topics[8]: "Cafe\u0301" already names topics[7]',
        "topics.yaml:14: other: unknown key; known here: topics",
    ]


@pytest.mark.parametrize(
    ("topics", "ring"),
    [
        (["{name: A, parent: a}"], "topics.yaml:2: topics[0].parent: a topic cannot lie in itself: A in A"),
        (
            [
                "{name: Z, parent: B}",
                "{name: A, aliases: One, parent: C}",
                "{name: B, parent: One}",
                "{name: C, parent: B}",
            ],
            "topics.yaml:4: topics[2].parent: a topic cannot lie in itself: B in A in C in B",
        ),
    ],
)
def test_a_topic_does_not_lie_in_itself(topics: list[str], ring: str) -> None:
    assert mistakes("topics: topics.yaml\n", "\n- ".join(("topics:", *topics))) == [ring]


@pytest.mark.parametrize(
    ("topics", "mistake"),
    [
        ("topics: AI\n", '1: topics: expected a list of topics, got "AI"'),
        ("topics: {AI: x}\n", "1: topics: expected a list of topics, got a mapping"),
        ("- AI\n", "1: expected fields, one `name: value` a line"),
        ("topic: []\n", "1: topic: unknown key; did you mean `topics`?"),
        ("topics:\n  - a\n - b\n", "3: not valid YAML"),
        (b"topics:\n  - \xff\n", "2: not UTF-8: byte 0xff"),
    ],
)
def test_a_topics_file_of_another_form_is_refused(topics: str | bytes, mistake: str) -> None:
    (found,) = mistakes("topics: topics.yaml\n", topics)
    assert found.startswith(f"topics.yaml:{mistake}")


# The file that shows every key

_COMMENTED_KEY = re.compile(r"^( *)# (?=( *)[a-z_]+:(?: |$))", re.MULTILINE)


def uncommented() -> str:
    """The sample with every key in force."""
    return _COMMENTED_KEY.sub(r"\1", SAMPLE.read_text(encoding="utf-8"))


def keys_of(tree: dict[str, Node], prefix: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict) and f"{prefix}{name}" not in key_names():  # the latter is a mapping of its own
            yield from keys_of(value, f"{prefix}{name}.")
        else:
            yield prefix + name


def value_at(config: Config, key: str) -> Any:
    value: Any = config
    for name in key.split("."):
        value = getattr(value, name)
    return value


def test_the_sample_shows_every_key_and_no_other() -> None:
    tree, *_ = read_any_tree(uncommented())
    assert sorted(keys_of(tree)) == key_names()


def test_the_sample_loads_with_and_without_its_commented_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    link = "<link>https://town.example/</link>"
    old = written("old-feed.xml", f"<rss><channel><item>{link}</item></channel></rss>").resolve()
    text = uncommented().replace("keep_from: old-feed.xml", f"keep_from: {old}")
    everything = written("everything.yaml", text).resolve()
    monkeypatch.chdir(ROOT)
    assert load(SAMPLE).topics.all
    assert load(everything).ids.keep_from.by_link
    assert load(everything).author.name is not None


def test_the_sample_shows_the_defaults_except_where_it_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = SAMPLE.read_text(encoding="utf-8")
    tree, *_ = read_any_tree(text)
    shown = load(SAMPLE)
    differing = {key for key in keys_of(tree) if value_at(shown, key) != value_at(Config(), key)}
    assert differing <= {"title", "description", "topics", "authority"}
    paragraphs = text.split("\n\n")
    for key in differing - {"title"}:
        (paragraph,) = (each for each in paragraphs if re.search(rf"^{key}:", each, re.MULTILINE))
        assert re.search(r"default: ", paragraph, re.IGNORECASE), key


def test_the_topics_of_the_repository_are_in_order() -> None:
    topics = load_topics(ROOT / "config" / "topics.yaml")
    assert len(topics.all) > 1
    assert all(topic.parent is None or topics.get(topic.parent) for topic in topics.all)
