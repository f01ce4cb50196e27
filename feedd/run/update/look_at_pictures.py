"""Looking at pictures of other sites: what was fetched in; stale documents, and pictures that are no longer kept, out.

    fetched beside the passes --> new pictures --> entries that show them --> stale documents
    withdrawn entries --> pictures that nobody else shows --> forgotten, in this pass

What is public is in the ledger afterwards. The files themselves are written by `publish/write_pictures.py`.
"""

from __future__ import annotations

from feedd.html.shown_pictures import MirrorRules
from feedd.run.pass_context import PassContext
from feedd.run.update.look_at_media import mark_showing
from feedd.store.ledger.media.picture_rows import NO_ROOM, NOT_FROM_THERE
from feedd.store.ledger.session import LedgerSession

_BEHIND = "pictures"  # the setting of the ledger: "behind" while documents of pictures have to be written or deleted
_HOSTS = "pictures not from"  # the setting of the ledger: the names in `images.not_from` of before
_BOUND = "room for pictures"  # the setting of the ledger: the bound of before, in bytes


def look_at_pictures(context: PassContext) -> None:
    """Brings the ledger's pictures up to date, in the caller's transaction. Documents that show a picture which has
    come, or is left out, are stale then.
    """
    ledger, settings = context.ledger, context.settings
    if not ledger.pictures.are_of_use():
        return
    if settings.site.mirror is None:
        ledger.pictures.forget_uses()
    _keep_bound(ledger, settings.room_for_pictures)
    _keep_hosts(ledger, settings.site.mirror)
    changed = ledger.pictures.take_new() | ledger.pictures.publish_shown()
    left_out = ledger.pictures.make_room(settings.room_for_pictures) if settings.site.mirror is not None else set()
    is_dropped = ledger.pictures.drop_unshown(int(context.now.timestamp()))
    if changed or left_out or is_dropped:
        mark_pictures_behind(ledger)
        mark_showing(ledger, ledger.pictures.entries_showing(changed | left_out))


def mark_pictures_behind(ledger: LedgerSession, *, behind: bool = True) -> None:
    """Keeps whether documents of pictures have to be written or deleted."""
    ledger.state.keep_setting(_BEHIND, "behind" if behind else "in step")


def pictures_are_behind(ledger: LedgerSession) -> bool:
    """Whether documents of pictures have to be written or deleted."""
    return ledger.state.setting(_BEHIND) == "behind"


def _keep_bound(ledger: LedgerSession, bound: int) -> None:
    """Has pictures fetched that had no room, if there is more room now."""
    before = ledger.state.setting(_BOUND)
    if before == str(bound):
        return
    if before is not None and before.isdigit() and int(before) < bound:
        ledger.pictures.take_in_again(NO_ROOM)
    ledger.state.keep_setting(_BOUND, str(bound))


def _keep_hosts(ledger: LedgerSession, rules: MirrorRules | None) -> None:
    """Has pictures fetched that came from hosts in `images.not_from`, if other hosts are named now."""
    names = "\n".join(rules.not_from) if rules is not None else ""
    if names != (ledger.state.setting(_HOSTS) or ""):
        ledger.pictures.take_in_again(NOT_FROM_THERE)
        ledger.state.keep_setting(_HOSTS, names)
