"""Assembly: items with their records, in; Entries and Feeds, ready to be rendered, out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from feedd.decide.records import EntryRecord
from feedd.html.related_links import merge_related
from feedd.items import text, urls
from feedd.items.reading_settings import LONGEST_ON_PAGE
from feedd.items.references import LocalFile, References, references
from feedd.model import (
    Author,
    Category,
    Enclosure,
    Entry,
    Feed,
    FeedId,
    Item,
    MirroredPicture,
    Person,
    Related,
    RemoteFile,
)
from feedd.render import FORMATS, PAGE
from feedd.render.directory import Link, ListedFeed, Listing
from feedd.render.podcasts import podcast_of
from feedd.render.site_info import SiteInfo
from feedd.select.folders import FOLDERS, NAMED_KINDS, FeedSummary, feed_folder
from feedd.select.languages import main_language
from feedd.select.membership import ALL, names_in, topics_of
from feedd.select.ranking import ProviderOnly, RankKey, RankSettings, rank_key
from feedd.select.settings import TOPICS_FROM
from feedd.select.slugs import entry_url
from feedd.select.topics import Topic, name_key
from feedd.select.views import FAMILIES, VIEWS
from feedd.words.site_words import Words, module_names


def document_names(site: SiteInfo, identity: FeedId, *, archived: bool = False) -> tuple[str, ...]:
    """The names of the documents of a feed. The feed of all has no page of its own unless it has archives: its page is
    the site's.
    """
    return (*site.formats, PAGE.name) if site.pages and (archived or identity != ALL) else site.formats


class Member(Struct, frozen=True, tag=True):
    """One member of a feed, with all inputs of its Entry. `pages` are the pages that its body links to, by page key,
    with their URLs. `story_others` are the other entries of the story that it leads. `fingerprint` is a digest of all
    inputs. `place` and `files` are for `references`: where an item without a link is on its site, and the files beside
    the items that it refers to. `remote` is its enclosure as a server describes it. `pictures` are those of its
    pictures that are mirrored, by their addresses on other sites.
    """

    record: EntryRecord
    item: Item
    categories: tuple[Category, ...]
    pages: tuple[tuple[str, str], ...]
    story_others: tuple[Related, ...]
    fingerprint: bytes
    place: str | None = None
    files: tuple[tuple[str, LocalFile], ...] = ()
    remote: RemoteFile | None = None
    pictures: tuple[tuple[str, MirroredPicture], ...] = ()


def _references(member: Member, site: SiteInfo) -> References:
    urls_of = site.base_url, site.site_url, site.media_prefix
    found = references(member.item, *urls_of, member.place, dict(member.files))
    return found._replace(finds_by_name=site.links_by_name)


def to_ask(member: Member, site: SiteInfo) -> str | None:
    """The address of an enclosure whose size or type nobody has written and only its server knows; else None."""
    found = _references(member, site).enclosure(member.item.enclosure)
    return found.url if found is not None and (not found.size or found.media_type is None) else None


def make_entry(member: Member, site: SiteInfo, *, on_page: bool = False) -> Entry:
    """A shown item as subscribers see it. `on_page`: for the page of its own, where its whole body is."""
    from feedd.html import content, elements
    from feedd.html.shown_pictures import shown_pictures

    record, item = member.record, member.item
    assert record.published is not None  # noqa: S101 - it is shown, so it has both dates
    assert record.updated is not None  # noqa: S101
    provider = item.provider
    names = tuple(each.name for each in item.authors) or (provider.authors if provider else ())
    uri = urls.http_url(f"https://{provider.domain}/") if provider and provider.domain and not names else None
    if provider is None and not item.authors:
        uri = site.author_uri
    whole = replace(item, related=merge_related(item, member.story_others)) if member.story_others else item
    refers = _references(member, site)
    words = entry_words(site, item.locale)
    html: str | None
    markdown: str | None = None
    link = item.link or page_url(record, site)
    pages = dict(member.pages).get
    longest = LONGEST_ON_PAGE if on_page else site.content_limit
    html, summary = content.entry_texts(
        whole,
        base_url=site.base_url,
        page_url=pages,
        refers=refers,
        longest=longest,
        whole=None if on_page else link,
        words=words,
    )
    if (item.content or site.content) == "summary":  # without a link, Atom asks for content (RFC 4287, section 4.1.2)
        html = None if link else elements.paragraph(summary)
    elif site.markdown_source and not on_page:
        markdown = content.markdown_text(item, html, page_url=pages, refers=refers, longest=longest)
    shown = shown_pictures(item, html, content.picture(item, refers), member.pictures, site.base_url, site.mirror)
    return Entry(
        id=record.id,
        fingerprint=member.fingerprint,
        title=item.title,
        link=link,
        published=record.published,
        updated=record.updated,
        authors=names or ((provider.name,) if provider else (site.author,)),
        author_uri=uri,
        author_uris=tuple(each.url for each in item.authors),
        summary=summary,
        content=None if shown.html is None else content.directed(shown.html, item.locale or site.language),
        categories=member.categories,
        image=shown.image,
        video=urls.youtube_page(item.video_id) if item.video_id else None,
        duration=item.length if item.video_id else None,
        language=item.locale if item.locale and item.locale != site.language else None,
        enclosure=_as_described(refers.enclosure(item.enclosure), member.remote),
        episode=refers.episode(item.episode),
        people=_people(item, refers),
        guid=record.guid,
        markdown=markdown,
        picture=shown.picture,
        mirrored=shown.mirrored,
        thumbnail=shown.thumbnail,
        elsewhere=shown.elsewhere,
        words=words,
    )


def entry_words(site: SiteInfo, language: str | None) -> Words:
    """Feedd's own words in an entry of this language, None for that of the site. They are the site's in every entry. In
    entries of other languages a site in English does not mark them: documents of earlier versions stay as they are.
    """
    is_marked = language is not None and module_names(site.language)[-1] != "en"
    return site.words.inside(language) if is_marked else site.words


def _as_described(found: Enclosure | None, remote: RemoteFile | None) -> Enclosure | None:
    """An enclosure, with what its server says where nobody has written it. The server may have been asked for another
    address, before the item or the configuration changed.
    """
    if found is None or remote is None or remote.url != found.url:
        return found
    return replace(found, size=found.size or remote.size, media_type=found.media_type or remote.media_type)


def _people(item: Item, refers: References) -> tuple[Person, ...]:
    """Who made an episode, with absolute URLs. An item that is no episode names its authors in its texts alone."""
    if item.enclosure is None and item.episode is None:
        return ()
    return tuple(replace(each, image=refers.picture(each.image) if each.image else None) for each in item.authors)


def page_url(record: EntryRecord, site: SiteInfo) -> str | None:
    """The address of the page that an entry without a link has; None for others, and where there are no pages."""
    if site.entry_pages_below is None or record.slug is None or record.link is not None:
        return None
    return entry_url(site.entry_pages_below, record.slug)


def sort_key(record: EntryRecord, rank: RankSettings) -> RankKey:
    """The key by which a feed's members are ordered, greatest first."""
    assert record.published is not None  # noqa: S101 - it is shown
    return rank_key(record, record.published, record.id, rank)


def make_feed(
    summary: FeedSummary, items: Iterable[ProviderOnly], site: SiteInfo, heats: tuple[float, ...] | None = None
) -> Feed:
    """A feed without its entries. `items` are its members' items, in order; only the first are read, until an icon is
    found. `heats` are the members' heats, for a list.
    """
    folder = feed_folder(summary.identity, summary.slug)
    listed, words = list_feed(summary, site), feed_words(summary, site)
    subtitle, own_subtitle = _subtitle(summary, listed, site, words)
    base = site.base_url + quote(folder)
    podcast = podcast_of(summary.identity, base, site)
    icon = site.icon
    if summary.identity.kind == "provider":
        icon = next(filter(None, (_provider_icon(item, site.base_url) for item in items)), icon)
    return Feed(
        identity=summary.identity,
        id=summary.id,
        folder=folder,
        title=listed.title,
        subtitle=subtitle,
        home=listed.home,
        base=base,
        updated=summary.updated,
        language=_language(summary, site),
        author=Author(site.author, site.author_uri, site.author_email),
        icon=icon,
        logo=site.logo or (podcast.cover if podcast else None),
        hubs=site.hubs,
        label=listed.label,
        site=site.title,
        formats=site.formats,
        views=_views(summary, site),
        heats=heats,
        podcast=podcast,
        directory=site.directory(words),
        words=words,
        own_subtitle=own_subtitle,
    )


def _subtitle(summary: FeedSummary, listed: ListedFeed, site: SiteInfo, words: Words) -> tuple[str, str]:
    """The subtitle of a feed, and the name of the word that it is; "" if it is the site's own."""
    described = site.description if summary.identity == ALL else listed.description
    if described:
        return described, f"about_{VIEWS[summary.identity.view].short_name}" if summary.identity.view else ""
    name = f"about_{summary.identity.kind}"
    return words.say(name, title=site.title, label=listed.label), name


def feed_words(summary: FeedSummary, site: SiteInfo) -> Words:
    """Feedd's own words in a feed: in a feed of another language the words of that language."""
    language = _language(summary, site)
    return site.words if language == site.language else Words(language)


def _language(summary: FeedSummary, site: SiteInfo) -> str:
    """The language of a feed: that of the site, except in feeds of other languages."""
    is_other = summary.identity.kind == "language" and summary.label != main_language(site.language)
    return summary.label if is_other else site.language


def list_feed(summary: FeedSummary, site: SiteInfo) -> ListedFeed:
    """A feed as lists of feeds show it."""
    words = feed_words(summary, site)
    label, description, parent = summary.label, "", None
    if summary.identity.kind == "all":
        label = words.say("all_entries")
    elif summary.identity.kind == "topic" and (topic := site.topics.get(summary.label)):
        label, description = _topic_label(topic), topic.description or ""
        above = site.topics.get(topic.parent) if topic.parent else None
        parent = _topic_label(above) if above else None
    elif summary.identity.kind == "saved" and (info := site.saved.get(summary.identity.key)):
        label, description = info.title, info.description
    title = site.title if summary.identity.kind == "all" else f"{label} - {site.title}"
    if view := VIEWS.get(summary.identity.view):
        description = words.say(f"about_{view.short_name}", feed=label if summary.label else site.title)
        name = words.say(view.short_name)
        label, title = f"{name} - {label}", f"{name} - {title}"
    folder = quote(feed_folder(summary.identity, summary.slug))
    documents = tuple(
        Link(each.title, each.media_type, site.base_url + folder + each.file, folder + each.file)
        for each in (FORMATS[name] for name in site.formats)
    )
    return ListedFeed(
        label,
        title,
        description,
        _home(summary.identity, folder, site),
        documents,
        parent,
        folder + PAGE.file,
        summary.count,
        _views(summary, site, folder),
    )


def _home(feed: FeedId, folder: str, site: SiteInfo) -> str:
    """The page that a feed is of. The feed of all is of the site whose texts the items are, if it is known."""
    if site.site_url is not None and (feed == ALL or not site.pages):
        return site.site_url
    return site.base_url + folder if site.pages else site.base_url


def _views(summary: FeedSummary, site: SiteInfo, folder: str = "") -> tuple[tuple[str, str], ...]:
    """The names of the words of a feed's views, and their folders, relative to a place where the feed itself is in
    `folder`.
    """
    if summary.identity.view:
        return ()
    return tuple(
        (VIEWS[each.view].short_name, f"{folder}{each.view}/") for each in site.views.for_feed(summary.identity)
    )


def _topic_label(topic: Topic) -> str:
    return topic.title or topic.name


def make_listing(summaries: Iterable[FeedSummary], site: SiteInfo) -> Listing:
    """All feeds, sorted by label, with numbers by value; a topic's children after it. Their views come last, in the
    order of their kinds and names.
    """
    by_kind: dict[str, list[tuple[str, ListedFeed]]] = {kind: [] for kind in FOLDERS}
    views: list[tuple[FeedId, ListedFeed]] = []
    for summary in summaries:
        listed = list_feed(summary, site)
        if summary.identity.view:
            views.append((summary.identity, listed))
        else:
            by_kind[summary.identity.kind].append((summary.identity.key, listed))
    return Listing(
        title=site.title,
        description=site.description,
        words=site.words,
        everything=tuple(listed for _, listed in by_kind["all"]),
        topics=tuple(_nested(by_kind["topic"])),
        providers=tuple(listed for _, listed in _sorted(by_kind["provider"])),
        home=site.base_url,
        saved=tuple(listed for _, listed in _sorted(by_kind["saved"])),
        views=tuple(listed for _, listed in sorted(views, key=_view_order)),
        authors=tuple(listed for _, listed in _sorted(by_kind["author"])),
        languages=tuple(listed for _, listed in _sorted(by_kind["language"])),
        search=_searched(site),
    )


def _searched(site: SiteInfo) -> str:
    """What can be searched for on the page of the site, in words."""
    first, *others = [kind for kind in NAMED_KINDS if FAMILIES[kind] in site.families] or ["feed"]
    words = site.words
    return words.together([words.say(f"a_{first}"), *(words.say(f"or_{kind}") for kind in others)], "list_or")


def _view_order(each: tuple[FeedId, ListedFeed]) -> tuple[int, text.Natural, str, int]:
    identity = each[0]
    family, view = list(FOLDERS).index(identity.kind), list(VIEWS).index(identity.view)
    return family, text.natural(identity.key), identity.key, view


def _sorted(feeds: list[tuple[str, ListedFeed]]) -> list[tuple[str, ListedFeed]]:
    return sorted(feeds, key=lambda each: (text.natural(each[1].label), each[0]))


def _nested(feeds: list[tuple[str, ListedFeed]]) -> Iterable[ListedFeed]:
    """Each topic with its children after it; a topic whose parent has no feed stands on its own."""
    present = {listed.label for _, listed in feeds}
    placed = [(key, listed if listed.parent in present else replace(listed, parent=None)) for key, listed in feeds]
    placed.sort(
        key=lambda each: (
            text.natural(each[1].parent or each[1].label),
            each[1].parent is not None,
            text.natural(each[1].label),
            each[0],
        )
    )
    return [listed for _, listed in placed]


def categories(item: Item, site: SiteInfo) -> Iterable[Category]:
    """An item's categories: its topics, its tags and its categories. Of names with the same slug, only the first."""
    seen: set[str] = set()
    topics = topics_of(item, site.topics, site.topics_from).values()
    schemes = dict.fromkeys(topics, f"{site.base_url}topics/")
    others = [name for field in TOPICS_FROM if field not in site.topics_from for name in names_in(item, field)]
    for name in (*topics, *others):
        key = _category_key(name)
        if key and key not in seen:
            seen.add(key)
            yield Category(name, name, schemes.get(name))


@lru_cache(maxsize=4096)  # most items share their names
def _category_key(name: str) -> str:
    return text.slug(name) or name_key(name)


def _provider_icon(item: ProviderOnly, base_url: str) -> str | None:
    images = item.provider.images if item.provider else ()
    return urls.absolute(images[0].url, base_url) if images else None
