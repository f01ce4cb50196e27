"""Deciding: affected entries in; each entry before and after, in portions, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from feedd.decide.duplicates import primary_file, ranked, shared_notes
from feedd.decide.records import EntryChange
from feedd.decide.visibility import decide_visibility
from feedd.run.pass_context import PassContext
from feedd.run.update.claim_ids import IdClaims
from feedd.run.update.identify import Identified

_PORTION = 1000  # entries, so that not all bodies are in memory at once


def decide_entries(context: PassContext, known: Identified, authority: str) -> Iterator[list[EntryChange]]:
    """Each affected entry before and after, apart from its story. Keeps findings about entries with several files, and
    about former ids. `authority`: of new ids.
    """
    claims = IdClaims(context, authority, known.minted)
    done = 0
    for portion in known.portions(_PORTION):
        yield _decided(context, claims, portion)
        done += len(portion)
        context.cancellation.check()
        context.progress("deciding", done, known.count)


def _decided(context: PassContext, claims: IdClaims, entries: Sequence[int]) -> list[EntryChange]:
    ledger, now, default_listed = context.ledger, context.now, context.settings.default_listed
    records, files = ledger.entries.records(entries), ledger.files.entry_files(entries)
    claims.look_up({entry: files[entry] for entry in entries if entry not in records})
    befores = [records.get(entry) or claims.begin(entry, files[entry]) for entry in entries]
    choosing = partial(ranked, now=now, default_listed=default_listed)
    several = [each for each in befores if len(files[each.entry]) > 1]
    notes = {each.entry: shared_notes(choosing(each, files[each.entry]), is_new=each.file is None) for each in several}
    changes: list[EntryChange] = []
    for before in befores:
        after, _ = decide_visibility(before, files[before.entry], now, default_listed=default_listed)
        file = primary_file(after, files[before.entry])
        changes.append(EntryChange(before, after, file, is_new=before.entry not in records))
    settled, findings = claims.settle(changes, files)
    for entry, found in findings.items():
        notes[entry] = (*notes.get(entry, ()), *found)
    ledger.duplicates.keep(entries, notes)
    return settled


def save_entries(context: PassContext, changes: Iterable[EntryChange], *, read: bool) -> list[EntryChange]:
    """Keeps changed entries. `read`: their files may link to other pages than before.

    Returns the changes with the feeds of each entry, and with a slug for each entry that needs a page.
    """
    ledger = context.ledger
    saved: list[EntryChange] = []
    changes = list(changes)
    slugs = {each.after.slug for each in changes if each.is_new and each.after.slug}  # and those chosen in this call
    known = [each.before.entry for each in changes if not each.is_new]
    members = ledger.members.memberships(known)
    archived = ledger.archives.places(known) if context.settings.selection.archives.feeds else {}
    for each in changes:
        after = each.after
        if after.shown and after.link is None and after.slug is None and each.file is not None:
            after = replace(after, slug=ledger.entry_pages.choose_slug(after, each.file.item.title, slugs))
            slugs.add(after.slug or "")
        saved.append(
            each._replace(after=after, members=members.get(after.entry, {}), archived=archived.get(after.entry, {}))
        )
    changed = [each for each in saved if each.is_new or each.after != each.before]
    ledger.entries.change_ids(each.after for each in changed if not each.is_new and each.after.id != each.before.id)
    ledger.entries.put_entries([each.after for each in changed], context.now)
    ledger.index_marks.mark_stale(each.after.id for each in changed)
    if read:
        ledger.page_links.keep([each.after for each in changed])
    ledger.state.move_counts(
        shown=sum(each.after.shown - each.before.shown for each in changed),
        there=sum((each.after.file is not None) - (each.before.file is not None) for each in changed),
    )
    return saved
