"""Assembly of an entry: an item with its record, and what else it shows, in; the Entry of its documents, out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from feedd.decide.records import EntryRecord
from feedd.html.related_links import merge_related
from feedd.items import text, urls
from feedd.items.reading_settings import LONGEST_ON_PAGE
from feedd.items.references import LocalFile, References, references
from feedd.items.youtube import youtube_page
from feedd.model import Category, Enclosure, Entry, Item, MirroredPicture, Person, Related, RemoteFile
from feedd.render.site_info import SiteInfo
from feedd.select.membership import names_in, topics_of
from feedd.select.settings import TOPICS_FROM
from feedd.select.slugs import entry_url
from feedd.select.topics import name_key
from feedd.words.site_words import Words, module_names


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
    from feedd.html import content
    from feedd.html.shown_pictures import shown_pictures

    record, item = member.record, member.item
    assert record.published is not None  # noqa: S101 - it is shown, so it has both dates
    assert record.updated is not None  # noqa: S101
    refers, words = _references(member, site), entry_words(site, item.locale)
    html, summary = _texts(member, site, refers, words, on_page=on_page)
    authors, uri = _authors(item, site)
    shown = shown_pictures(item, html, content.picture(item, refers), member.pictures, site.base_url, site.mirror)
    with_pictures = refers._replace(mirrored=shown.here)
    return Entry(
        id=record.id,
        fingerprint=member.fingerprint,
        title=item.title,
        link=item.link or page_url(record, site),
        published=record.published,
        updated=record.updated,
        authors=authors,
        author_uri=uri,
        author_uris=tuple(each.url for each in item.authors),
        summary=summary,
        content=None if shown.html is None else content.directed(shown.html, item.locale or site.language),
        categories=member.categories,
        image=shown.image,
        video=youtube_page(item.video_id) if item.video_id else None,
        duration=item.length if item.video_id else None,
        language=item.locale if item.locale and item.locale != site.language else None,
        enclosure=_as_described(refers.enclosure(item.enclosure), member.remote),
        episode=refers.episode(item.episode),
        people=_people(item, refers),
        guid=record.guid,
        markdown=None if on_page else _markdown(member, site, with_pictures, html),
        picture=shown.picture,
        mirrored=shown.mirrored,
        thumbnail=shown.thumbnail,
        elsewhere=shown.elsewhere,
        words=words,
    )


def _texts(
    member: Member, site: SiteInfo, refers: References, words: Words, *, on_page: bool
) -> tuple[str | None, str]:
    """What an entry says: its content, or None if it has none, and its summary."""
    from feedd.html import content, elements

    item = member.item
    link = item.link or page_url(member.record, site)
    longest = LONGEST_ON_PAGE if on_page else site.content_limit
    html, summary = content.entry_texts(
        replace(item, related=merge_related(item, member.story_others)) if member.story_others else item,
        base_url=site.base_url,
        page_url=dict(member.pages).get,
        refers=refers,
        longest=longest,
        whole=None if on_page else link,
        words=words,
    )
    if (item.content or site.content) == "summary":  # without a link, Atom asks for content (RFC 4287, section 4.1.2)
        return None if link else elements.paragraph(summary), summary
    return html, summary


def _markdown(member: Member, site: SiteInfo, refers: References, html: str | None) -> str | None:
    """The body in Markdown, as `html`, the content of an entry, shows it; None if the entry carries none."""
    from feedd.html import content

    item = member.item
    if not site.markdown_source or html is None or (item.content or site.content) == "summary":
        return None
    pages = dict(member.pages).get
    return content.markdown_text(item, html, page_url=pages, refers=refers, longest=site.content_limit)


def _authors(item: Item, site: SiteInfo) -> tuple[tuple[str, ...], str | None]:
    """Who wrote an entry, and the address of its provider if it names nobody; of the site if it names no provider."""
    provider = item.provider
    names = tuple(each.name for each in item.authors) or (provider.authors if provider else ())
    if provider is None:
        return names or (site.author,), site.author_uri if not item.authors else None
    uri = urls.http_url(f"https://{provider.domain}/") if provider.domain and not names else None
    return names or (provider.name,), uri


def entry_words(site: SiteInfo, language: str | None) -> Words:
    """Feedd's own words in an entry of this language; None stands for the language of the site. They are the site's in
    every entry. In entries of other languages a site in English does not mark them: documents of earlier versions stay
    as they are.
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
