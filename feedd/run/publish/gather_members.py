"""Gathering members: entries of the ledger in; entries as an earlier document shows them, or members to be made, out.

    Shown --> fingerprinted --> FingerprintedEntry --> members --> RenderedEntry, if an earlier document has it
                                                               --> Member, otherwise

Nothing is made here: a Member has all inputs of its entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from feedd.model import Related, RenderedEntry
from feedd.render.assembly.assemble_entry import Member, categories, to_ask
from feedd.render.site_info import SiteInfo
from feedd.run.publish.fragment_reuse import FragmentReuse
from feedd.run.publish.surroundings import NO_SURROUNDINGS, Surroundings, surroundings
from feedd.store.ledger.member_rows import Shown
from feedd.store.ledger.session import LedgerSession

Fragments = Mapping[bytes, dict[str, bytes]]  # fragments by format, of each entry by its fingerprint
MEMBERS_HELD = 1000  # about 4 MB, for the other feeds that show them


class FingerprintedEntry(Struct, frozen=True):
    """An entry, with its fingerprint and inputs of it: the pages that it links to, the others of its story, and what
    its references depend on.
    """

    shown: Shown
    links: tuple[tuple[str, str], ...]
    told: tuple[Related, ...]
    around: Surroundings
    fingerprint: bytes


class MemberGatherer:
    """Gathers the members of a pass's documents. `to_ask`: the addresses of files of made entries; None for an entry of
    which nothing is to be asked.
    """

    def __init__(self, ledger: LedgerSession, site: SiteInfo, reuse: FragmentReuse) -> None:
        self.to_ask: dict[int, str | None] = {}
        self._ledger = ledger
        self._site = site
        self._reuse = reuse
        self._any_to_ask = ledger.probes.has_any()
        self._members_made: dict[bytes, Member] = {}  # by fingerprint

    def members(
        self, entries: Iterable[FingerprintedEntry], there: Fragments, names: Collection[str]
    ) -> Iterator[Member | RenderedEntry]:
        """Entries for documents in these formats: reusable entries as they are, the others as members to be made."""
        for each in entries:
            found = rendered_before(there, each.shown.record.id, each.fingerprint, names)
            yield found or self.member(each)

    def fingerprinted(self, shown_entries: Sequence[Shown]) -> Iterator[FingerprintedEntry]:
        """These entries, each with its fingerprint."""
        numbers = [shown.record.entry for shown in shown_entries]
        linked = self._ledger.page_links.linked_pages(numbers, self._site.entry_pages_below)
        leads = [shown.record.entry for shown in shown_entries if shown.record.story == shown.record.entry]
        stories = self._ledger.stories.other_members(leads)
        around = surroundings(self._ledger, self._site, numbers)
        for shown in shown_entries:
            links = tuple(sorted(linked.get(shown.record.entry, {}).items()))
            told = stories.get(shown.record.entry, ())
            here = around.get(shown.record.entry, NO_SURROUNDINGS)
            fingerprint = self._reuse.fingerprint(shown.record, shown.item_digest, links, told, here)
            yield FingerprintedEntry(shown, links, told, here, fingerprint)

    def member(self, each: FingerprintedEntry) -> Member:
        """The member of any feed that shows the entry."""
        member = self._members_made.get(each.fingerprint)
        if member is None:
            if len(self._members_made) >= MEMBERS_HELD:
                self._members_made.clear()
            member = self._members_made[each.fingerprint] = self._made_member(each)
        return member

    def _made_member(self, each: FingerprintedEntry) -> Member:
        item = each.shown.item()
        labels = tuple(categories(item, self._site))
        member = Member(each.shown.record, item, labels, each.links, each.told, each.fingerprint, *each.around)
        if item.enclosure is not None or self._any_to_ask:
            self.to_ask[member.record.entry] = to_ask(member, self._site)
        return member


def rendered_before(there: Fragments, entry: str, fingerprint: bytes, names: Collection[str]) -> RenderedEntry | None:
    """A reusable entry, if it is there in all these formats; else None."""
    fragments = there.get(fingerprint, {})
    return RenderedEntry(entry, fingerprint, fragments) if all(name in fragments for name in names) else None
