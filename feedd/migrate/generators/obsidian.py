"""Obsidian: names of files and their first lines in; the facts of a vault out."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote

from feedd.items.decoders import is_true
from feedd.items.foreign.missing_titles import why_no_item
from feedd.migrate.exclusions.excluded_patterns import excluded
from feedd.migrate.foreign_text import word, words
from feedd.migrate.plain_folder import about, home
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, domain
from feedd.patterns import late_pattern

# In a line of its own, `[[word]]` is as likely a table of TOML.
_WIKI_LINK = late_pattern(r"[^\n]\[\[[^\[\]\n]{1,200}\]\]|\[\[(?![\w.-]+\]\][ \t]*$)[^\[\]\n]{1,200}\]\]", re.MULTILINE)
_LINKED = 0.3  # the share of texts with wiki links that makes a folder a vault
_ASKS = late_pattern(r"^[\"']?(dg-publish|publish)[\"']?[ \t]*:[ \t]*[\"']?(\w+)", re.MULTILINE | re.IGNORECASE)
_PATH_OF_URL = late_pattern(r"https?://[^\s/]{1,200}/([^\s()<>\"'#?]{1,400})")
_LEAST_URLS, _MOST_NOTES = 3, 1500
_KEPT = frozenset(("private", "templates", "template"))


def is_obsidian(site: SiteFolder) -> bool:
    """Whether a folder is a vault of Obsidian. `.obsidian` is often kept out of repositories; wiki links are not."""
    return ".obsidian" in site.folders or site.share("", _WIKI_LINK) >= _LINKED


def obsidian_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a vault of Obsidian."""
    templates = word(site.tree(site.first(".obsidian/templates.json")), "folder").strip("/")
    seeds = _published_folder(site) if ".obsidian" in site.folders else home(site)[0]
    if not seeds:
        site.remarks.clear()  # of folders with few notes: the notes of a vault are wherever their author wants them
    named = (f"{templates}/",) if templates in site.folders and templates else ()
    return SiteFacts(
        generator="Obsidian",
        url=domain(site, "CNAME"),
        title=site.name,
        seeds=seeds,
        ignore=tuple(dict.fromkeys((*named, *kept_back(site, seeds), *_excluded(site, seeds), *about(site)))),
        links=("/{path:plus}",),
        links_from="the paths of its notes",
        asking=asking_field(site, seeds),
    )


def _published_folder(site: SiteFolder) -> str:
    """The folder of a vault that is the site, where all notes lie in it, and URLs in them have their paths below it; ""
    if the whole vault may be.
    """
    notes = frozenset(path for path in site.items("") if why_no_item(path) is None)
    folders = {path.rpartition("/")[0].partition("/")[0] for path in notes}
    if len(folders) != 1 or "" in folders:
        return ""
    (folder,) = folders
    texts = (site.quiet_text(path) for path in sorted(notes)[:: max(1, len(notes) // _MOST_NOTES)])
    told = {unquote(url.replace("+", " ")) for text in texts for url in _PATH_OF_URL.findall(text)}
    inside = sum(f"{folder}/{path}.md" in notes for path in told)
    return folder if inside >= _LEAST_URLS and inside > sum(f"{path}.md" in notes for path in told) else ""


def _excluded(site: SiteFolder, seeds: str) -> tuple[str, ...]:
    """Patterns for the files that Obsidian excludes from its search. An expression, between slashes, is remarked."""
    written = words(site.tree(site.first(".obsidian/app.json")), "userIgnoreFilters")
    for each in written:
        if each.startswith("/") and each.endswith("/") and len(each) > 1:
            site.remarks.append(f"`userIgnoreFilters`: {each} is not understood; write what it means as `items.ignore`")
    plain = [each for each in written if not each.startswith("/")]
    return excluded(site, seeds, "", plain, "the list of excluded files")


def kept_back(site: SiteFolder, seeds: str) -> tuple[str, ...]:
    """Patterns for drawings, and for folders that by their name are for nobody else to read, which is remarked."""
    below = f"{seeds}/" if seeds else ""
    paths = [path.removeprefix(below) for path in site.items(seeds)]
    folders = sorted({folder for path in paths if (folder := _kept_folder(path))})
    site.remarks.extend(f"the texts in {folder}/ are left out" for folder in folders)
    drawings = ("*.excalidraw.md",) if any(path.endswith(".excalidraw.md") for path in paths) else ()
    return (*(f"{folder}/" for folder in folders), *drawings)


def _kept_folder(path: str) -> str:
    """The uppermost folder of a note that is private or holds templates; empty if there is none."""
    names = path.split("/")[:-1]
    at = next((at for at, name in enumerate(names) if name.lower() in _KEPT), None)
    return "" if at is None else "/".join(names[: at + 1])


def asking_field(site: SiteFolder, seeds: str) -> str:
    """The field by which notes ask to be published, if any note asks so: then no other note is. Else empty."""
    fields = (found for path in site.items(seeds) for found in _ASKS.finditer(site.front(path)))
    asked = Counter(found[1].lower() for found in fields if is_true(found[2]))
    return asked.most_common(1)[0][0] if asked else ""
