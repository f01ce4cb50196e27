"""Small sites of other generators, each with one habit of theirs: what is published of them, and with which links."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from support import Result, Site, fill

Files = Mapping[str, str]


def post(title: str, *fields: str) -> str:
    return "\n".join(("---", f"title: {title}", *fields, "---", "Text.\n"))


class Case(NamedTuple):
    """A site of another generator, and the links of its entries by their titles."""

    files: Files
    links: Mapping[str, str]


URL = "https://site.example/"
JEKYLL_URL = f"url: {URL}\n"
CASES = {
    "Jekyll passes over a file in `_posts` without a date in its name": Case(
        {
            "_config.yml": JEKYLL_URL,
            "_posts/2024-03-02-dated.md": post("Dated"),
            "_posts/template.md": post("Template", "date: 2024-03-03"),
        },
        {"Dated": "2024/03/02/dated.html"},
    ),
    "Jekyll passes over it in several folders `_posts`, too": Case(
        {
            "_config.yml": JEKYLL_URL,
            "_posts/2024-03-02-one.md": post("One"),
            "news/_posts/old/2024-03-02-two.md": post("Two", "categories: [news, b]"),
            "news/_posts/template.md": post("Template", "date: 2024-03-03"),
        },
        {"One": "2024/03/02/one.html", "Two": "news/b/2024/03/02/two.html"},
    ),
    "Jekyll puts a slash before a permalink without one": Case(
        {"_config.yml": f"{JEKYLL_URL}permalink: notes/:title/\n", "_posts/2024-03-02-one.md": post("One")},
        {"One": "notes/one/"},
    ),
    "Jekyll's `defaults` hold back a folder, but for what says otherwise": Case(
        {
            "_config.yml": f"{JEKYLL_URL}defaults:\n- scope: {{path: _posts/inner, type: posts}}\n"
            "  values: {published: false}\n",
            "_posts/2024-03-02-one.md": post("One"),
            "_posts/inner/2024-03-02-two.md": post("Two"),
            "_posts/inner/2024-03-02-three.md": post("Three", "published: true"),
        },
        {"One": "2024/03/02/one.html", "Three": "2024/03/02/three.html"},
    ),
    "Jekyll's `defaults` hold back a file": Case(
        {
            "_config.yml": f"{JEKYLL_URL}defaults:\n- scope: {{path: _posts/2024-03-02-two.md}}\n"
            "  values: {published: false}\n",
            "_posts/2024-03-02-one.md": post("One"),
            "_posts/2024-03-02-two.md": post("Two"),
        },
        {"One": "2024/03/02/one.html"},
    ),
    "Jekyll's `defaults` give a folder links and categories of its own": Case(
        {
            "_config.yml": f"{JEKYLL_URL}defaults:\n- scope: {{path: _posts/talks}}\n"
            "  values: {permalink: '/talks/:title/'}\n- scope: {path: _posts/news}\n  values: {categories: news b}\n",
            "_posts/2024-03-02-one.md": post("One"),
            "_posts/talks/2024-03-02-two.md": post("Two"),
            "_posts/news/2024-03-02-three.md": post("Three"),
        },
        {"One": "2024/03/02/one.html", "Two": "talks/two/", "Three": "news/b/2024/03/02/three.html"},
    ),
    "Jekyll's collection has the style of `permalink`": Case(
        {
            "_config.yml": f"{JEKYLL_URL}permalink: pretty\ncollections: {{recipes: {{output: true}}}}\n",
            "_recipes/sweet/cake.md": post("Cake", "date: 2024-03-02"),
        },
        {"Cake": "recipes/sweet/cake/"},
    ),
    "Jekyll's `exclude` takes beginnings of paths and patterns": Case(
        {
            "_config.yml": f"{JEKYLL_URL}exclude: [_posts/wip, _posts/2024-03-03-two.md, '*-draft.md', Gemfile]\n",
            "_posts/2024-03-02-one.md": post("One"),
            "_posts/2024-03-03-two.md": post("Two"),
            "_posts/wip/2024-03-02-three.md": post("Three"),
            "_posts/deep/2024-03-02-four-draft.md": post("Four"),
            "_posts/deep/wip/2024-03-02-five.md": post("Five"),
        },
        {"One": "2024/03/02/one.html", "Five": "2024/03/02/five.html"},
    ),
    "Jekyll's `exclude` takes folders with posts, and packages are always left out": Case(
        {
            "_config.yml": f"{JEKYLL_URL}exclude: [old/, news/_posts/x]\n",
            "_posts/2024-03-02-one.md": post("One"),
            "news/_posts/2024-03-02-two.md": post("Two"),
            "news/_posts/xy/2024-03-02-three.md": post("Three"),
            "old/_posts/2024-03-02-four.md": post("Four"),
            "vendor/bundle/jekyll/_posts/2024-03-02-five.md": post("Five"),
        },
        {"One": "2024/03/02/one.html", "Two": "news/2024/03/02/two.html"},
    ),
    "Jekyll takes the folder around its only `_posts` for a category": Case(
        {"_config.yml": JEKYLL_URL, "news/_posts/old/2024-03-02-one.md": post("One")},
        {"One": "news/2024/03/02/one.html"},
    ),
    "Jekyll takes its source for no category": Case(
        {"_config.yml": f"{JEKYLL_URL}source: src\n", "src/_posts/2024-03-02-one.md": post("One")},
        {"One": "2024/03/02/one.html"},
    ),
    "Jekyll's `exclude` holds for pages": Case(
        {
            "_config.yml": f"{JEKYLL_URL}exclude: [internal, 'notes/*secret*']\n",
            "internal/one.md": post("One", "date: 2024-03-02"),
            "about/internal/two.md": post("Two", "date: 2024-03-02"),
            "notes/a/secret/three.md": post("Three", "date: 2024-03-02"),
            "vendor/bundle/four.md": post("Four", "date: 2024-03-02"),
        },
        {"Two": "about/internal/two.html"},
    ),
    "Hugo's `ignoreFiles` are expressions that may match anywhere in a path": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\nignoreFiles: ['\\.draft\\.md$', '/wip/', 'posts/in.*al-', '[xy]{{2}}-']\n",
            "content/posts/one.md": post("One", "date: 2024-03-02"),
            "content/posts/two.draft.md": post("Two", "date: 2024-03-02"),
            "content/posts/wip/three.md": post("Three", "date: 2024-03-02"),
            "content/posts/internal-four.md": post("Four", "date: 2024-03-02"),
            "content/posts/xy-five.md": post("Five", "date: 2024-03-02"),
        },
        {"One": "posts/one/"},
    ),
    "Hugo's mounts leave out files": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\nparams: {{mainSections: [posts, notes, blog]}}\n"
            "module: {mounts: [{source: content, target: content,\n"
            "  excludeFiles: ['posts/{wip,old}/**', '**-draft.md'], includeFiles: ['posts/**', 'notes/**']}]}\n",
            "content/posts/one.md": post("One", "date: 2024-03-02"),
            "content/posts/wip/two.md": post("Two", "date: 2024-03-02"),
            "content/posts/three-draft.md": post("Three", "date: 2024-03-02"),
            "content/notes/four.md": post("Four", "date: 2024-03-02"),
            "content/blog/five.md": post("Five", "date: 2024-03-02"),
        },
        {"One": "posts/one/", "Four": "notes/four/"},
    ),
    "Hugo's sections have links of their own": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\npermalinks: {{news: '/:year/:slug/', talks: '/t/:filename/'}}\n"
            "params: {mainSections: [news, talks, essays]}\n",
            "content/news/one.md": post("One", "date: 2024-03-02"),
            "content/talks/two.md": post("Two", "date: 2024-03-02"),
            "content/essays/three.md": post("Three", "date: 2024-03-02"),
        },
        {"One": "2024/one/", "Two": "t/two/", "Three": "essays/three/"},
    ),
    "Hugo's only section may be left out of links": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\npermalinks: {{posts: '/:sections[1:]/:filename'}}\n",
            "content/posts/science/One.md": post("One", "date: 2024-03-02"),
        },
        {"One": "science/one"},
    ),
    "Hugo's content may be mounted for each language": Case(
        {
            "config/_default/hugo.toml": f"baseURL = '{URL}'\ndefaultContentLanguage = 'en'\n",
            "config/_default/module.yaml": "mounts:\n- {source: content/de, target: content, lang: de}\n"
            "- {source: content/en, target: content, lang: en}\n",
            "content/en/blog/one.md": post("One", "date: 2024-03-02"),
            "content/de/blog/eins.md": post("Eins", "date: 2024-03-02"),
        },
        {"One": "blog/one/"},
    ),
    "Hugo may say links, and the host, for each language": Case(
        {
            "config/_default/config.yaml": "defaultContentLanguage: en\ndefaultContentLanguageInSubdir: true\n"
            "languages:\n"
            f"  en: {{baseUrl: '{URL}', contentDir: content/en, permalinks: {{blog: '/:year/:filename'}}}}\n"
            "  fr: {baseUrl: 'https://fr.example/', contentDir: content/fr, permalinks: {blog: '/n/:filename'}}\n",
            "content/en/blog/one.md": post("One", "date: 2024-03-02"),
            "content/fr/blog/un.md": post("Un", "date: 2024-03-02"),
        },
        {"One": "2024/one"},
    ),
    "Hugo's languages on one host are folders": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\ndefaultContentLanguageInSubdir: true\nlanguages:\n"
            "  en: {contentDir: content/en}\n  fr: {contentDir: content/fr}\n",
            "content/en/blog/one.md": post("One", "date: 2024-03-02"),
        },
        {"One": "en/blog/one/"},
    ),
    "Hugo writes addresses without the marks of names": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\n",
            "content/blog/[Week 1] Ada's: report.md": post("One", "date: 2024-03-02"),
        },
        {"One": "blog/week-1-adas-report/"},
    ),
    "Hugo may keep the capitals of names": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\ndisablePathToLower: true\n",
            "content/blog/[Week 1] Ada's.md": post("One", "date: 2024-03-02"),
        },
        {"One": "blog/Week-1-Adas/"},
    ),
    "Hugo's configuration hides paths by `cascade`": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\ncascade:\n- build: {{list: never, render: never}}\n"
            "  target: {path: '{,/**}/shared{,/**}'}\n- {draft: true, _target: {path: /blog/inner/**}}\n",
            "content/blog/one.md": post("One", "date: 2024-03-02"),
            "content/blog/shared/two.md": post("Two", "date: 2024-03-02"),
            "content/blog/inner/deep/three.md": post("Three", "date: 2024-03-02"),
        },
        {"One": "blog/one/"},
    ),
    "Hugo's file of the whole content hides texts of a section": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\npermalinks: {{blog: '/:section/:slug/'}}\n",
            "content/_index.md": "---\ncascade:\n- {target: {path: /blog/two}, draft: true}\n---\n",
            "content/about.md": post("About"),
            "content/blog/one.md": post("One", "date: 2024-03-02"),
            "content/blog/two.md": post("Two", "date: 2024-03-02"),
        },
        {"One": "blog/one/"},
    ),
    "Hugo's draft section has pages, and Zola's has none": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\n",
            "content/blog/_index.md": "---\ntitle: Blog\ndate: 2024-01-01\ndraft: true\n---\n",
            "content/blog/one.md": post("One", "date: 2024-03-02"),
        },
        {"One": "blog/one/"},
    ),
    "Nikola has its fields in a comment": Case(
        {
            "conf.py": f"BLOG_TITLE = 'N'\nSITE_URL = '{URL}'\nPOSTS = (('posts/*.rst', 'blog', 'post.tmpl'),\n"
            "  ('posts/*.md', 'blog', 'post.tmpl'))\nTIMEZONE = 'Europe/Vienna'\n",
            "posts/2024/a.md": "<!--\n.. title: One\n.. slug: one\n.. date: 2024-03-02\n-->\n\nText.\n",
            "posts/2024/b.md": "<!--\n.. title: Two\n.. date: 2024-03-02\n.. tags: x, draft\n-->\n\nText.\n",
            "posts/2024/c.md": "<!--\n.. title: Three\n.. date: 2024-03-02\n.. status: private\n-->\n\nText.\n",
        },
        {"One": "blog/2024/one/"},
    ),
    "Jekyll's `include` takes back what `exclude` leaves out": Case(
        {
            "_config.yml": f"{JEKYLL_URL}exclude: [_posts/inner/, same]\ninclude: [2024-03-02-two.md, same]\n",
            "_posts/2024-03-02-one.md": post("One"),
            "_posts/inner/2024-03-02-two.md": post("Two"),
            "_posts/inner/2024-03-02-three.md": post("Three"),
        },
        {"One": "2024/03/02/one.html", "Two": "2024/03/02/two.html"},
    ),
    "Hexo makes no page of what it does not render": Case(
        {
            "_config.yml": f"url: {URL}\nroot: /\npermalink: :year/:title/\nsource_dir: source\npublic_dir: public\n"
            "skip_render: ['_posts/raw/**', '_posts/two.md']\n",
            "source/_posts/one.md": post("One", "date: 2024-03-02"),
            "source/_posts/two.md": post("Two", "date: 2024-03-02"),
            "source/_posts/raw/a/three.md": post("Three", "date: 2024-03-02"),
        },
        {"One": "2024/one/"},
    ),
    "Hugo's configuration hides the pages of a language or a kind": Case(
        {
            "hugo.toml": f"baseURL = '{URL}'\n[[cascade]]\ndraft = true\n[cascade.target]\nlang = 'de'\n"
            "[[cascade]]\n[cascade.build]\nlist = 'never'\n[cascade._target]\npath = '/posts/b*'\n"
            "[[cascade]]\ndraft = true\n[cascade.target]\nkind = 'section'\n",
            "content/posts/one.md": post("One", "date: 2024-03-02"),
            "content/posts/two.de.md": post("Two", "date: 2024-03-02"),
            "content/posts/b-three.md": post("Three", "date: 2024-03-02"),
        },
        {"One": "posts/one/"},
    ),
    "Hugo's configuration for production counts": Case(
        {
            "config/_default/hugo.toml": f"baseURL = '{URL}'\n",
            "config/production/cascade.toml": "draft = true\n[target]\npath = '/posts/inner/**'\n",
            "content/posts/one.md": post("One", "date: 2024-03-02"),
            "content/posts/inner/two.md": post("Two", "date: 2024-03-02"),
        },
        {"One": "posts/one/"},
    ),
    "Zola ignores content": Case(
        {
            "config.toml": f"base_url = '{URL}'\nignored_content = ['*.{{x,y}}.md', 'drafts/*']\n",
            "content/blog/one.md": "+++\ntitle = 'One'\ndate = 2024-03-02\n+++\nText.\n",
            "content/blog/two.y.md": "+++\ntitle = 'Two'\ndate = 2024-03-02\n+++\nText.\n",
            "content/blog/drafts/three.md": "+++\ntitle = 'Three'\ndate = 2024-03-02\n+++\nText.\n",
        },
        {"One": "blog/one/"},
    ),
    "MkDocs excludes pages, and has drafts": Case(
        {
            "mkdocs.yml": f"site_url: {URL}\nexclude_docs: |\n  /old/\n  *.tmp.md\n"
            "draft_docs: |\n  drafts/\n  next.md\nnot_in_nav: |\n  shown.md\n",
            "docs/one.md": post("One", "date: 2024-03-02"),
            "docs/shown.md": post("Shown", "date: 2024-03-02"),
            "docs/old/two.md": post("Two", "date: 2024-03-02"),
            "docs/a/drafts/three.md": post("Three", "date: 2024-03-02"),
            "docs/a/next.md": post("Four", "date: 2024-03-02"),
            "docs/a/b.tmp.md": post("Five", "date: 2024-03-02"),
            "docs/a/old/six.md": post("Six", "date: 2024-03-02"),
        },
        {"One": "one/", "Shown": "shown/", "Six": "a/old/six/"},
    ),
    "VitePress excludes sources": Case(
        {
            ".vitepress/config.ts": f"export default {{ sitemap: {{ hostname: '{URL}' }}, srcExclude: [\n"
            "  '**/TODO.md',\n  'drafts/**', ] }\n",
            "one.md": post("One", "date: 2024-03-02"),
            "a/TODO.md": post("Two", "date: 2024-03-02"),
            "drafts/three.md": post("Three", "date: 2024-03-02"),
            "a/drafts/four.md": post("Four", "date: 2024-03-02"),
        },
        {"One": "one.html", "Four": "a/drafts/four.html"},
    ),
    "Quartz ignores notes": Case(
        {
            "quartz.config.ts": "const config = { configuration: { baseUrl: 'site.example',\n"
            "  ignorePatterns: ['private', 'Meetings', '**/*.x.md'] } }\n",
            "content/one.md": post("One", "date: 2024-03-02"),
            "content/Meetings/two.md": post("Two", "date: 2024-03-02"),
            "content/a/three.x.md": post("Three", "date: 2024-03-02"),
        },
        {"One": "one"},
    ),
    "Obsidian excludes files": Case(
        {
            ".obsidian/app.json": '{"userIgnoreFilters": ["Meetings/", "a/two.md"]}',
            "CNAME": "site.example",
            "one.md": post("One", "date: 2024-03-02"),
            "a/two.md": post("Two", "date: 2024-03-02"),
            "Meetings/three.md": post("Three", "date: 2024-03-02"),
        },
        {"One": "one"},
    ),
    "Docusaurus excludes posts": Case(
        {
            "docusaurus.config.js": f"module.exports = {{ url: '{URL}', baseUrl: '/', presets: [['classic',\n"
            "  { blog: { exclude: ['**/wip/**', 'two.md'] } }]] };\n",
            "blog/2024-03-02-one.md": post("One"),
            "blog/two.md": post("Two", "date: 2024-03-02"),
            "blog/a/wip/2024-03-02-three.md": post("Three"),
        },
        {"One": "blog/2024/03/02/one"},
    ),
    "Eleventy ignores files": Case(
        {
            ".eleventy.js": "module.exports = c => { c.ignores.add('src/posts/two.md');\n"
            "  return { dir: { input: 'src' } }; };\n",
            ".eleventyignore": "# not yet\nsrc/posts/wip/\n",
            ".gitignore": "node_modules\n*.private.md\n",
            "src/_data/site.json": f'{{"url": "{URL}"}}',
            "src/posts/one.md": post("One", "date: 2024-03-02"),
            "src/posts/two.md": post("Two", "date: 2024-03-02"),
            "src/posts/wip/three.md": post("Three", "date: 2024-03-02"),
            "src/posts/a/four.private.md": post("Four", "date: 2024-03-02"),
        },
        {"One": "posts/one/"},
    ),
    "Astro's loaders take texts out": Case(
        {
            "astro.config.mjs": f"export default defineConfig({{ site: '{URL}' }});\n",
            "src/content.config.ts": "const blog = defineCollection({ loader: glob({ base: './src/content/blog',\n"
            "  pattern: ['**/*.md', '!**/drafts/**', '!two.md'] }) });\n",
            "src/pages/blog/[...slug].astro": "const posts = await getCollection('blog');\n",
            "src/content/blog/one.md": post("One", "date: 2024-03-02"),
            "src/content/blog/two.md": post("Two", "date: 2024-03-02"),
            "src/content/blog/drafts/three.md": post("Three", "date: 2024-03-02"),
            "src/content/blog/_four.md": post("Four", "date: 2024-03-02"),
        },
        {"One": "blog/one/"},
    ),
    "Nikola withholds by tags, in front matter of YAML, too": Case(
        {
            "conf.py": f"BLOG_TITLE = 'N'\nSITE_URL = '{URL}'\nPOSTS = (('posts/*.md', 'blog', 'post.tmpl'),)\n",
            "posts/a.md": post("One", "slug: one", "date: 2024-03-02", "tags: beer, ale"),
            "posts/b.md": post("Two", "date: 2024-03-02", "tags: beer, draft"),
            "posts/c.md": post("Three", "date: 2024-03-02", "tags: [beer, Private]"),
        },
        {"One": "blog/one/"},
    ),
    "Jekyll's `defaults` hold back drafts and hidden texts": Case(
        {
            "_config.yml": f"{JEKYLL_URL}defaults:\n- scope: {{path: _posts/inner}}\n  values: {{draft: true}}\n"
            "- scope: {path: _posts/2024-03-02-two.md}\n  values: {hidden: true}\n",
            "_posts/2024-03-02-one.md": post("One"),
            "_posts/2024-03-02-two.md": post("Two"),
            "_posts/inner/2024-03-02-three.md": post("Three"),
        },
        {"One": "2024/03/02/one.html"},
    ),
    "Hexo excludes texts": Case(
        {
            "_config.yml": f"url: {URL}\nroot: /\npermalink: :year/:title/\nsource_dir: source\npublic_dir: public\n"
            "exclude: ['_posts/two.md', '_posts/{inner,x}/**', '**/*.test.md']\n",
            "source/_posts/one.md": post("One", "date: 2024-03-02"),
            "source/_posts/two.md": post("Two", "date: 2024-03-02"),
            "source/_posts/inner/three.md": post("Three", "date: 2024-03-02"),
            "source/_posts/outer/four.test.md": post("Four", "date: 2024-03-02"),
        },
        {"One": "2024/one/"},
    ),
    "Notes of a vault ask to be published in any spelling": Case(
        {
            ".obsidian/app.json": "{}",
            "CNAME": "site.example",
            "one.md": post("One", "publish: yes", "date: 2024-03-02"),
            "two.md": post("Two", "date: 2024-03-02"),
        },
        {"One": "one"},
    ),
    "Nikola has the fields of a text in a file beside it": Case(
        {
            "conf.py": f"BLOG_TITLE = 'N'\nSITE_URL = '{URL}'\nPOSTS = (('posts/*.md', 'blog', 'post.tmpl'),)\n",
            "posts/a.md": "<!--\n.. title: One\n.. slug: one\n.. date: 2024-03-02\n-->\n\nText.\n",
            "posts/2024/b[1].md": "# Two\n\nText.\n",
            "posts/2024/b[1].meta": ".. title: Two\n.. date: 2024-03-02\n.. status: draft\n",
        },
        {"One": "blog/one/"},
    ),
    "Eleventy hides folders and texts by files of data": Case(
        {
            ".eleventy.js": "module.exports = { dir: { input: 'src' } };\n",
            "src/_data/site.json": f'{{"url": "{URL}"}}',
            "src/posts/posts.json": '{"permalink": "/words/{{ page.fileSlug }}/", "tags": "posts"}',
            "src/posts/one.md": post("One", "date: 2024-03-02"),
            "src/posts/talks/talks.11tydata.js": "module.exports = { permalink: d => d.x ? false : d.y };\n",
            "src/posts/talks/two.md": post("Two", "date: 2024-03-02"),
            "src/posts/drafts/drafts.json": '{"draft": true}',
            "src/posts/drafts/three.md": post("Three", "date: 2024-03-02"),
            "src/posts/talks/out/out.json": '{"eleventyExcludeFromCollections": true}',
            "src/posts/talks/out/four.md": post("Four", "date: 2024-03-02"),
            "src/posts/none/none.11tydata.mjs": "export default {\n  'permalink': false,\n};\n",
            "src/posts/none/five.md": post("Five", "date: 2024-03-02"),
            "src/posts/six.md": post("Six", "date: 2024-03-02"),
            "src/posts/six.11tydata.json": '{"permalink": false}',
            "src/posts/talks/six.md": post("Another six", "date: 2024-03-02"),
            "src/posts/draft-of-all/other.json": '{"draft": true}',
            "src/posts/draft-of-all/seven.md": post("Seven", "date: 2024-03-02"),
        },
        {"One": "words/one/", "Two": "words/two/", "Another six": "words/six/", "Seven": "words/seven/"},
    ),
    "Hexo has a configuration of Jekyll's name, and keeps dates in names": Case(
        {
            "_config.yml": f"url: {URL}\nroot: /\npermalink: :year/:title/\nnew_post_name: :title.md\n"
            "source_dir: source\npublic_dir: public\n",
            "source/_posts/one.md": post("One", "date: 2024-03-02 10:00:00"),
            "source/_posts/old/2024-03-02-two.md": post("Two"),
        },
        {"One": "2024/one/", "Two": "2024/old/2024-03-02-two/"},
    ),
    "Hexo takes dates out of names": Case(
        {
            "_config.yml": f"url: {URL}\npermalink: news/:year/:month/:day/:title/\n"
            "new_post_name: :year-:month-:day-:title.md\n",
            "package.json": '{"dependencies": {"hexo": "7"}}',
            "source/_posts/2024-03-02-one.md": post("One"),
        },
        {"One": "news/2024/03/02/one/"},
    ),
    "Octopress has its posts where Hexo has them": Case(
        {
            "_config.yml": f"url: {URL}\nsource: source\npermalink: /blog/:year/:title/\n",
            "Gemfile": "gem 'jekyll'\n",
            "source/_posts/2024-03-02-one.markdown": post("One"),
            "source/_posts/two.markdown": post("Two", "date: 2024-03-02"),
        },
        {"One": "blog/2024/one/"},
    ),
    "Eleventy's data may speak of drafts in a comment": Case(
        {
            ".eleventy.js": "module.exports = { dir: { input: 'src' } };\n",
            "src/_data/site.json": f'{{"url": "{URL}"}}',
            "src/posts/posts.11tydata.js": "/**\n * Supports `draft: true`.\n */\n"
            "  // permalink: false\nmodule.exports = {};\n",
            "src/posts/one.md": post("One", "date: 2024-03-02"),
            "src/posts/deep/deep.11tydata.js": "/* all */ module.exports = { draft: true }; // hidden\n",
            "src/posts/deep/two.md": post("Two", "date: 2024-03-02"),
        },
        {"One": "posts/one/"},
    ),
    "Pelican takes a folder for a category": Case(
        {
            "pelicanconf.py": f"SITEURL = '{URL}'\nARTICLE_URL = '{{category}}/{{slug}}.html'\n"
            "FILENAME_METADATA = '(?P<slug>.*)'\nDEFAULT_CATEGORY = 'All Else'\n",
            "content/Deep Sky/One.md": "Title: One\nDate: 2024-03-02\n\nText.\n",
            "content/Deep Sky/two.md": "Title: Two\nDate: 2024-03-02\nCategory: Near\n\nText.\n",
            "content/2024-03-02-three.md": "Title: Three\nDate: 2024-03-02\n\nText.\n",
        },
        {"One": "deep-sky/One.html", "Two": "near/two.html", "Three": "all-else/2024-03-02-three.html"},
    ),
    "Pelican takes no folder for a category if it is told so": Case(
        {
            "settings.py": f"SITENAME = 'P'\nSITEURL = '{URL}'\nARTICLE_URL = '{{category}}/{{slug}}.html'\n"
            "USE_FOLDER_AS_CATEGORY = False\n",
            "content/Deep Sky/One.md": "Title: One\nDate: 2024-03-02\nSlug: first\n\nText.\n",
        },
        {"One": "misc/first.html"},
    ),
    "Jekyll may be in any folder of a repository": Case(
        {
            "README.md": "# A program\n",
            "jekyll/_config.yml": f"{JEKYLL_URL}permalink: /:title/\n",
            "jekyll/_posts/2024-03-02-one.md": post("One"),
        },
        {"One": "one/"},
    ),
    "Jekyll may be in a usual folder beside another one": Case(
        {
            "site/_config.yml": f"{JEKYLL_URL}permalink: /:title/\n",
            "site/_posts/2024-03-02-one.md": post("One"),
            "sample/_config.yml": "url: https://sample.example/\n",
            "sample/_posts/2024-03-02-two.md": post("Two"),
        },
        {"One": "one/"},
    ),
    "Pelican makes no article of a text without a date": Case(
        {
            "pelicanconf.py": f"SITEURL = '{URL}' if True else 'http://localhost:8000'\n",
            "content/one.md": "Title: One\nDate: 2024-03-02\n\nText.\n",
            "content/404.md": "Title: Not found\n\nText.\n",
        },
        {"One": "one.html"},
    ),
    "Pelican has other addresses for texts in other languages": Case(
        {
            "pelicanconf.py": f"SITEURL = '{URL}'\nDEFAULT_LANG = 'en'\nARTICLE_LANG_URL = '{{lang}}/{{slug}}/'\n",
            "content/one.md": "Title: One\nDate: 2024-03-02\nLang: en\n\nText.\n",
            "content/two.md": "Title: Two\nDate: 2024-03-02\nLang: fr\nSlug: deux\n\nText.\n",
        },
        {"One": "one.html", "Two": "fr/deux/"},
    ),
    "Pelican takes all after the first colon for the text": Case(
        {
            "pelicanconf.py": f"SITEURL = '{URL}'\n",
            "content/one.md": "---\ntitle: One: a text\ndate: 2024-03-02\nslug: one\n---\nText.\n",
            "content/two.md": "Title:Two\nDate: 2024-03-02\n\nText.\n",
        },
        {"One: a text": "one.html", "Two": "two.html"},
    ),
    "Eleventy's configuration may have a name that a script gives": Case(
        {
            "package.json": '{"scripts": {"build": "npx eleventy --config=config/11ty.js"}}',
            "config/11ty.js": "module.exports = { dir: { input: 'src' } };\n",
            "src/_data/site.json": f'{{"url": "{URL}"}}',
            "src/posts/one.md": post("One", "date: 2024-03-02"),
        },
        {"One": "posts/one/"},
    ),
    "Jekyll publishes a text whose date of expiry is past": Case(
        {
            "_config.yml": f"{JEKYLL_URL}permalink: /:title/\n",
            "_posts/2024-03-02-one.md": post("One", "expiration_date: 2024-04-01"),
        },
        {"One": "one/"},
    ),
    "Obsidian Publish has a folder of the vault": Case(
        {
            ".obsidian/app.json": "{}",
            "CNAME": "site.example",
            "README.md": "About the vault.",
            "en/Home.md": "".join(f"See {URL}Plugins/{name}+note#part and [[Home]].\n" for name in ("A", "B", "C")),
            **{f"en/Plugins/{name} note.md": f"---\ndate: 2024-03-02\n---\n{name}.\n" for name in ("A", "B", "C")},
        },
        {"Home": "Home", **{f"{name} note": f"Plugins/{name}+note" for name in ("A", "B", "C")}},
    ),
    "Pelican makes no articles of texts without a title": Case(
        {
            "pelicanconf.py": f"SITEURL = '{URL}'\n",
            "content/one.md": post("One", "date: 2024-03-02"),
            "content/two.md": "Date: 2024-03-02\n\nText.\n",
            "content/data/three.md": "Date: 2024-03-02\n\nText.\n",
            **{f"content/data/cve/{number}.md": "---\ndate: 2024-03-02\n---\nText.\n" for number in range(50)},
            "content/mixed/four.md": "---\ndate: 2024-03-02\n---\nText.\n",
            "content/six.md": "---\ndate: 2024-03-02\n---\nText.\n",
            "content/mixed/deep/five.md": post("Five", "date: 2024-03-02"),
        },
        {"One": "one.html", "Five": "five.html"},
    ),
    "Hugo makes no pages of what lies beside an index": Case(
        {
            "hugo.yaml": f"baseURL: {URL}\n",
            "content/posts/one/index.html": post("One", "date: 2024-03-02"),
            "content/posts/one/parts/two.md": post("Two", "date: 2024-03-02"),
            "content/posts/one/three.html": post("Three", "date: 2024-03-02"),
            "content/posts/four/index.md": post("Four", "date: 2024-03-02"),
            "content/posts/four/index.html": post("Five", "date: 2024-03-02"),
            "content/posts/six/index.markdown": post("Six", "date: 2024-03-02"),
            "content/posts/six/seven.markdown": post("Seven", "date: 2024-03-02"),
        },
        {"One": "posts/one/", "Four": "posts/four/", "Six": "posts/six/"},
    ),
    "Jekyll makes links of the days in its time zone": Case(
        {
            "_config.yml": f"{JEKYLL_URL}timezone: Asia/Tokyo\n",
            "_posts/2024-03-01-one.md": post("One", "date: 2024-03-01 21:00:00 -0500"),
            "_posts/2024-03-01-two.md": post("Two", "date: 2024-03-01 21:00:00"),
        },
        {"One": "2024/03/02/one.html", "Two": "2024/03/01/two.html"},
    ),
    "Quartz finds notes by their names": Case(
        {
            "quartz.config.ts": "export default { configuration: { baseUrl: 'site.example' }, plugins: [\n"
            "  Plugin.CrawlLinks({ markdownLinkResolution: 'shortest' })] }\n",
            "content/deep/one.md": post("One", "date: 2024-03-02"),
        },
        {"One": "deep/one"},
    ),
    "Pelican may have a date for all": Case(
        {
            "pelicanconf.py": f"SITEURL = '{URL}'\nDEFAULT_DATE = 'fs'\n",
            "content/one.md": "Title: One\nDate: 2024-03-02\n\nText.\n",
            "content/two.md": "Title: Two\n\nText.\n",
        },
        {"One": "one.html", "Two": "two.html"},
    ),
    "Zola's feeds pass over pages without a date": Case(
        {
            "config.toml": f"base_url = '{URL}'\n",
            "content/blog/one.md": "+++\ntitle = 'One'\ndate = 2024-03-02\n+++\nText.\n",
            "content/blog/2024-03-03-two.md": "+++\ntitle = 'Two'\n+++\nText.\n",
            "content/blog/three.md": "+++\ntitle = 'Three'\n+++\nText.\n",
        },
        {"One": "blog/one/", "Two": "blog/two/"},
    ),
    "Zola's pages may have their dates in `path`": Case(
        {
            "config.toml": f"base_url = '{URL}'\n",
            "content/one.md": "+++\npath = '2024/03/02/Release-1.98.0'\ntitle = 'One'\n+++\nText.\n",
            "content/two.md": "+++\npath = '/notes/2024/03/03/two/'\ntitle = 'Two'\n+++\nText.\n",
            "content/releases/latest.md": "+++\ntemplate = 'latest.html'\n+++\n",
        },
        {"One": "2024/03/02/Release-1.98.0/", "Two": "notes/2024/03/03/two/"},
    ),
    "Pelican makes slugs of titles without points and accents": Case(
        {
            "pelicanconf.py": f"SITEURL = '{URL}'\n",
            "content/one.md": "Title: État 0.9\nDate: 2024-03-02\n\nText.\n",
        },
        {"État 0.9": "etat-09.html"},
    ),
    "Zola publishes no page of a draft section": Case(
        {
            "config.toml": f"base_url = '{URL}'\n",
            "content/blog/one.md": "+++\ntitle = 'One'\ndate = 2024-03-02\n+++\nText.\n",
            "content/blog/old/_index.md": "+++\ntitle = 'Old'\ndraft = true\n+++\n",
            "content/blog/old/two.md": "+++\ntitle = 'Two'\ndate = 2024-03-02\n+++\nText.\n",
        },
        {"One": "blog/one/"},
    ),
}


def move(site: Site, theirs: Path, files: Files, status: int = 0) -> Result:
    fill(theirs, files)
    result = site.run("init", "--from", str(theirs))
    assert result.status == status, result
    return result


@pytest.mark.parametrize("habit", CASES)
def test_what_is_published_and_where_it_is(site: Site, theirs: Path, habit: str) -> None:
    move(site, theirs, CASES[habit].files)
    site.render()
    links = {entry.title: entry.link for entry in site.feed().entries}
    assert links == {title: f"https://site.example/{path}" for title, path in CASES[habit].links.items()}


@pytest.mark.parametrize("folder", ["../../x", "/etc", "a/../../x"])
def test_texts_outside_of_the_folder_are_not_looked_at(site: Site, theirs: Path, folder: str) -> None:
    result = move(site, theirs, {"hugo.yaml": f"baseURL: {URL}\ncontentDir: {folder}\n", "content/a.md": "# A\n"}, 3)
    assert f"the texts are in {folder}, outside of the folder" in result.err
    assert not (site.root / "config").exists()


def test_a_site_without_a_title_has_the_name_of_its_host(site: Site, theirs: Path) -> None:
    move(site, theirs, {"_config.yml": JEKYLL_URL, "_posts/2024-03-02-one.md": post("One")})
    site.render()
    assert site.feed().feed.title == "site.example"


def test_a_draft_of_the_whole_content_of_zola_withholds_its_only_section(site: Site, theirs: Path) -> None:
    files = {
        "config.toml": f'base_url = "{URL}"\n',
        "content/_index.md": "+++\ndraft = true\n+++\n",
        "content/blog/one.md": "+++\ntitle = 'One'\ndate = 2024-03-02\n+++\nText.\n",
    }
    move(site, theirs, files)
    assert "there is no item to publish" in site.run("render").err
    (theirs / "content/_index.md").write_text("+++\ntitle = 'All'\n+++\n")
    site.render()
    assert [entry.link for entry in site.feed().entries] == [f"{URL}blog/one/"]


def test_data_of_eleventy_that_hides_the_whole_folder_is_heeded_and_said(site: Site, theirs: Path) -> None:
    files = {
        ".eleventy.js": "module.exports = {};\n",
        "posts/posts.json": '{"eleventyExcludeFromCollections": true}',
        "posts/2024-03-02-one.md": post("One"),
    }
    result = move(site, theirs, files)
    assert "withhold, for as long as these say so: 1 (posts/2024-03-02-one.md)" in result.out
    assert "there is no item to publish" in site.run("render").err
    (theirs / "posts/posts.json").write_text("{}")
    site.render()
    assert len(site.feed().entries) == 1


def test_data_of_eleventy_under_a_name_of_its_configuration_is_heeded_and_said(site: Site, theirs: Path) -> None:
    files = {
        ".eleventy.js": "module.exports = c => { c.setDataFileBaseName('data'); };\n",
        "posts/2024-03-02-one.md": post("One"),
        "posts/inner/data.json": '{"draft": true}',
        "posts/inner/2024-03-02-two.md": post("Two"),
    }
    assert "posts/inner/ is left out, as posts/inner/data.json hides it" in move(site, theirs, files).out
    site.render()
    assert [entry.title for entry in site.feed().entries] == ["One"]


@pytest.mark.parametrize("name", ["_index.md", "inner.json"])
def test_texts_below_a_file_that_withholds_them_are_no_evidence(site: Site, theirs: Path, name: str) -> None:
    links = "".join(f"[{n}](https://secret.example/n/{n}/)\n" for n in ("aa", "bb", "cc", "dd", "ee", "ff", "gg"))
    files = {f"{n}.md": f"# {n}\n\nText.\n" for n in ("aa", "bb", "cc", "dd", "ee", "ff", "gg")}
    files |= {"inner/hidden.md": f"# Hidden\n\n{links}", f"inner/{name}": "{}"}
    assert "secret.example" in move(site, theirs, files).out
    (theirs / "inner" / name).write_text(
        "---\ncascade: {draft: true}\n---\n" if name == "_index.md" else '{"draft": true}'
    )
    (site.root / "config/feedd.yaml").unlink()
    result = site.run("init", "--from", str(theirs))
    assert "secret.example" not in result.out + (site.root / "config/feedd.yaml").read_text()


def test_fields_that_plainly_are_a_title_or_a_summary_are_suggested(site: Site, theirs: Path) -> None:
    def text(number: int) -> str:
        fields = f"newstitle: Number {number}\nlead_summary: X.\nsubtitle_x: x\nnewsdate: 2024-01-0{number}"
        return f"---\n{fields}\n---\nText.\n"

    files = {f"{number}.md": text(number) for number in range(1, 6)} | {"six.md": "---\nothertitle: x\n---\nText.\n"}
    move(site, theirs, files)
    written = (site.root / "config/feedd.yaml").read_text()
    assert "# fields:\n#   title: newstitle\n" in written
    assert "#   date: newsdate\n#   summary: lead_summary\n" in written
    assert "othertitle" not in written
    lines = "fields:\n  title: newstitle\n  summary: lead_summary\n  date: newsdate\n"
    (site.root / "config/feedd.yaml").write_text(written.replace("# fields:", lines + "# fields:"))
    site.render()
    assert {f"Number {number}" for number in range(1, 6)} < {entry.title for entry in site.feed().entries}


def test_jekylls_defaults_name_authors(site: Site, theirs: Path) -> None:
    files = {
        "_config.yml": f"{JEKYLL_URL}defaults:\n- scope: {{path: '', type: posts}}\n  values: {{author: ada}}\n",
        "_data/authors.yml": "ada: {name: Ada Example}\n",
        "_posts/2024-03-02-one.md": post("One"),
        "_posts/2024-03-02-two.md": post("Two", "author: Bob"),
    }
    move(site, theirs, files)
    site.render()
    assert {each.title: [author.name for author in each.authors] for each in site.feed().entries} == {
        "One": ["Ada Example"],
        "Two": ["Bob"],
    }


def test_jekylls_separator_of_summaries_is_proposed(site: Site, theirs: Path) -> None:
    files = {
        "_config.yml": f"{JEKYLL_URL}excerpt_separator: '[cut]'\n",
        "_posts/2024-03-02-one.md": "---\ntitle: One\n---\nFirst.\n\nSecond.\n\n[cut]\n\nThird.\n",
    }
    move(site, theirs, files)
    site.render()
    (entry,) = site.feed().entries
    assert entry.summary == "First. Second."


@pytest.mark.parametrize("separator", ["<!--more-->", '"\\n\\n"', "<!-- excerpt -->"])
def test_a_separator_that_is_known_anyway_is_not_proposed(site: Site, theirs: Path, separator: str) -> None:
    files = {"_config.yml": f"{JEKYLL_URL}excerpt_separator: {separator}\n", "_posts/2024-03-02-one.md": post("One")}
    move(site, theirs, files)
    assert "excerpt_separator" not in (site.root / "config/feedd.yaml").read_text()


def test_the_example_of_a_link_is_that_of_a_text_that_is_published(site: Site, theirs: Path) -> None:
    files = {
        "_config.yml": JEKYLL_URL,
        "_posts/2024-03-02-one.md": post("One"),
        "_posts/2024-03-03-two.md": post("Two", "published: false"),
        "_posts/2999-03-03-three.md": post("Three"),
    }
    assert "links like https://site.example/2024/03/02/one.html" in move(site, theirs, files).out


@pytest.mark.parametrize(("written", "name"), [("ada", "Ada Example"), ("Bob", "Bob"), ("{name: Bob}", "Bob")])
def test_jekylls_author_of_the_site_may_be_a_key_of_authors(site: Site, theirs: Path, written: str, name: str) -> None:
    files = {
        "_config.yml": f"{JEKYLL_URL}author: {written}\n",
        "_data/authors.yml": "ada: {name: Ada Example}\n",
        "_posts/2024-03-02-one.md": post("One"),
    }
    move(site, theirs, files)
    site.render()
    assert site.feed().feed.author == name


@pytest.mark.parametrize("of_config", ["", "params: {mainSections: [posts, notes]}\n"])
def test_hugos_sections_with_dates_that_are_left_out_are_said(site: Site, theirs: Path, of_config: str) -> None:
    files = {f"content/{name}/{at}.md": post(name, "date: 2024-03-02") for name in ("posts", "notes") for at in "ab"}
    result = move(site, theirs, {**files, "hugo.yaml": f"baseURL: {URL}\n{of_config}", "content/about.md": post("A")})
    said = "sections whose texts have dates, too, are left out (notes: 2)"
    assert (said in result.out, "4 files" in result.out) == (not of_config, bool(of_config))


def test_a_file_that_cannot_be_read_is_named(site: Site, theirs: Path) -> None:
    broken = "---\ntitle: [\n---\nText.\n"
    files = {"_config.yml": JEKYLL_URL, "_posts/2024-03-02-one.md": post("One"), "_posts/2024-03-03-two.md": broken}
    assert "  2024-03-03-two.md:3 cannot be read: " in move(site, theirs, files).out


def test_a_field_that_cannot_be_read_is_named_with_its_line(site: Site, theirs: Path) -> None:
    files = {"_config.yml": JEKYLL_URL}
    for day in (2, 3):
        files[f"_posts/2024-03-0{day}-a.md"] = post("A", "draft: maybe")
    said = "  2024-03-02-a.md:3 and 1 more cannot be read: draft: expected true or false"
    assert said in move(site, theirs, files).out


def test_a_site_without_an_address_is_given_no_line_for_its_pages(site: Site, theirs: Path) -> None:
    result = move(site, theirs, {"_config.yml": "title: T\n", "_posts/2024-03-02-one.md": post("One")})
    assert "localhost" not in result.out
    assert "The address of the site is not known" in result.out


def test_a_proposal_is_written_whoever_reads_what_is_said(site: Site, theirs: Path) -> None:
    fill(theirs, {"_config.yml": JEKYLL_URL, "_posts/2024-03-02-one.md": post("One")})
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "feedd", "init", "--from", str(theirs)]
    subprocess.run(command, cwd=site.root, stdout=writing, env={**os.environ, "PYTHONUNBUFFERED": "1"}, check=True)
    os.close(writing)
    assert (site.root / "config/feedd.yaml").exists()
