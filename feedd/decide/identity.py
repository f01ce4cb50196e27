"""Identity: files that were read, in; the entry of each, known or newly minted, out.

An entry is found by the canonical link of its files, or by the path of one of them:

1. A link names the entry whose current link it is. Else it names the entry that had it before, if that entry has no
   file left.
2. A file without a link is known by its unchanged text, wherever it has moved.
3. Otherwise the path names the entry it named before, unless another file has taken that entry.
4. A link to a part of a document (a fragment) names the entry to which an older feedd gave the whole document. It must
   have no file left.
5. A file that leaves the entry of another file is the entry that was shown of the same bytes, under the same condition.
6. A former id names the entry that has it as its id, under the same condition. A file that waited for an id which
   another entry had is that entry, once the entry has no file left.
7. Otherwise a new id is minted. It depends on the link alone; without a link, on the path in its NFC form. So after a
   loss of the ledger the same ids are minted again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct, field

from feedd.decide.minting import Minting, normal_path
from feedd.model import Problem


class Claim(NamedTuple):
    """A file that was read. `link` is the key of its canonical link; None without a link. `text_digest` is the digest
    of its text. `document` is the key of the whole document if the link leads to a part of it, such as a fragment; else
    None. `source` is a digest of its bytes. `former_id` is the id that its entry had in an old feed; "" without one.
    """

    path: str
    link: bytes | None
    text_digest: bytes
    document: bytes | None = None
    source: bytes = b""
    former_id: str = ""


class WaitingFile(NamedTuple):
    """A file of an entry that is not published, since another entry has the id that it claims; "" if it claims none."""

    path: str
    entry: int
    link: bytes | None
    claimed: str


class KnownEntry(Struct):
    """An entry as the ledger knows it: its current link, its present files with their links, and the path of the file
    that represents it.
    """

    link: bytes | None
    files: dict[str, bytes | None] = field(default_factory=dict)
    represented_by: str | None = None


class Known(Struct):
    """The part of the ledger that a set of claims can touch."""

    paths: dict[str, int] = field(default_factory=dict)  # path -> the entry it was last
    links: dict[bytes, int] = field(default_factory=dict)  # link -> the entry it was last
    # former text, or bytes, of link-less files -> entries
    digests: dict[bytes, set[int]] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)  # paths of link-less files whose text is as it was
    entries: dict[int, KnownEntry] = field(default_factory=dict)
    documents: dict[bytes, int] = field(default_factory=dict)  # links from before fragments were told apart -> entries
    next_entry: int = 1
    ids: dict[str, int] = field(default_factory=dict)  # former ids that are ids now -> entries
    sources: dict[bytes, set[int]] = field(default_factory=dict)  # bytes of files that share an entry -> other entries

    def represents(self, claim: Claim) -> bool:
        """Whether the file of a claim represented the entry to which it belonged in the last pass."""
        entry = self.entries.get(self.paths.get(claim.path, 0))
        return entry is not None and entry.represented_by == claim.path


class Assignments(Struct, frozen=True):
    """Each claimed path's entry; for entries newly minted their ids; each link's entry."""

    entries: dict[str, int]
    minted: Mapping[int, str]
    links: dict[bytes, int]


class Settled(NamedTuple):
    """The assignments of claims that are known entries, and the claims that are new entries. Of these, the claims that
    represented another entry are minted `first`; then the `others`, by path.
    """

    assignments: Assignments
    first: list[Claim]
    others: list[Claim]


def take_over(waiting: Iterable[WaitingFile], abandoned: Mapping[str, int]) -> Assignments:
    """The files of unpublished entries that are other entries now: the entries without a file that have the ids which
    the files claim. `abandoned`: these entries by their ids. Of several entries that wait for one id, the first by path
    takes it.
    """
    files = sorted(waiting)
    free = dict(abandoned)
    holders: dict[int, int] = {}  # by the entry that waits
    for file in files:
        if file.entry not in holders and file.claimed in free:
            holders[file.entry] = free.pop(file.claimed)
    found = [(file, holders[file.entry]) for file in files if file.entry in holders]
    links = {file.link: entry for file, entry in found if file.link is not None}
    return Assignments({file.path: entry for file, entry in found}, {}, links)


def link_key(canonical: str) -> bytes:
    """A canonical link as 16 bytes."""
    return hashlib.blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def resolve(
    claims: Sequence[Claim],
    removed: Iterable[str],
    known: Known,
    authority: str,
    is_taken: Callable[[str], bool],
) -> Assignments:
    """Gives each claim its entry. `known` is used up; `is_taken` says whether an id has ever been minted.

    The outcome does not depend on the order of `claims`.
    """
    found, first, others = settle(claims, removed, known)
    minting = Minting(authority, known.next_entry, found.links, is_taken)
    for claim in (*first, *others):
        found.entries[claim.path] = entry = minting.entry_of(claim)
        if claim.link is not None:
            found.links[claim.link] = entry
    return Assignments(found.entries, minting.minted, found.links)


def settle(claims: Sequence[Claim], removed: Iterable[str], known: Known) -> Settled:
    """Gives each claim of a known entry this entry. `known` is used up.

    A claim need not be among `claims` if nothing in the ledger has its path, its link, its document, its former id or,
    without a link, its text; and if its bytes are not in `known.sources`. It is a new entry, and changes nothing here.
    """
    for path in removed:
        if (entry := known.paths.get(path)) in known.entries:
            known.entries[entry].files.pop(path, None)
    ordered = sorted(claims)
    for claim in ordered:  # a file whose link now differs leaves its old entry
        if (entry := known.paths.get(claim.path)) in known.entries:
            known.entries[entry].files.pop(claim.path, None)
    disputed = {known.paths[claim.path] for claim in ordered if claim.path in known.paths}
    resolution = _Resolution(known, disputed)
    by_former_link = [claim for claim in ordered if not resolution.by_link(claim)]
    unlinked = [claim for claim in by_former_link if not resolution.by_former_link(claim)]
    moved = [c for c in unlinked if not (c.path in known.unchanged and resolution.by_path(c))]
    changed = [claim for claim in moved if not resolution.by_text(claim)]
    representing = [claim for claim in changed if known.represents(claim)]
    unknown = [claim for claim in changed if not known.represents(claim)]
    unsettled = [claim for claim in (*representing, *unknown) if not resolution.by_path(claim)]
    unfound = [claim for claim in unsettled if not resolution.by_document(claim)]
    parted = [claim for claim in unfound if not resolution.by_bytes(claim)]
    new = [claim for claim in parted if not resolution.by_former_id(claim)]
    first = [claim for claim in new if known.represents(claim)]
    return Settled(resolution.assignments, first, [claim for claim in new if not known.represents(claim)])


class _Resolution:
    """The claims settled so far; each method settles one, or returns False."""

    def __init__(self, known: Known, disputed: set[int]) -> None:
        self._known = known
        self._disputed = disputed  # entries that a file of this batch was before
        self.assignments = Assignments({}, {}, {})

    def by_link(self, claim: Claim) -> bool:
        if claim.link is None or (entry := self._known.links.get(claim.link)) is None:
            return False
        return self._known.entries[entry].link == claim.link and self._settle(claim, entry)

    def by_former_link(self, claim: Claim) -> bool:
        if claim.link is None or (entry := self._known.links.get(claim.link)) is None:
            return False
        return self._is_abandoned(entry) and self._settle(claim, entry)

    def by_document(self, claim: Claim) -> bool:
        if claim.document is None or (entry := self._known.documents.get(claim.document)) is None:
            return False
        return self._is_abandoned(entry) and self._settle(claim, entry)

    def by_bytes(self, claim: Claim) -> bool:
        if claim.link is not None and claim.link in self.assignments.links:
            return False  # another new file with the same link is the entry
        free = filter(self._is_abandoned, sorted(self._known.sources.get(claim.source, ())))
        return (entry := next(free, None)) is not None and self._settle(claim, entry)

    def by_former_id(self, claim: Claim) -> bool:
        if (entry := self._known.ids.get(claim.former_id)) is None:
            return False
        if claim.link is not None and claim.link in self.assignments.links:
            return False  # another new file with the same link is the entry
        return self._is_abandoned(entry) and self._settle(claim, entry)

    def _is_abandoned(self, entry: int) -> bool:
        return not self._known.entries[entry].files and entry not in self._disputed

    def by_path(self, claim: Claim) -> bool:
        if (entry := self._known.paths.get(claim.path)) is None:
            return False
        if claim.link is not None and (same := self.assignments.links.get(claim.link)) is not None:
            return self._settle(claim, same)  # two files that get the same link become one entry
        others = self._known.entries[entry].files.values()
        if any(link is None or link != claim.link for link in others):
            return False
        return self._settle(claim, entry)

    def by_text(self, claim: Claim) -> bool:
        if claim.link is not None:
            return False
        digests = self._known.digests
        candidates = sorted({*digests.get(claim.text_digest, ()), *digests.get(claim.source, ())})
        free = (entry for entry in candidates if not self._known.entries[entry].files)
        return (entry := next(free, None)) is not None and self._settle(claim, entry)

    def _settle(self, claim: Claim, entry: int) -> bool:
        self._known.entries[entry].files[claim.path] = claim.link
        self._assign(claim, entry)
        return True

    def _assign(self, claim: Claim, entry: int) -> None:
        self.assignments.entries[claim.path] = entry
        if claim.link is not None:
            self.assignments.links[claim.link] = entry


def beginning_of_year(tag: str) -> datetime:
    """The beginning of the year in a tag: URI (RFC 4151, section 2.1); UTC. It stands in for a date that nobody knows:
    the current time would give other bytes in each pass.
    """
    found = re.match(r"tag:[^,]+,(\d{4})", tag)
    return datetime(max(int(found[1]) if found else 1970, 1), 1, 1, tzinfo=UTC)


def lookalikes(paths: Iterable[str]) -> list[Problem]:
    """A note for each of several files whose paths differ in nothing but their Unicode form."""
    forms: dict[str, list[str]] = {}
    for path in paths:
        if not path.isascii():
            forms.setdefault(normal_path(path), []).append(path)
    reason = "another file has the same name in another Unicode form; rename or delete one of the two"
    return [Problem(path, reason, kind="note") for several in forms.values() if len(several) > 1 for path in several]
