"""Old addresses: paths at which other programs published feeds, in; their successors, out.

    feed.xml: atom.xml, blog: topics/blog -- moved_addresses --> the same, as far as these feeds are there

No slug and no name of a view has a "." in it. So a path is a document exactly if there is a "." in its last part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from feedd.select.folders import FOLDERS


def is_document(path: str) -> bool:
    """Whether a path, below the base URL, is the path of a document. Else it is the path of a folder."""
    return "." in path.rpartition("/")[2]


def feed_in(path: str) -> str:
    """The folder of the feed to which a document or a folder belongs, such as `topics/ai`; "" for the feed of all."""
    family, _, rest = path.partition("/")
    slug = rest.partition("/")[0]
    return f"{family}/{slug}" if slug and f"{family}/" in FOLDERS.values() else ""


def is_old_address(path: str) -> bool:
    """Whether a path of the setting `retired` is not the folder of a feed of feedd's."""
    return feed_in(path) != path or is_document(path)


def moved_addresses(
    retired: Mapping[str, str | None], gone: Mapping[str, str | None], folders: Collection[str]
) -> tuple[dict[str, str | None], list[str]]:
    """The old addresses in `retired`, each with the path that took its place, or None. The second value lists mistakes,
    as sentences for the user. `gone`: the folders of retired feeds with their successors'. `folders`: of all feeds.
    """
    found: dict[str, str | None] = {}
    wrong: list[str] = []
    for old, now in retired.items():
        if not is_old_address(old):
            continue
        feed = feed_in(now) if now is not None else ""
        if now is None or not feed:
            found[old] = now
        elif feed in gone:
            successor = gone[feed]
            found[old] = None if successor is None else successor + now.removeprefix(feed)
        elif feed in folders:
            found[old] = now
        else:
            wrong.append(f"retired: {old} leads nowhere, since {feed} is no feed that could take its place")
    return found, wrong
