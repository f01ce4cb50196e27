"""What a generator itself makes of a folder: links, dates and what it hides, by file, where the generator is installed.

Hugo lists its pages. Pelican's own reader of articles is given the constants of a site's configuration; neither that
configuration nor any plugin of the site is run.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

from benchmarks import hugo
from feedd.migrate.python_constants import read_constants
from feedd.migrate.site_facts import SiteFacts

_THEME = re.compile(r"^[ \t]*[\"']?theme[\"']?[ \t]*[:=].*$", re.MULTILINE)
_HEAD = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\n.*?\n\1[ \t]*(?:\n|\Z)", re.DOTALL)


class Made(NamedTuple):
    """A page as its generator makes it. `is_hidden`: the generator does not publish it now."""

    link: str
    date: datetime | None
    is_hidden: bool


def made_by(folder: Path, facts: SiteFacts) -> Mapping[str, Made]:
    """The pages below the items' directory, by path there; none for a generator that is not here."""
    if facts.generator == "Hugo" and (binary := hugo.binary()):
        return _made_by_hugo(binary, folder, facts)
    if facts.generator == "Pelican" and importlib.util.find_spec("pelican"):
        return _made_by_pelican(folder, facts)
    return {}


def _made_by_hugo(binary: Path, folder: Path, facts: SiteFacts) -> dict[str, Made]:
    with tempfile.TemporaryDirectory(prefix="feedd-hugo-") as place:
        copy = Path(place)
        _copy_texts(folder, copy)
        command = [str(binary), "list", "all", "--source", place, "--noBuildLock"]
        environment = {**os.environ, "HUGO_SECURITY_ALLOWCONTENT": ".*", "HUGO_ENABLEGITINFO": "false"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
        if done.returncode:
            print(f"  Hugo: {(done.stderr or done.stdout).strip()[:500]}")
            return {}
    found: dict[str, Made] = {}
    now = datetime.now(UTC)
    for row in csv.DictReader(io.StringIO(done.stdout)):
        path = row["path"].removeprefix(f"{facts.seeds}/")
        date, published, expires = (_moment(row[name]) for name in ("date", "publishDate", "expiryDate"))
        waits = published is not None and published > now
        hidden = row["draft"] == "true" or waits or (expires is not None and expires < now)
        if row["kind"] == "page" and path != row["path"]:
            found[path] = Made(row["permalink"], date, hidden)
    return found


def _copy_texts(folder: Path, copy: Path) -> None:
    """Copies the front matter of texts, and the configuration, of a site of Hugo, without its theme and templates."""
    passed_over = {"i18n", "static", "layouts", "themes", "assets", "node_modules", ".git", "archetypes"}
    passed_over |= {"public", "resources"}
    for each in folder.iterdir():
        if each.is_dir() and each.name not in passed_over and not each.name.startswith("."):
            shutil.copytree(each, copy / each.name, symlinks=True)
        elif each.is_file() and each.name.startswith(("hugo.", "config.")):
            shutil.copy(each, copy / each.name)
    for each in (*copy.glob("*.*"), *copy.glob("config/_default/*.*")):
        each.write_text(_THEME.sub("", each.read_text()))
    for each in copy.rglob("*.*"):
        if each.suffix in (".md", ".markdown", ".html") and each.is_file():
            each.write_text(_head(each.read_text(errors="replace").replace("\r\n", "\n").lstrip()))


def _head(text: str) -> str:
    """The front matter of a text, with its fences."""
    if text.startswith("{"):
        try:
            return text[: json.JSONDecoder().raw_decode(text)[1]]
        except ValueError:
            return ""
    found = _HEAD.match(text)
    return found[0] if found else ""


def _moment(written: str) -> datetime | None:
    found = datetime.fromisoformat(written) if written else None
    return found if found and found.year > 1 else None


def _made_by_pelican(folder: Path, facts: SiteFacts) -> dict[str, Made]:
    from pelican.generators import ArticlesGenerator
    from pelican.readers import Readers
    from pelican.settings import configure_settings

    settings = _pelican_settings(folder, facts)
    with tempfile.TemporaryDirectory(prefix="feedd-pelican-") as place:
        configured = configure_settings({**settings, "OUTPUT_PATH": place, "CACHE_PATH": place})
        context: dict[str, Any] = configured.copy()
        context |= {"generated_content": {}, "static_links": set(), "static_content": {}, "localsiteurl": facts.url}
        generator = ArticlesGenerator(context, configured, str(folder / facts.seeds), configured["THEME"], place)
        generator.readers = Readers(configured)
        try:
            generator.generate_context()
        except KeyError as error:
            print(f"  Pelican: {error} in its configuration is known to a plugin alone")
            return {}
    shown = [*generator.articles, *generator.translations]
    found = {}
    for articles, hidden in ((shown, False), ([*generator.hidden_articles, *generator.drafts], True)):
        for article in articles:
            path = str(Path(article.source_path).relative_to(folder / facts.seeds))
            found[path] = Made(urljoin(facts.url, article.url), article.date.astimezone(UTC), hidden)
    return found


def _pelican_settings(folder: Path, facts: SiteFacts) -> dict[str, Any]:
    """Pelican's own defaults, and over them the constants of the site's configuration that make links and dates."""
    from pelican.settings import DEFAULT_CONFIG

    known: dict[str, Any] = dict(DEFAULT_CONFIG)
    for name in facts.config:
        if name.endswith(".py"):
            constants = read_constants((folder / name).read_text())
            wanted = (
                "ARTICLE_URL",
                "ARTICLE_SAVE_AS",
                "SLUGIFY_SOURCE",
                "FILENAME_METADATA",
                "TIMEZONE",
                "DEFAULT_LANG",
                "DEFAULT_CATEGORY",
                "USE_FOLDER_AS_CATEGORY",
            )
            known |= {key: value for key, value in constants.items() if key in wanted and value != ""}
    known["USE_FOLDER_AS_CATEGORY"] = known["USE_FOLDER_AS_CATEGORY"] not in (False, "false")
    known |= {"PATH": str(folder / facts.seeds), "SITEURL": facts.url, "PLUGINS": [], "LOAD_CONTENT_CACHE": False}
    known |= {"ARTICLE_PATHS": list(facts.include) or [""], "ARTICLE_EXCLUDES": list(facts.ignore)}
    return known
