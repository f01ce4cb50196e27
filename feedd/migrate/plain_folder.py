"""MkDocs, VitePress, VuePress, Hexo, Gatsby, and folders of no program: names of files in; the facts of a site out."""

from __future__ import annotations

from collections.abc import Iterator

from feedd.items.withholding.section_marks import without_braces
from feedd.migrate import addresses
from feedd.migrate.exclusions.excluded_patterns import excluded, list_in_script, of_gitignore
from feedd.migrate.foreign_text import Tree, word, words
from feedd.migrate.links_in_texts import address_of_site
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, domain, flag, language_tag, persons

_GOOD_PART = 50  # the fiftieth
_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")
_NAMES = {".vitepress": "VitePress", ".vuepress": "VuePress"}
_HEXO = ("_config.yml", "_config.yaml")
_OF_HEXO = ("new_post_name", "public_dir", "source_dir", "hexo", "theme_config", "skip_render")
_GATSBY = tuple(f"gatsby-config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs"))
_CONTENT = ("content", "src/content", "")
_HEXOS_LINKS = ":year/:month/:day/:title/"

_CONFIGS = tuple(f"config{end}" for end in (".ts", ".mts", ".js", ".mjs", "/index.ts", "/index.mts", "/index.js"))


def is_mkdocs(site: SiteFolder) -> bool:
    """Whether a folder is a site of MkDocs."""
    return site.first(*_MKDOCS) is not None


def mkdocs_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of MkDocs: its blog where it has one, else all its pages."""
    config = site.tree(site.first(*_MKDOCS))
    docs = word(config, "docs_dir").strip("./") or "docs"
    blog = f"{docs}/blog/posts"
    has_blog = bool(site.items(blog))
    end = ".html" if flag(config, "use_directory_urls") is False else "/"
    return SiteFacts(
        generator="MkDocs",
        url=address(word(config, "site_url")),
        title=word(config, "site_name"),
        description=word(config, "site_description"),
        language=language_tag(word(config, "theme", "language")),
        author=word(config, "site_author"),
        seeds=blog if has_blog else docs,
        ignore=_hidden_by_mkdocs(site, config, blog if has_blog else docs, docs),
        links=((f"/blog/{{year}}/{{month}}/{{day}}/{{title}}{end}",) if has_blog else (f"/{{path}}{end}",)),
        links_from="the blog's default `post_url_format`" if has_blog else "the paths of its pages",
        authors=persons(site.tree(site.first(f"{docs}/blog/.authors.yml")).get("authors")),
        old_feeds=("/feed_rss_created.xml",) if "rss" in site.text(site.first(*_MKDOCS)) else (),
    )


def _hidden_by_mkdocs(site: SiteFolder, config: Tree, seeds: str, docs: str) -> tuple[str, ...]:
    """Patterns for the texts of which MkDocs makes no page, or none that it publishes."""
    keys = ("exclude_docs", "draft_docs")
    return tuple(
        pattern for key in keys for pattern in excluded(site, seeds, docs, of_gitignore(word(config, key)), f"`{key}`")
    )


def is_vitepress(site: SiteFolder) -> bool:
    """Whether a folder is a site of VitePress or of VuePress."""
    return _folder(site) is not None


def vitepress_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of VitePress or of VuePress: all its pages, or those with dates where they lie together."""
    folder = _folder(site) or ""
    root, _, name = f"/{folder}".rpartition("/")
    root = root.strip("/")
    config = site.script(site.first(*(f"{folder}/{each}" for each in _CONFIGS)))
    source = f"{root}/{config.word('srcDir').strip('./')}".strip("/") if config.word("srcDir") else root
    seeds = site.folder_of_dated(source) or source
    url = address(config.word("sitemap", "hostname"), config.word("base")) or address_of_site(site)
    end = "" if config.word("cleanUrls") == "true" else ".html"
    below = seeds.removeprefix(source).strip("/")
    return SiteFacts(
        generator=_NAMES[name],
        url=url,
        title=config.word("title"),
        description=config.word("description"),
        language=language_tag(config.word("lang")),
        seeds=seeds,
        ignore=excluded(site, seeds, source, _hidden_by_vitepress(site, folder), "the configuration of pages"),
        links=(f"/{below}/{{path}}{end}".replace("//", "/"),),
        links_from="the paths of its pages",
        guesses_links=True,
        template=site.first(*(f"{folder}/{each}" for each in _CONFIGS)) or "",
    )


def _hidden_by_vitepress(site: SiteFolder, folder: str) -> list[str]:
    """The patterns for texts of which VitePress, or VuePress, makes no page."""
    text = site.text(site.first(*(f"{folder}/{each}" for each in _CONFIGS)))
    of_pages = (*list_in_script(text, "pagePatterns"), *list_in_script(text, "patterns"))
    return [*list_in_script(text, "srcExclude"), *(each[1:] for each in of_pages if each.startswith("!"))]


def _folder(site: SiteFolder) -> str | None:
    """The folder of the configuration; the uppermost of several."""
    there = [each for each in site.folders if each.rpartition("/")[2] in _NAMES]
    return min(sorted(there), key=lambda each: each.count("/"), default=None)


def is_gatsby(site: SiteFolder) -> bool:
    """Whether a folder is a site of Gatsby."""
    return site.first(*_GATSBY) is not None


def gatsby_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Gatsby. Its links are made by programs: they are as most texts have them, else the paths
    of the texts.
    """
    config = site.script(site.first(*_GATSBY))
    above = next(folder for folder in _CONTENT if not folder or site.items(folder))
    seeds = site.folder_of_dated(above) or above or home(site)[0]
    has_feed = "gatsby-plugin-feed" in site.text(site.first(*_GATSBY))
    return SiteFacts(
        generator="Gatsby",
        url=address(config.word("siteMetadata", "siteUrl") or config.word("siteUrl"), config.word("pathPrefix"))
        or address_of_site(site),
        title=config.word("siteMetadata", "title"),
        description=config.word("siteMetadata", "description"),
        language=language_tag(config.word("siteMetadata", "language")),
        author=config.word("siteMetadata", "author", "name") or config.word("siteMetadata", "author"),
        seeds=seeds,
        links=("/{folder}/{slug}/",),
        links_from="the paths of its texts",
        guesses_links=True,
        old_feeds=(f"/{(config.word('feeds', 'output') or 'rss.xml').lstrip('/')}",) if has_feed else (),
        template=site.first("src/components/seo.js", "src/components/seo.tsx", "src/html.js") or "",
    )


def is_hexo(site: SiteFolder) -> bool:
    """Whether a folder is a site of Hexo. Its configuration has the name of Jekyll's, and other keys."""
    name = site.first(*_HEXO)
    if name is None:
        return False
    if '"hexo"' in site.text(site.first("package.json")):
        return True
    config = site.tree(name)
    return sum(key in config for key in _OF_HEXO) > 1 and site.first("Gemfile") is None


def hexo_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Hexo."""
    config = site.tree(site.first(*_HEXO))
    source = word(config, "source_dir").strip("./") or "source"
    written = word(config, "permalink") or _HEXOS_LINKS
    link = addresses.of_hexo(written, "{slug}" if ":day" in word(config, "new_post_name") else "{name}")
    if link is None:
        site.remarks.append(f"links like {written} (`permalink`) cannot be made; write `site.link` yourself")
    root = word(config, "root").strip("/")
    url = word(config, "url").rstrip("/")
    return SiteFacts(
        generator="Hexo",
        url=address(url if not root or url.endswith(f"/{root}") else f"{url}/{root}"),
        title=word(config, "title"),
        description=word(config, "description") or word(config, "subtitle"),
        language=language_tag(next(iter(words(config, "language")), "")),
        time_zone=word(config, "timezone"),
        days_in_time_zone=True,
        author=word(config, "author"),
        seeds=f"{source}/_posts",
        ignore=tuple(_excluded(site, config, source)),
        links=(link,) if link else (),
        links_from="`permalink`" if word(config, "permalink") else "Hexo's default `permalink`",
        old_feeds=(f"/{word(config, 'feed', 'path') or 'atom.xml'}",),
        template=_template_of_hexo(site, config),
    )


def _excluded(site: SiteFolder, config: Tree, source: str) -> Iterator[str]:
    """Patterns for what Hexo leaves out: `exclude` below the folder of sources, `ignore` below that of the site, and
    what it copies without making a page of it (`skip_render`).
    """
    written = [
        *words(config, "exclude"),
        *words(config, "skip_render"),
        *(each.removeprefix(f"{source}/") for each in words(config, "ignore")),
    ]
    for pattern in written:
        if pattern.startswith("!") or "(" in pattern:
            site.remarks.append(f"`exclude`: {pattern} is not understood; write what it means as `items.ignore`")
            continue
        for each in without_braces(pattern.removeprefix("./").lstrip("/")) or ():
            if each.startswith("_posts/"):
                yield f"./{each.removeprefix('_posts/')}"
            elif each.startswith("**") or "/" not in each:
                yield each


def _template_of_hexo(site: SiteFolder, config: Tree) -> str:
    layout = f"themes/{word(config, 'theme')}/layout"
    names = ("_partial/head.ejs", "partial/head.swig", "partials/head.swig", "layout.ejs", "includes/head.pug")
    return site.first(*(f"{layout}/{name}" for name in names)) or ""


def plain_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a folder of which only the files are known."""
    dated = site.folder_of_dated()
    if not site.items(""):
        site.remarks.append(
            "there is no text in it that feedd reads: a file whose name ends in .md, .markdown, .mdx or .html"
        )
    seeds, include = (dated, ()) if dated else home(site)
    links = _links_of_pages(seeds)
    return SiteFacts(
        url=domain(site, "CNAME"),
        title=word(site.tree(site.first("package.json")), "name") if seeds else "",
        seeds=seeds,
        include=include,
        links=links,
        links_from="the paths of its pages" if links else "",
        guesses_links=True,
    )


def _links_of_pages(seeds: str) -> tuple[str, ...]:
    """The links of texts in a folder `pages`, as programs have it whose pages are where their files are."""
    _, pages, below = f"/{seeds}/".partition("/pages/")
    return (f"/{below}{{path}}",) if pages and below else ()


def home(site: SiteFolder) -> tuple[str, tuple[str, ...]]:
    """The folder in which nearly all texts are; and its folders with texts, if none lie in the folder itself.

    Folders with few texts are left out, which is remarked, unless they have a good part of all texts together.
    """
    seeds = ""
    while True:
        counts = site.sections(seeds)
        here = counts.pop("", 0) - (0 if seeds else len(about(site)))
        total = here + sum(counts.values())
        few = {name: number for name, number in counts.items() if number * 100 < total}
        if sum(few.values()) * _GOOD_PART > total:
            few = {}
        many = sorted(counts.keys() - few.keys())
        if here * 100 >= total:
            return seeds, ()
        for name, number in few.items():
            site.remarks.append(f"texts in {f'{seeds}/{name}'.lstrip('/')}/ are left out: {number}")
        if len(many) != 1:
            return seeds, tuple(many) if few and not seeds else ()
        seeds = f"{seeds}/{many[0]}".lstrip("/")


def about(site: SiteFolder) -> tuple[str, ...]:
    """The files that speak of the folder itself."""
    return tuple(path for path in _ABOUT if path in site.files)


_ABOUT = ("README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md", "LICENSE.md", "SECURITY.md")
