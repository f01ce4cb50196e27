"""`feedd init --from`: folders of other programs in; a configuration that loads, and words, out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support import Result, Site, fill, tree

from feedd.config.load import Config, load
from feedd.migrate.foreign_text import Unclear, read_json, read_toml, read_yaml
from feedd.migrate.proposal import scalar
from feedd.migrate.python_constants import read_constants
from feedd.migrate.script_values import Script

Files = Mapping[str, str]

POST = "---\ntitle: A post\ndate: 2024-03-02\n---\nText.\n"
UNDATED = "---\ntitle: A page\n---\nText.\n"

JEKYLL = {
    "_config.yml": """\
url: https://jekyll.example
baseurl: /blog
title: Notes
description: About things
lang: en_GB
timezone: Europe/Vienna
author: {name: Ada}
permalink: pretty
plugins: [jekyll-feed]
""",
    "_posts/2024-03-02-first-light.md": UNDATED,
    "_posts/2024-03-03-second.md": POST,
    "_data/authors.yml": "ada: {name: Ada Example, url: https://ada.example/, avatar: /ada.png}\n",
    "_includes/head.html": "<head></head>",
    "README.md": "# About",
}
HUGO = {
    "hugo.toml": """\
baseURL = "https://hugo.example/"
title = "Hugo's"
languageCode = "de-at"
timeZone = "Europe/Vienna"
[permalinks]
post = "/post/:year/:month/:slug/"
""",
    "content/_index.md": UNDATED,
    "content/about.md": UNDATED,
    "content/post/plus.md": "+++\ntitle = 'Plus signs'\ndate = 2024-03-02\nslug = 'plus'\n+++\nText.\n",
    "content/post/trip/index.md": POST,
    "content/post/trip/notes.md": UNDATED,
    "content/post/hidden/_index.md": "---\ncascade: {build: {render: never}}\n---\n",
    "content/post/hidden/one.md": POST.replace("A post", "Hidden by its folder"),
    "layouts/partials/head.html": "",
}
GATSBY = {
    "gatsby-config.js": """\
module.exports = {
  pathPrefix: `/sub`,
  siteMetadata: { title: `A site`, author: { name: "Ada" }, siteUrl: "https://gatsby.example" },
  plugins: [{ resolve: `gatsby-plugin-feed`, options: { feeds: [{ output: "/feed.xml" }] } }],
};
""",
    "content/blog/one/index.md": POST,
    "content/pages/about.md": "---\ntitle: About\n---\nText.\n",
    "README.md": "# Read me\n",
}
ZOLA = {
    "config.toml": """\
base_url = "https://zola.example"
title = "Z"
default_language = "fr"
feed_filenames = ["rss.xml"]
""",
    "content/blog/2024-03-02-first.md": "+++\ntitle = 'First'\n+++\nText.\n",
    "content/drafts/_index.md": "+++\ndraft = true\n+++\n",
}
PELICAN = {
    "pelicanconf.py": """\
import os
from pathlib import Path
AUTHOR = 'Ada'
SITENAME = "Pelican's " + 'notes'
SITEURL = ''
PATH = 'content'
TIMEZONE = 'Europe/Paris'
DEFAULT_LANG = 'en'
ARTICLE_URL = 'blog/{date:%Y}/{date:%m}/{slug}/'
ARTICLE_SAVE_AS = f'{ARTICLE_URL}index.html'
PLUGINS = [name for name in os.listdir('.')]
""",
    "publishconf.py": """\
from pelicanconf import *
SITEURL = 'https://pelican.example'
FEED_ALL_ATOM = 'feeds/all.atom.xml'
""",
    "content/bird.md": "Title: Bird\nDate: 2024-06-01 16:00\n\nText.\n",
    "content/pages/about.md": "Title: About\n\nText.\n",
    "content/old.rst": "Old\n===\n",
}
ELEVENTY = {
    ".eleventy.js": """\
module.exports = function (eleventyConfig) {
  // dir: { input: "wrong" }
  eleventyConfig.addPassthroughCopy("img");
  return { dir: { input: "src", data: '_data' }, pathPrefix: "/" };
};
""",
    "src/_data/metadata.json": json.dumps(
        {"title": "Eleven", "url": "https://eleventy.example/", "language": "en", "author": {"name": "Ada"}}
    ),
    "src/posts/posts.json": json.dumps({"permalink": "/words/{{ page.fileSlug }}/"}),
    "src/posts/2024-03-02-one.md": POST,
    "src/feed.njk": '---json\n{"permalink": "feed.xml"}\n---\n',
    "README.md": "# About",
}
ASTRO = {
    "astro.config.mjs": """\
import { defineConfig } from "astro/config";
const SITE = "https://astro.example";
export default defineConfig({ site: SITE, base: "/sub", trailingSlash: "never" });
""",
    "src/consts.ts": "export const SITE_TITLE = 'Star';\n",
    "src/content/blog/one.mdx": POST,
    "src/content/authors/ada.md": UNDATED,
    "src/pages/writing/[...slug].astro": "const posts = await getCollection('blog');",
    "src/pages/rss.xml.js": "export function GET() {}",
}
DOCUSAURUS = {
    "docusaurus.config.js": """\
/** @type {import('@docusaurus/types').Config} */
const config = {
  title: 'Saurus', tagline: 'Teeth', url: 'https://docusaurus.example', baseUrl: '/',
  i18n: { defaultLocale: 'en', locales: ['en'] },
  presets: [['classic', { docs: { path: '../docs' }, blog: { path: './news', routeBasePath: 'news' } }]],
};
module.exports = config;
""",
    "news/2024-03-02-release/index.mdx": "---\nauthors: [ada]\n---\n# Release\n",
    "news/authors.yml": "ada:\n  name: Ada\n  image_url: https://ada.example/a.png\n",
}
MKDOCS = {
    "mkdocs.yml": "site_name: Docs\nsite_url: https://mkdocs.example/\nplugins: [search, rss]\n",
    "docs/index.md": "# Home\n",
    "docs/guide/one.md": UNDATED,
}
OBSIDIAN = {".obsidian/app.json": "{}", "Slow tools.md": "# Slow\n[[Other]]\n", "templates/daily.md": "{{date}}"}
VITEPRESS = {
    "docs/.vitepress/config.mts": """\
export default defineConfig({
  title: "Vites", description: "Fast", lang: "en-US", cleanUrls: true,
  sitemap: { hostname: "https://vites.example" },
});
""",
    "docs/index.md": UNDATED.replace("A page", "Home"),
    "docs/blog/first.md": UNDATED,
    "docs/guide.md": UNDATED.replace("A page", "A guide"),
    "playground/index.html": "<p>x",
}
QUARTZ = {
    "quartz.config.ts": """\
const config: QuartzConfig = {
  configuration: { pageTitle: "A garden", locale: "de-DE", baseUrl: "garden.example", ignorePatterns: ["private"] },
}
""",
    "content/Slow tools & more.md": POST,
    "content/private/diary.md": POST.replace("A post", "A diary"),
    "content/a/Templates/daily.md": "---\ntitle: '{{title}}'\n---\n",
    "docs/manual.md": UNDATED,
}

SITES: dict[str, tuple[Files, dict[str, Any]]] = {
    "Jekyll": (
        JEKYLL,
        {
            "site.url": "https://jekyll.example/blog/",
            "title": "Notes",
            "description": "About things",
            "language": "en-GB",
            "site.time_zone": "Europe/Vienna",
            "author.name": "Ada",
            "seeds": "_posts",
        },
    ),
    "Hugo": (
        HUGO,
        {
            "site.url": "https://hugo.example/",
            "title": "Hugo's",
            "language": "de-AT",
            "site.time_zone": "Europe/Vienna",
            "seeds": "content/post",
        },
    ),
    "Zola": (ZOLA, {"site.url": "https://zola.example/", "title": "Z", "language": "fr", "seeds": "content/blog"}),
    "Pelican": (
        PELICAN,
        {
            "site.url": "https://pelican.example/",
            "title": "Pelican's notes",
            "site.time_zone": "Europe/Paris",
            "author.name": "Ada",
            "seeds": "content",
        },
    ),
    "Eleventy": (
        ELEVENTY,
        {"site.url": "https://eleventy.example/", "title": "Eleven", "author.name": "Ada", "seeds": "src/posts"},
    ),
    "Astro": (ASTRO, {"site.url": "https://astro.example/sub/", "title": "Star", "seeds": "src/content/blog"}),
    "Docusaurus": (
        DOCUSAURUS,
        {"site.url": "https://docusaurus.example/", "title": "Saurus", "description": "Teeth", "seeds": "news"},
    ),
    "MkDocs": (MKDOCS, {"site.url": "https://mkdocs.example/", "title": "Docs", "seeds": "docs"}),
    "VitePress": (
        VITEPRESS,
        {
            "site.url": "https://vites.example/",
            "title": "Vites",
            "description": "Fast",
            "language": "en-US",
            "seeds": "docs",
        },
    ),
    "Gatsby": (
        GATSBY,
        {
            "site.url": "https://gatsby.example/sub/",
            "title": "A site",
            "author.name": "Ada",
            "seeds": "content/blog",
        },
    ),
    "Quartz": (
        QUARTZ,
        {"site.url": "https://garden.example/", "title": "A garden", "language": "de-DE", "seeds": "content"},
    ),
    "Obsidian": (OBSIDIAN, {"title": "theirs", "site.url": None, "seeds": "", "defaults.published": True}),
}
OLD_FEEDS = {
    "Jekyll": ("/blog/feed.xml", "atom.xml"),
    "Hugo": ("/index.xml", "rss.xml"),
    "Zola": ("/rss.xml", "rss.xml"),
    "Pelican": ("/feeds/all.atom.xml", "atom.xml"),
    "Eleventy": ("/feed.xml", "atom.xml"),
    "Astro": ("/sub/rss.xml", "rss.xml"),
    "Docusaurus": ("/news/atom.xml", "atom.xml"),
    "Gatsby": ("/sub/feed.xml", "atom.xml"),
    "Quartz": ("/index.xml", "rss.xml"),
}


def value(config: Config, key: str) -> Any:
    found: Any = config
    for name in key.split("."):
        found = getattr(found, name)
    return found


def move(site: Site, theirs: Path, files: Files, status: int = 0) -> Result:
    fill(theirs, files)
    result = site.run("init", "--from", str(theirs))
    assert result.status == status, result
    return result


@pytest.mark.parametrize("generator", SITES)
def test_the_proposal_has_what_the_configuration_of_a_generator_says(site: Site, theirs: Path, generator: str) -> None:
    files, said = SITES[generator]
    result = move(site, theirs, files)
    assert result.out.startswith(f"{generator}: ")
    config = load(None)
    assert config.directories.seeds.resolve() == (theirs / said["seeds"]).resolve()
    expected = {key: each for key, each in said.items() if key != "seeds"}
    assert {key: value(config, key) for key in expected} == expected
    if generator in OLD_FEEDS:
        old, document = OLD_FEEDS[generator]
        assert f"location = {old} {{ return 301 {config.base_url}{document}; }}" in result.out
        assert f"{old}  {config.base_url}{document}  301" in result.out
    assert (f'href="{config.base_url}atom.xml">' in result.out) is ("localhost" not in config.base_url)


@pytest.mark.parametrize(
    "written", ["[author]\nname = 'Ada'", "[Params.author]\nname = 'Ada'", "[params]\nauthor = 'Ada'", "author = 'Ada'"]
)
def test_the_author_of_a_site_of_hugo_is_among_its_parameters_or_beside_them(
    site: Site, theirs: Path, written: str
) -> None:
    files = {"config.toml": f"baseURL = 'https://hugo.example/'\n{written}\n", "content/post/a.md": POST}
    move(site, theirs, files)
    assert load(None).author.name == "Ada"


@pytest.mark.parametrize("generator", SITES)
def test_nothing_is_written_into_the_folder_of_the_other_program(site: Site, theirs: Path, generator: str) -> None:
    files, _ = SITES[generator]
    fill(theirs, files)
    before = tree(theirs)
    move(site, theirs, files)
    assert tree(theirs) == before
    assert sorted(tree(site.root)) == [".gitignore", "config/feedd.yaml"]


LINKS: dict[str, dict[str, tuple[str, str | None]]] = {
    "Jekyll": {
        "A page": ("https://jekyll.example/blog/2024/03/02/first-light/", "2024-03-01T23:00:00+00:00"),
        "A post": ("https://jekyll.example/blog/2024/03/02/second/", "2024-03-01T23:00:00+00:00"),
    },
    "Hugo": {
        "Plus signs": ("https://hugo.example/post/2024/03/plus/", "2024-03-01T23:00:00+00:00"),
        "A post": ("https://hugo.example/post/2024/03/a-post/", "2024-03-01T23:00:00+00:00"),
    },
    "Gatsby": {"A post": ("https://gatsby.example/sub/one/", "2024-03-02T00:00:00+00:00")},
    "Zola": {"First": ("https://zola.example/blog/first/", "2024-03-02T00:00:00+00:00")},
    "Pelican": {"Bird": ("https://pelican.example/blog/2024/06/bird/", "2024-06-01T14:00:00+00:00")},
    "Eleventy": {"A post": ("https://eleventy.example/words/one/", "2024-03-02T00:00:00+00:00")},
    "Astro": {"A post": ("https://astro.example/sub/writing/one", "2024-03-02T00:00:00+00:00")},
    "Docusaurus": {"Release": ("https://docusaurus.example/news/2024/03/02/release", "2024-03-02T00:00:00+00:00")},
    "VitePress": {
        "A page": ("https://vites.example/blog/first", None),
        "A guide": ("https://vites.example/guide", None),
    },
    "Quartz": {"A post": ("https://garden.example/Slow-tools--and--more", "2024-03-02T00:00:00+00:00")},
    "MkDocs": {"A page": ("https://mkdocs.example/guide/one/", None)},
}


@pytest.mark.parametrize("generator", LINKS)
def test_entries_have_the_links_and_dates_of_the_generator(site: Site, theirs: Path, generator: str) -> None:
    files, _ = SITES[generator]
    move(site, theirs, files)
    site.render()
    found = {each.title: each for each in site.feed().entries}
    expected = LINKS[generator]
    assert {title: found[title].link for title in expected} == {title: link for title, (link, _) in expected.items()}
    dates = {title: date for title, (_, date) in expected.items() if date}
    assert {title: found[title].published for title in dates} == dates
    assert found.keys() - expected.keys() <= {"Home"}


@pytest.mark.parametrize("field", ["publish", "dg-publish"])
def test_where_notes_ask_to_be_published_no_other_note_is(site: Site, theirs: Path, field: str) -> None:
    asking = {"Shown.md": f"---\n{field}: true\ndate: 2024-03-02\n---\nText.\n"}
    refusing = {"Kept.md": f"---\n{field}: false\ndate: 2024-03-02\n---\nText.\n"}
    result = move(site, theirs, {**OBSIDIAN, **asking, **refusing})
    assert f"  only texts that say `{field}: true` are published, by `defaults.published`\n" in result.out
    assert result.out.startswith("Obsidian: 3 files, 1 without a date, 3 without a link, 2 held back\n")
    site.render()
    assert [each.title for each in site.feed().entries] == ["Shown"]


def test_private_notes_templates_and_drawings_are_left_out(site: Site, theirs: Path) -> None:
    kept = {"a/private/diary.md": POST, "Templates/note.md": POST, "plan.excalidraw.md": POST}
    result = move(site, theirs, {**OBSIDIAN, **kept})
    assert load(None).items.ignore[-3:] == ("a/private/", "templates/", "*.excalidraw.md")
    assert "  remark  the texts in a/private/ are left out\n" in result.out
    assert result.out.startswith("Obsidian: 1 file, ")


def test_tables_of_toml_make_no_vault(site: Site, theirs: Path) -> None:
    advisory = "```toml\n[advisory]\ndate = 2024-03-02\n[[affected]]\npackage = 'x'\n```\n# A hole\n\nText.\n"
    result = move(site, theirs, {f"advisories/{n}.md": advisory for n in range(3)})
    assert result.out.startswith("No generator: 3 files, ")


def test_the_numbers_of_the_files_are_said(site: Site, theirs: Path) -> None:
    drafts = {
        "_posts/2024-01-0{n}-x.md".replace("{n}", str(n)): "---\ntitle: X\npublished: false\n---\n" for n in (1, 2)
    }
    broken = {"_posts/2024-02-01-broken.md": "---\ntitle: [\n---\n"}
    result = move(site, theirs, {**JEKYLL, **drafts, **broken})
    assert result.out.startswith("Jekyll: 5 files, ")
    assert ", 2 held back, 1 that cannot be read\n" in result.out


def test_settings_in_python_are_read_and_not_run(site: Site, theirs: Path) -> None:
    marker = site.root / "marker"
    code = f"open({str(marker)!r}, 'w').write('ran')\n__import__('os').system('touch {marker}')\nSITENAME = 'Said'\n"
    move(site, theirs, {"pelicanconf.py": code, "content/a.md": "Title: A\n\nB.\n"})
    assert not marker.exists()
    assert load(None).title == "Said"


def test_settings_in_javascript_are_read_and_not_run(site: Site, theirs: Path) -> None:
    marker = site.root / "marker"
    code = f"require('fs').writeFileSync({str(marker)!r}, 'ran'); module.exports = {{dir: {{input: 'src'}}}};"
    move(site, theirs, {".eleventy.js": code, "src/posts/a.md": POST})
    assert not marker.exists()


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
BROKEN = {
    "yaml": ({"_config.yml": "title: Mine\nurl: https://x.example\nlist: [\n", "_posts/2024-01-01-a.md": POST}, "Mine"),
    "aliases": (
        {"_config.yml": "title: Mine\n" + BOMB, "_posts/2024-01-01-a.md": POST},
        "Mine",
    ),
    "toml": ({"hugo.toml": "title = 'Mine'\nbaseURL = \n", "content/post/a.md": POST}, "My feeds"),
    "json": ({"hugo.json": "{'title'}", "content/post/a.md": POST}, "My feeds"),
    "python": ({"pelicanconf.py": "SITENAME = 'Mine'\ndef (", "content/a.md": POST}, "My feeds"),
    "no text": ({"_config.yml": "title: Mine\0\n", "_posts/2024-01-01-a.md": POST}, "Mine"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_configuration_is_said_and_what_is_known_is_proposed(site: Site, theirs: Path, kind: str) -> None:
    files, title = BROKEN[kind]
    result = move(site, theirs, files, status=1)
    name = next(iter(files))
    assert f"problem  {name} cannot be read as a whole: " in result.out
    assert load(None).title == title


def test_a_configuration_that_is_too_large_or_leads_elsewhere_is_not_read(site: Site, theirs: Path) -> None:
    fill(theirs, {"_posts/2024-01-01-a.md": POST, "../secret": "title: Secret\n"})
    (theirs / "_config.yml").write_text("title: Mine\n" + "#" * 2_000_000)
    result = move(site, theirs, {}, status=1)
    assert "_config.yml was not read: it is larger than 1,048,576 bytes" in result.out
    (theirs / "_config.yml").unlink()
    (theirs / "_config.yml").symlink_to(theirs.parent / "secret")
    result = move(site, theirs, {}, status=1)
    assert "_config.yml was not read: it leads out of the folder" in result.out
    assert "Secret" not in result.out
    (theirs / "_config.yml").unlink()
    os.mkfifo(theirs / "_config.yml")
    assert "_config.yml was not read: not a regular file" in move(site, theirs, {}, status=1).out


@pytest.mark.parametrize("read", [read_yaml, read_toml, read_json, read_constants], ids=lambda read: read.__name__)
@pytest.mark.parametrize("bracket", ["[", "{", "(", "-", "a: ["])
def test_no_nesting_is_too_deep_for_an_answer(read: Any, bracket: str) -> None:
    for text in (f"a = {bracket * 50_000}", f"a: {bracket * 50_000}", bracket * 50_000):
        try:
            read(text)
        except Unclear as error:
            assert len(error.reason) < 300


def test_a_title_cannot_say_anything_else_in_the_proposal(site: Site, theirs: Path) -> None:
    title = 'x"\nbase_url: https://evil.example/\n# \x1b[31m'
    files = {"_config.yml": f"title: {json.dumps(title)}\nurl: https://x.example\n", "_posts/2024-01-01-a.md": POST}
    result = move(site, theirs, files)
    assert load(None).base_url == "https://x.example/feeds/"
    assert "\x1b" not in result.out + (site.root / "config/feedd.yaml").read_text()


@pytest.mark.parametrize(
    "text",
    ["No", "a: b", "# x", " x ", "'", '"', "\\", "[x]", "{x}", "é 本", "\u2028x", "x" * 3000, "*a", "&a", "2020"],
)
def test_texts_are_written_so_that_they_are_read_as_they_are(text: str) -> None:
    assert read_yaml(f"key: {scalar(text)}\nlist: [{scalar(text)}]\n") == {
        "key": " ".join(text.split()),
        "list": [" ".join(text.split())],
    }


WRONG = {
    "url": "title: Mine\nurl: 'javascript:alert(1)'\n",
    "zone": "title: Mine\ntimezone: Mars/Phobos\n",
    "language": "title: Mine\nlang: not a language at all\n",
    "local": "title: Mine\nurl: http://localhost:4000\n",
    "shape": "title: Mine\nurl: [a, b]\ndescription: {a: b}\nauthor: [x]\npermalink: {a: b}\ndefaults: x\n",
}


@pytest.mark.parametrize("kind", WRONG)
def test_values_that_feedd_does_not_take_are_left_out(site: Site, theirs: Path, kind: str) -> None:
    move(site, theirs, {"_config.yml": WRONG[kind], "_posts/2024-01-01-a.md": POST})
    config = load(None)
    assert (config.title, config.site.url, config.site.time_zone) == ("Mine", None, "UTC")
    assert config.base_url == "http://localhost:8080/"


def test_a_folder_of_no_known_program_has_a_plain_proposal(site: Site, theirs: Path) -> None:
    result = move(site, theirs, {"shows/1.md": POST, "shows/2.md": POST, "README.md": "# About"})
    assert result.out.startswith("No generator: 2 files")
    assert "No configuration of a known program is there: this is a plain proposal." in result.out
    assert load(None).directories.seeds.resolve() == theirs / "shows"


@pytest.mark.parametrize("files", [{"a.txt": "x"}, {"a.rst": "Title\n=====\n"}])
def test_a_folder_without_texts_is_said_to_have_none(site: Site, theirs: Path, files: Files) -> None:
    result = move(site, theirs, files)
    assert result.out.startswith("No generator: 0 files")
    assert "there is no text in it that feedd reads" in result.out


NAMED = "---\ntitle: {0}\ndate: 2024-03-02\n---\nSee [it]({1}{2}/).\n"


def linked(folder: str, address: str, names: str) -> Files:
    """Texts each of which names the next, at an address with its name."""
    following = zip(names, names[1:] + names[0], strict=True)
    return {f"{folder}/2024-03-02-{name * 3}.md": NAMED.format(name, address, after * 3) for name, after in following}


def test_the_address_of_a_site_is_not_taken_from_texts_that_are_withheld(site: Site, theirs: Path) -> None:
    texts = linked("texts", "https://texts.example/", "abcdefgh")
    drafts = {path: text.replace("---\n", "---\ndraft: true\n", 1) for path, text in texts.items()}
    move(site, theirs, {**drafts, "texts/2024-03-02-seen.md": POST})
    assert "texts.example" not in (site.root / "config/feedd.yaml").read_text()


@pytest.mark.parametrize(
    ("address", "url", "template", "link"),
    [
        ("https://texts.example/", "https://texts.example/", "/{folder}/{slug}/", "https://texts.example/aaa/"),
        (
            *("https://texts.example/log/2024/03/", "https://texts.example/", "/log/{year}/{month}/{slug}/"),
            "https://texts.example/log/2024/03/aaa/",
        ),
        (
            *("https://en.texts.example/log/2024/", "https://en.texts.example/", "/log/{year}/{slug}/"),
            "https://en.texts.example/log/2024/aaa/",
        ),
        ("/log/", None, "/log/{folder}/{slug}/", None),
    ],
)
def test_where_no_program_says_so_links_are_as_the_texts_have_them(
    site: Site, theirs: Path, address: str, url: str | None, template: str, link: str | None
) -> None:
    elsewhere = {
        "texts/other.md": POST + "\n[aaa](https://elsewhere.example/wiki/aaa/) [x](https://elsewhere.example/x/)"
    }
    result = move(site, theirs, {**linked("texts", address, "abcdefg"), **elsewhere})
    config = load(None)
    assert (config.site.url, config.site.link) == (url, (template,) if url else ())
    assert template in result.out or url
    assert ("7 URLs in the texts" in result.out, "write `site.url` and" in result.out) == (True, url is None)
    site.render("--accept-guesses")
    assert {each.link for each in site.feed().entries if each.title == "a" and link} == ({link} if link else set())


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://elsewhere.example/", "ab"),
        ("https://elsewhere.example/", "abcd"),
        ("https://en.wikipedia.org/", "abcdefgh"),
        ("https://github.com/", "abcdefgh"),
    ],
)
def test_a_few_urls_to_a_host_make_it_no_site(site: Site, theirs: Path, address: str, names: str) -> None:
    move(site, theirs, linked("texts", address, names))
    assert (load(None).site.url, load(None).site.link) == (None, ())


def test_a_host_with_many_other_pages_is_not_the_site(site: Site, theirs: Path) -> None:
    others = "".join(f" [x](https://elsewhere.example/{number}/)" for number in range(40))
    move(site, theirs, {**linked("texts", "https://elsewhere.example/", "abcdefg"), "texts/other.md": POST + others})
    assert (load(None).site.url, load(None).site.link) == (None, ())


def test_the_texts_with_dates_are_the_items_of_a_folder_of_no_known_program(site: Site, theirs: Path) -> None:
    files = {f"app/pages/en/blog/{name}.md": POST for name in "abc"} | {"app/pages/en/about.md": UNDATED}
    result = move(site, theirs, {**files, "package.json": '{"homepage": "https://pages.example"}'})
    config = load(None)
    assert config.directories.seeds.resolve() == theirs / "app/pages/en/blog"
    assert (config.site.url, config.site.link) == ("https://pages.example/", ("/en/blog/{path}",))
    assert "  remark  texts that do not lie in app/pages/en/blog/ are left out: 1\n" in result.out


def test_files_about_a_folder_and_whole_pages_are_no_items_of_a_plain_folder(site: Site, theirs: Path) -> None:
    pages = {"demo/index.html": "<p>x", "a/CHANGELOG.md": "# 1.0", "a/README.md": "# About", "a/Security.md": "# Safe"}
    result = move(site, theirs, {**pages, "b/note.md": "# A note\n\nText.\n", "c.md": "# Another\n\nText.\n"})
    assert load(None).items.ignore[-3:] == ("CHANGELOG.md", "README.md", "*.html")
    assert result.out.startswith("No generator: 3 files, 3 without a date, 3 without a link\n")
    assert "  what has no link gets a page beside the feeds; " in result.out


def test_each_collection_of_jekyll_has_links_of_its_own(site: Site, theirs: Path) -> None:
    config = """\
url: https://jekyll.example
collections:
  talks: {output: true, permalink: '/talk/:title/'}
  texts: {output: true, permalink: '/text/:name/'}
"""
    files = {"_config.yml": config, "_talks/2024-01-01-a.md": POST, "_texts/a.md": POST}
    move(site, theirs, files)
    site.render()
    links = {"https://jekyll.example/talk/a/", "https://jekyll.example/text/a/"}
    assert {each.link for each in site.feed().entries} == links


def test_templates_are_no_items_of_a_plain_folder(site: Site, theirs: Path) -> None:
    texts = {"0000-template.md": POST, "text/0000-template.md": POST, "text/choosing-a-template.md": POST}
    move(site, theirs, {**texts, "text/0001-a.md": UNDATED, "other/b.md": UNDATED, "c.md": UNDATED, "d.md": UNDATED})
    assert load(None).items.ignore[-1] == "0000-template.md"
    assert site.run("check").out.startswith("5 files checked, 0 problems\n")


@pytest.mark.parametrize(("small", "left"), [(1, True), (8, False)])
def test_folders_with_few_texts_are_left_out_unless_they_are_many(
    site: Site, theirs: Path, small: int, left: bool
) -> None:
    texts = {f"{folder}/{number}.md": f"# {number}\n" for folder in ("a", "b") for number in range(80)}
    few = {f"few{number}/x.md": "# x\n" for number in range(small)}
    result = move(site, theirs, {**texts, **few})
    assert ("  remark  texts in few0/ are left out: 1\n" in result.out) == left
    assert result.out.startswith(f"No generator: {160 if left else 160 + small} files, ")


def test_all_folders_of_a_vault_are_read(site: Site, theirs: Path) -> None:
    texts = {f"{folder}/{number}.md": f"# {number}\n[[a note]]\n" for folder in ("a", "b") for number in range(80)}
    result = move(site, theirs, {**texts, "few/x.md": "# x\n"})
    assert result.out.startswith("Obsidian: 161 files, ")
    assert "left out" not in result.out


def test_a_site_of_jekyll_without_posts_has_its_pages_as_items(site: Site, theirs: Path) -> None:
    files = {"_config.yml": "url: https://jekyll.example\n", "one.md": UNDATED, "a/README.md": "# About"}
    result = move(site, theirs, {**files, "layout.html": "{% extends 'x' %}"})
    assert result.out.startswith("Jekyll: 1 file, 1 without a date")


def test_an_example_of_a_link_is_one_on_the_site(site: Site, theirs: Path) -> None:
    elsewhere = {"_posts/2024-03-04-x.md": "---\ntitle: X\nexternal_url: https://elsewhere.example/\n---\nText.\n"}
    result = move(site, theirs, {**JEKYLL, **elsewhere})
    assert "  links like https://jekyll.example/blog/2024/03/02/second/, by `permalink`\n" in result.out


def test_posts_of_eleventy_may_lie_in_a_folder_with_a_low_line(site: Site, theirs: Path) -> None:
    files = {name: text for name, text in ELEVENTY.items() if "posts" not in name}
    move(site, theirs, {**files, **linked("src/_posts", "/web/", "abc")})
    config = load(None)
    assert config.directories.seeds.resolve() == theirs / "src/_posts"
    assert config.site.link == ("/web/{folder}/{slug}/",)


def test_the_posts_of_eleventy_may_lie_in_folders_of_years_and_its_address_be_a_domain(
    site: Site, theirs: Path
) -> None:
    meta = 'export default {\n  title: "Mine", domain: "mine.example",\n  url: process.env.URL || "http://localhost:8080",\n};\n'
    files = {
        ".eleventy.js": ELEVENTY[".eleventy.js"],
        "src/_data/meta.js": meta + 'export const maker = { links: { host: "https://maker.example" } };\n',
        "src/posts/posts.json": ELEVENTY["src/posts/posts.json"],
        "src/posts/2023/one.md": POST,
        "src/posts/2024/two.md": POST,
    }
    move(site, theirs, files)
    config = load(None)
    assert config.directories.seeds.resolve() == theirs / "src/posts"
    assert (config.site.url, config.title) == ("https://mine.example/", "Mine")
    assert config.site.link == ("/words/{slug}/",)


@pytest.mark.parametrize(
    ("page", "texts", "links"),
    [
        ("[lang]/blog/[slug].astro", {}, ("/de/blog/{folder:lower}/{own_slug}", "/de/blog/{path:lower}")),
        ("[lang]/blog/[slug].astro", linked("src/content/blog", "/writing/", "abc"), ("/writing/{folder}/{slug}/",)),
    ],
)
def test_the_page_of_texts_of_astro_may_lie_below_a_language(
    site: Site, theirs: Path, page: str, texts: Files, links: tuple[str, ...]
) -> None:
    config = ASTRO["astro.config.mjs"].replace("base:", "i18n: { defaultLocale: 'de' }, base:")
    files = {"astro.config.mjs": config, f"src/pages/{page}": "", "src/content/blog/one.md": POST}
    move(site, theirs, {**files, **texts})
    assert load(None).site.link == links


def test_a_permalink_that_cannot_be_filled_is_made_of_the_urls_in_the_texts(site: Site, theirs: Path) -> None:
    files = {
        **ELEVENTY,
        "src/posts/posts.json": json.dumps({"permalink": "/{{ page.date | ours }}/{{ page.fileSlug }}/"}),
    }
    move(site, theirs, {**files, **linked("src/posts", "/words/2024/03/", "abc")})
    assert load(None).site.link == ("/words/{year}/{month}/{slug}/",)


def test_a_site_in_a_folder_of_a_larger_repository_is_found(site: Site, theirs: Path) -> None:
    result = move(site, theirs, {f"website/{name}": text for name, text in DOCUSAURUS.items()} | {"docs/a.md": UNDATED})
    assert "the site is in website/" in result.out
    assert load(None).directories.seeds.resolve() == theirs / "website/news"


def test_files_that_are_there_are_kept_and_the_proposal_is_shown(site: Site, theirs: Path) -> None:
    site.configure(title="Mine")
    (site.root / ".gitignore").write_text("mine\nfeeds")
    before = (site.root / "config/feedd.yaml").read_bytes()
    result = move(site, theirs, JEKYLL)
    assert (site.root / "config/feedd.yaml").read_bytes() == before
    assert "kept  config/feedd.yaml (it was there); the proposal would be:\n" in result.out
    assert 'url: "https://jekyll.example/blog/"' in result.out
    assert (site.root / ".gitignore").read_text() == "mine\nfeeds\n/.feedd/\n"
    once = tree(site.root)
    move(site, theirs, JEKYLL)
    assert tree(site.root) == once


def test_the_working_directory_may_be_the_folder_of_the_other_program(
    site: Site, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(theirs, {**JEKYLL, ".gitignore": "_site/\n"})
    before = tree(theirs)
    monkeypatch.chdir(theirs)
    assert site.run("init", "--from", ".").status == 0
    after = tree(theirs)
    assert {name for name, data in after.items() if before.get(name) != data} == {"config/feedd.yaml", ".gitignore"}
    assert (theirs / ".gitignore").read_text() == "_site/\n/feeds/\n/.feedd/\n"
    assert load(None).directories.seeds == Path("_posts")


def test_no_folder_is_made_inside_of_the_folder_of_the_other_program(site: Site, theirs: Path) -> None:
    fill(theirs, JEKYLL)
    before = tree(theirs)
    for directory in (theirs, theirs / "deeper"):
        result = site.run("init", "--from", str(theirs), str(directory))
        assert (result.status, result.out) == (3, "")
        assert "where nothing is written" in result.err
    assert tree(theirs) == before


def test_feeds_are_not_put_among_the_items(site: Site, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(theirs, OBSIDIAN)
    monkeypatch.chdir(theirs)
    result = site.run("init", "--from", ".")
    assert result.status == 3
    assert "the feeds would lie among the items" in result.err
    assert not (theirs / "config").exists()


def test_what_is_no_folder_is_refused(site: Site, theirs: Path) -> None:
    (site.root / "file").write_text("x")
    for name in ("missing", "file"):
        result = site.run("init", "--from", name)
        assert (result.status, result.out) == (3, "")
        assert result.err.startswith(f"feedd: {name}: ")
    assert not (site.root / "config").exists()


def test_another_folder_can_be_named(site: Site, theirs: Path) -> None:
    fill(theirs, JEKYLL)
    result = site.run("init", "--from", str(theirs), "new/feeds")
    assert result.status == 0
    assert "Next: cd new/feeds && feedd check\nThen: feedd render\n" in result.out
    proposed = (site.root / "new/feeds/config/feedd.yaml").read_text().replace("\n# ", " ")
    assert "`feedd render --start-over --nobody-subscribed` makes the ids anew" in proposed


def test_a_script_is_asked_by_the_names_around_its_values() -> None:
    script = Script(
        """
        const URL = "https://a.example"; // url: "no"
        /* path: 'no' */
        export default { url: URL, blog: { path: `news`, "routeBasePath": '/', tags: ["x"] }, on: false, n: 4 };
        config.setInputDirectory('src');
        const preview = fork ? `https://${fork}.example` : undefined, site = preview || "https://b.example";
        """
    )
    assert script.word("site") == "https://b.example"
    assert script.word("url") == "https://a.example"
    assert script.word("blog", "path") == "news"
    assert script.word("routeBasePath") == "/"
    assert script.word("on") == "false"
    assert script.argument("setInputDirectory") == "src"
    assert script.word("missing") == script.argument("missing") == ""


def test_constants_of_python_may_hang_on_constants_and_on_defaults_of_the_environment() -> None:
    found = read_constants(
        "import os\nD = False\nA = 'a' if not D else 'b'\nB = 'a' if D else 'b'\nC = os.environ.get('C', 'c')\n"
        "E = os.getenv('E')\nF = 'f' if os.path else 'g'\nG = 'g' if D or A else 'h'\nH = -D\n"
    )
    assert found == {"D": "false", "A": "a", "B": "b", "C": "c"}


def test_constants_of_python_are_the_ones_that_need_nothing_to_be_run() -> None:
    found = read_constants(
        "A = 'a'\nB = A + 'b'\nC = f'{A}/c'\nD = [1, ('x', None)]\nE: str = 'e'\nF = G = 'f'\nH = len(A)\n"
        "A2 = 'x' * 10**9\nif True:\n    I = 'i'\nE = E.upper()\nJ = f'{A!r}'\nK = {'k': b'x'}\n"
    )
    assert found == {"A": "a", "B": "ab", "C": "a/c", "D": ["1", ["x", None]], "F": "f", "G": "f", "K": {"k": "b'x'"}}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("is_in_git", [True, False])
def test_git_is_proposed_for_dates_where_most_texts_have_none_and_git_knows_them(
    site: Site, theirs: Path, is_in_git: bool
) -> None:
    files = {f"{number}.md": UNDATED.replace("A page", f"Note {number}") for number in range(3)}
    fill(theirs, files)
    if is_in_git:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
        for command in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "Begin")):
            subprocess.run(["git", *command], cwd=theirs, check=True)
    said = site.run("init", "--from", str(theirs), "made").out
    assert ("3 without a date" in said) is not is_in_git
    assert load(site.root / "made/config/feedd.yaml").dates_from == ("git" if is_in_git else None)


def test_each_section_of_zola_with_a_feed_has_a_feed_here(site: Site, theirs: Path) -> None:
    text = "+++\ntitle = 'One'\ndate = 2024-03-02\n+++\nText.\n"
    files = {
        "config.toml": "base_url = 'https://zola.example'\nfeed_filenames = ['feed.xml', 'rss.xml']\n",
        "content/_index.md": "+++\ngenerate_feeds = true\n+++\n",
        "content/one.md": text,
        "content/two.md": text,
        "content/three.md": text,
        "content/Inside News/_index.md": "+++\ngenerate_feeds = true\n+++\n",
        "content/Inside News/one.md": text,
        "content/empty/_index.md": "+++\ngenerate_feeds = true\n+++\n",
    }
    result = move(site, theirs, files)
    assert [(saved.slug, saved.folders) for saved in load(None).feeds] == [("inside-news", ("Inside News/",))]
    new = f"{load(None).base_url}saved/inside-news/"
    assert f"location = /Inside%20News/feed.xml {{ return 301 {new}atom.xml; }}" in result.out
    assert f"location = /Inside%20News/rss.xml {{ return 301 {new}rss.xml; }}" in result.out
    assert f"location = /feed.xml {{ return 301 {load(None).base_url}atom.xml; }}" in result.out
