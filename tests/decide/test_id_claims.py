"""Claims to ids of an old feed: who gets which, and why somebody gets none."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_identity import AUTHORITY, TAG

from feedd.decide.id_claims import (
    FormerId,
    IdClaim,
    SettledClaims,
    identity_of,
    late_id,
    settle_claims,
)
from feedd.decide.identity import Assignments, Claim, Known, KnownEntry, resolve
from feedd.decide.kept_ids import KeptEntry, KeptIds
from feedd.decide.records import EntryRecord
from feedd.items.foreign.former_ids import is_fit, is_uri
from feedd.store.ledger.codec import EPOCH

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


@given(st.text(min_size=1, max_size=60).filter(is_fit))
def test_every_former_id_becomes_a_uri_and_stays_readable(former: str) -> None:
    identity = identity_of(former, AUTHORITY)
    assert (identity.guid or identity.id) == former
    assert IRI.fullmatch(identity.id)
    if identity.guid is not None:
        assert TAG.fullmatch(identity.id.replace("%", "-"))
        assert not is_uri(former)


@given(st.sets(st.text(min_size=1, max_size=20).filter(is_fit), min_size=2))
def test_different_texts_become_different_uris(texts: set[str]) -> None:
    opaque = [text for text in texts if not is_uri(text)]
    assert len({identity_of(text, AUTHORITY).id for text in opaque}) == len(opaque)


def settled(
    *claims: IdClaim, holders: Mapping[str, tuple[int, str]] = {}, taken_now: Collection[int] = ()
) -> SettledClaims:
    """What becomes of the claims, in any order."""
    shuffled = list(claims)
    random.Random(7).shuffle(shuffled)
    return settle_claims(shuffled, holders, taken_now, AUTHORITY)


def test_an_entry_alone_gets_the_id_that_it_claims() -> None:
    found = settled(IdClaim(1, "a.md", "show 1"), IdClaim(2, "b.md", "urn:x:2"))
    assert found.taken == {1: FormerId(f"tag:{AUTHORITY}:guid:show%201", "show 1"), 2: FormerId("urn:x:2")}
    assert found.shared == found.refused == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [("x", "x"), ("x", f"tag:{AUTHORITY}:guid:x"), ("urn:x", "urn:x"), ("a b", f"tag:{AUTHORITY}:guid:a%20b")],
)
def test_of_several_claims_to_one_id_that_of_the_oldest_is_met_and_the_others_are_said(one: str, other: str) -> None:
    old, new = EPOCH, EPOCH + timedelta(days=1)
    claims = [
        IdClaim(1, "a.md", one, new), IdClaim(2, "b.md", other, old), IdClaim(3, "c.md", one, old),
        IdClaim(4, "d.md", "y"), IdClaim(5, "0.md", one),
    ]  # fmt: skip
    found = settled(*claims)
    assert found.taken == {2: identity_of(other, AUTHORITY), 4: identity_of("y", AUTHORITY)}
    assert found.shared.keys() == {1, 3, 5}
    assert found.shared[1].startswith(f"{one}, its id in the old feed, is the id of b.md too")
    assert found.refused == {}


@pytest.mark.parametrize("held", [f"tag:{AUTHORITY}:guid:x", "x"])
def test_an_id_that_another_entry_has_is_not_given_away(held: str) -> None:
    found = settled(IdClaim(1, "a.md", "x"), holders={held: (9, "old.md")})
    assert found.taken == found.shared == {}
    assert found.refused == {1: "x, its id in the old feed, is the id of old.md already; give it a `guid` of its own"}
    found = settled(IdClaim(1, "a.md", "x"), holders={held: (9, "")})
    assert "is the id of another entry already" in found.refused[1]


def test_an_id_that_was_taken_in_the_same_pass_was_claimed_at_once() -> None:
    found = settled(IdClaim(1, "a.md", "urn:x"), holders={"urn:x": (9, "old.md")}, taken_now={9})
    assert found.taken == found.refused == {}
    assert "is the id of old.md too" in found.shared[1]


def test_an_id_that_the_entry_itself_has_may_be_claimed() -> None:
    found = settled(IdClaim(1, "a.md", "urn:x"), holders={"urn:x": (1, "a.md")})
    assert found == ({1: FormerId("urn:x")}, {}, {})


@pytest.mark.parametrize(
    ("former", "digest", "guid", "is_late"),
    [
        ("urn:x", b"shown", None, False),
        ("urn:y", b"shown", None, True),
        ("show 1", b"shown", "show 1", False),
        ("show 2", b"shown", "show 1", True),
        ("urn:y", None, None, False),
        (None, b"shown", None, False),
    ],
)
def test_a_former_id_is_late_for_an_entry_that_was_shown_under_another(
    former: str | None, digest: bytes | None, guid: str | None, is_late: bool
) -> None:
    record = EntryRecord(1, "urn:x", EPOCH, text_digest=digest, guid=guid)
    assert (late_id(record, former) is not None) == is_late


def test_the_links_of_ids_are_found() -> None:
    kept = KeptIds({b"1": KeptEntry("x"), b"2": KeptEntry("y"), b"3": KeptEntry("x")})
    assert kept.links_of(["x", "z"]) == [b"1", b"3"]


# A file that nothing else names


def found(claims: list[Claim], known: Known, removed: tuple[str, ...] = ()) -> Assignments:
    return resolve(claims, removed, known, AUTHORITY, lambda _: False)


def test_a_new_file_is_the_entry_that_has_its_former_id_and_no_file_left() -> None:
    known = Known(entries={5: KnownEntry(b"old")}, ids={"urn:x": 5}, next_entry=9)
    assert found([Claim("new.md", b"new", b"t", former_id="urn:x")], known).entries == {"new.md": 5}
    known = Known(
        entries={5: KnownEntry(b"old", {"old.md": b"old"})}, ids={"urn:x": 5}, paths={"old.md": 5}, next_entry=9
    )
    assert found([Claim("new.md", b"new", b"t", former_id="urn:x")], known, ("old.md",)).entries == {"new.md": 5}


def test_an_entry_with_a_file_is_not_taken_by_a_file_with_its_id() -> None:
    known = Known(entries={5: KnownEntry(b"old", {"old.md": b"old"})}, ids={"urn:x": 5}, next_entry=9)
    assert found([Claim("new.md", b"new", b"t", former_id="urn:x")], known).entries == {"new.md": 9}


def test_a_path_and_a_link_come_before_a_former_id() -> None:
    entries = {5: KnownEntry(b"five"), 6: KnownEntry(b"six", {"a.md": b"six"})}
    known = Known(entries=entries, ids={"urn:x": 5}, paths={"a.md": 6}, links={b"six": 6}, next_entry=9)
    assert found([Claim("a.md", b"seven", b"t", former_id="urn:x")], known).entries == {"a.md": 6}


def test_of_two_new_files_with_one_former_id_the_first_is_the_entry() -> None:
    known = Known(entries={5: KnownEntry(b"old")}, ids={"urn:x": 5}, next_entry=9)
    claims = [Claim(path, path.encode(), b"t", former_id="urn:x") for path in ("b.md", "a.md")]
    assert found(claims, known).entries == {"a.md": 5, "b.md": 9}


def test_new_files_with_one_link_are_one_entry_although_one_names_another_entry() -> None:
    known = Known(entries={5: KnownEntry(b"old")}, ids={"urn:x": 5}, next_entry=9)
    claims = [Claim("a.md", b"new", b"t", former_id="urn:x"), Claim("b.md", b"new", b"t")]
    assert found(claims, known).entries == {"a.md": 5, "b.md": 5}
    entries = {5: KnownEntry(b"old"), 6: KnownEntry(b"older")}
    known = Known(entries=entries, ids={"urn:x": 5, "urn:y": 6}, next_entry=9)
    claims = [Claim(f"{each}.md", b"new", b"t", former_id=f"urn:{each}") for each in "xy"]
    assert found(claims, known).entries == {"x.md": 5, "y.md": 5}
