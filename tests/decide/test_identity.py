"""Identity: which entry a file is, through renames, edits, swaps and losses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.decide.identity import Assignments, Claim, Known, KnownEntry, link_key, resolve, settle
from feedd.decide.minting import Minting, RepeatedKeys, mint
from feedd.items import urls

AUTHORITY = "feeds.example,2026"
# RFC 4151: tag:DOMAIN,DATE:SPECIFIC, where the specific part is made of what may stand in a URI's path.
TAG = re.compile(
    r"tag:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?)+,\d{4}(?:-\d\d(?:-\d\d)?)?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]+"
)


class File(NamedTuple):
    """What a file says: a link ("" for none) and a text."""

    link: str = ""
    text: str = "text"


class Remembered:
    """A ledger of nothing but identities."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.entry_of: dict[str, int] = {}  # of every path that ever was
        self.last: dict[str, File] = {}
        self.entry_of_link: dict[bytes, int] = {}
        self.current_link: dict[int, bytes | None] = {}
        self.ids: dict[int, str] = {}

    def change(self, **files: File | None) -> None:
        """One pass: these files are new or different, or gone (None)."""
        self.take_in({path: file for path, file in files.items() if file}, [path for path in files if not files[path]])

    def take_in(self, read: dict[str, File], removed: Sequence[str]) -> Assignments:
        for path in removed:
            self.files.pop(path, None)
        claims = claims_of(read)
        known = self.known(claims, removed)
        found = resolve(claims, removed, known, AUTHORITY, set(self.ids.values()).__contains__)
        assert not found.minted.keys() & self.ids.keys()
        self.files.update(read)
        self.last.update(read)
        self.entry_of.update(found.entries)
        self.entry_of_link.update(found.links)
        self.ids.update(found.minted)
        for entry in set(found.entries.values()):
            speaking = sorted(claim for claim in claims_of(self.files) if self.entry_of[claim.path] == entry)
            link = next((claim.link for claim in speaking if claim.link), None)
            self.current_link[entry] = link
        return found

    def known(self, claims: Sequence[Claim], removed: Sequence[str]) -> Known:
        gone = {path: file for path, file in self.last.items() if path not in self.files}
        entries = {
            entry: KnownEntry(
                self.current_link[entry],
                {claim.path: claim.link for claim in claims_of(self.files) if self.entry_of[claim.path] == entry},
            )
            for entry in self.ids
        }
        claimed = {claim.path: claim for claim in claims}
        as_they_were = [claim for claim in claims_of(self.files) if claimed.get(claim.path) == claim]
        unchanged = {claim.path for claim in as_they_were if claim.link is None}
        texts: dict[bytes, set[int]] = {}
        for claim in claims_of(gone | {path: file for path, file in self.files.items() if path in claimed}):
            if claim.link is None and claim.path not in unchanged:
                texts.setdefault(claim.text_digest, set()).add(self.entry_of[claim.path])
        return Known(
            {
                path: self.entry_of[path]
                for path in [*(claim.path for claim in claims), *removed]
                if path in self.entry_of
            },
            {
                each.link: self.entry_of_link[each.link]
                for each in claims
                if each.link and each.link in self.entry_of_link
            },
            texts,
            unchanged,
            entries,
            {},
            max(self.ids, default=0) + 1,
        )

    def id_of(self, path: str) -> str:
        return self.ids[self.entry_of[path]]


def claims_of(files: dict[str, File]) -> list[Claim]:
    return [
        Claim(path, key(file.link) if file.link else None, hashlib.blake2b(file.text.encode(), digest_size=12).digest())
        for path, file in files.items()
    ]


def key(link: str) -> bytes:
    return link_key(urls.canonical(link))


def minted_for(link: str, attempt: int = 0) -> str:
    return mint(AUTHORITY, Claim("anywhere", key(link), b""), attempt)


A, B, C = (f"https://news.example/{name}" for name in "abc")


# The first mint


def test_the_id_of_an_entry_with_a_link_depends_on_nothing_else() -> None:
    one = mint(AUTHORITY, Claim("a.md", key(A), b"one"))
    assert one == mint(AUTHORITY, Claim("b/c.md", key(A), b"two"))
    assert one != mint(AUTHORITY, Claim("a.md", key(B), b"one"))


def test_the_id_of_an_entry_without_a_link_depends_on_its_path_alone() -> None:
    one = mint(AUTHORITY, Claim("a.md", None, b"one"))
    assert one == mint(AUTHORITY, Claim("a.md", None, b"two"))
    assert one != mint(AUTHORITY, Claim("b.md", None, b"one"))


@pytest.mark.parametrize(
    "link",
    [
        "http://news.example/a",
        "https://www.news.example/a/",
        "HTTPS://NEWS.EXAMPLE:443/a",
        "https://news.example/%61?utm_source=x#:~:text=y",
    ],
)
def test_two_spellings_of_a_link_have_one_id(link: str) -> None:
    assert minted_for(link) == minted_for(A)


@given(
    st.text(st.characters(exclude_categories=())),
    st.one_of(st.none(), st.binary(min_size=16, max_size=16)),
    st.integers(0, 3),
    st.sampled_from((AUTHORITY, "localhost,2026", "a-b.example,2026-01-31")),
)
@settings(deadline=None)
def test_an_id_is_a_tag_uri(path: str, link: bytes | None, attempt: int, authority: str) -> None:
    assert TAG.fullmatch(mint(authority, Claim(path, link, b""), attempt))


def test_a_lost_ledger_mints_the_same_ids_again() -> None:
    before, after = Remembered(), Remembered()
    before.change(p=File(A), q=File(), r=File(B, "x"))
    after.change(r=File(B, "y"))
    after.change(q=File(text="z"), p=File(A))
    assert {path: before.id_of(path) for path in "pqr"} == {path: after.id_of(path) for path in "pqr"}


# What happens to files, pass by pass, and which ids were given to the paths that are left. An id is named by the
# path that had it first; "new" is one that came later to a path which already had another.

Pass = dict[str, File | None]


def is_added() -> list[Pass]:
    return [{"p": File(A)}, {"q": File(B)}]


def is_renamed() -> list[Pass]:
    return [{"p": File(A)}, {"p": None, "q": File(A)}]


def is_renamed_and_edited() -> list[Pass]:
    return [{"p": File(A)}, {"p": None, "q": File(A, "another text")}]


def changes_its_link() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B)}]


def moves_to_https() -> list[Pass]:
    return [{"p": File("http://www.news.example/a")}, {"p": None, "q": File(A)}]


def gets_a_link() -> list[Pass]:
    return [{"p": File()}, {"p": File(A)}, {"p": None, "q": File(A)}]


def loses_its_link() -> list[Pass]:
    return [{"p": File(A)}, {"p": File()}]


def loses_its_link_and_gets_another() -> list[Pass]:
    return [{"p": File(A)}, {"p": File()}, {"p": File(B)}]


def is_deleted_and_comes_back() -> list[Pass]:
    return [{"p": File(A)}, {"p": None}, {"p": File(A)}]


def is_deleted_and_comes_back_elsewhere() -> list[Pass]:
    return [{"p": File(A)}, {"p": None}, {"q": File(A)}]


def comes_back_with_another_link() -> list[Pass]:
    return [{"p": File(A)}, {"p": None}, {"p": File(B)}]


def without_link_is_deleted_and_comes_back() -> list[Pass]:
    return [{"p": File()}, {"p": None}, {"p": File(text="changed")}]


def without_link_is_renamed() -> list[Pass]:
    return [{"p": File()}, {"p": None, "q": File()}]


def without_link_is_renamed_later() -> list[Pass]:
    return [{"p": File()}, {"p": None}, {"q": File()}]


def without_link_is_renamed_and_changed() -> list[Pass]:
    return [{"p": File()}, {"p": None, "q": File(text="changed")}]


def without_link_is_copied() -> list[Pass]:
    return [{"p": File()}, {"q": File()}]


def without_link_is_renamed_and_its_name_used_again() -> list[Pass]:
    return [{"p": File()}, {"p": None, "q": File()}, {"p": File(text="another")}]


def without_link_is_renamed_and_copied() -> list[Pass]:
    return [{"p": File()}, {"p": None, "q": File()}, {"r": File()}]


def leaves_a_link_again_as_another_takes_its_first() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B)}, {"p": File(C), "q": File(A)}]


def loses_the_link_of_one_of_two_files() -> list[Pass]:
    return [{"p": File(A), "q": File(A)}, {"p": File(), "q": File(B)}]


def is_gone_when_its_links_old_and_new_come_back() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B)}, {"p": None, "q": File(A), "r": File(B)}]


def gets_a_second_file() -> list[Pass]:
    return [{"p": File(A)}, {"q": File(A, "another text")}]


def comes_in_two_files_at_once() -> list[Pass]:
    return [{"p": File(A), "q": File(A)}]


def loses_one_of_two_files() -> list[Pass]:
    return [{"p": File(A), "q": File(A)}, {"p": None}]


def sees_one_of_two_files_become_another_story() -> list[Pass]:
    return [{"p": File(A), "q": File(A)}, {"p": File(B)}]


def sees_both_files_become_other_stories() -> list[Pass]:
    return [{"p": File(A), "q": File(A)}, {"p": File(B), "q": File(C)}]


def swaps_links_with_another() -> list[Pass]:
    return [{"p": File(A), "q": File(B)}, {"p": File(B), "q": File(A)}]


def swaps_names_with_another_without_links() -> list[Pass]:
    return [{"p": File(text="1"), "q": File(text="2")}, {"p": File(text="2"), "q": File(text="1")}]


def makes_way_for_a_new_file_of_its_name() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B), "q": File(A)}]


def is_passed_on_in_a_ring() -> list[Pass]:
    return [{"p": File(A), "q": File(B), "r": File(C)}, {"p": File(B), "q": File(C), "r": File(A)}]


def gives_its_link_back() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B)}, {"p": File(A)}]


def leaves_a_link_that_another_takes() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B)}, {"q": File(A)}]


def leaves_a_link_that_another_takes_at_once() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B), "q": File(A)}]


def wants_back_a_link_that_another_has() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B)}, {"q": File(A)}, {"p": File(A)}]


def is_gone_when_another_takes_a_link_that_it_had() -> list[Pass]:
    return [{"p": File(A)}, {"p": File(B)}, {"p": None}, {"q": File(A)}]


def becomes_one_with_another() -> list[Pass]:
    return [{"p": File(A), "q": File(B)}, {"q": File(A)}]


def becomes_one_with_another_under_a_new_link() -> list[Pass]:
    return [{"p": File(A), "q": File(B)}, {"p": File(C), "q": File(C)}]


def becomes_one_with_another_and_parts_again() -> list[Pass]:
    return [{"p": File(A), "q": File(B)}, {"q": File(A)}, {"q": File(B)}]


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        (is_added, {"p": "p", "q": "q"}),
        (is_renamed, {"q": "p"}),
        (is_renamed_and_edited, {"q": "p"}),
        (changes_its_link, {"p": "p"}),
        (moves_to_https, {"q": "p"}),
        (gets_a_link, {"q": "p"}),
        (loses_its_link, {"p": "p"}),
        (loses_its_link_and_gets_another, {"p": "p"}),
        (is_deleted_and_comes_back, {"p": "p"}),
        (is_deleted_and_comes_back_elsewhere, {"q": "p"}),
        (comes_back_with_another_link, {"p": "p"}),
        (without_link_is_deleted_and_comes_back, {"p": "p"}),
        (without_link_is_renamed, {"q": "p"}),
        (without_link_is_renamed_later, {"q": "p"}),
        (without_link_is_renamed_and_changed, {"q": "q"}),
        (without_link_is_copied, {"p": "p", "q": "q"}),
        (without_link_is_renamed_and_its_name_used_again, {"p": "new", "q": "p"}),
        (without_link_is_renamed_and_copied, {"q": "p", "r": "r"}),
        (leaves_a_link_again_as_another_takes_its_first, {"p": "p", "q": "q"}),
        (loses_the_link_of_one_of_two_files, {"p": "p", "q": "q"}),
        (is_gone_when_its_links_old_and_new_come_back, {"q": "q", "r": "p"}),
        (gets_a_second_file, {"p": "p", "q": "p"}),
        (comes_in_two_files_at_once, {"p": "p", "q": "p"}),
        (loses_one_of_two_files, {"q": "p"}),
        (sees_one_of_two_files_become_another_story, {"p": "new", "q": "p"}),
        (sees_both_files_become_other_stories, {"p": "p", "q": "q"}),
        (swaps_links_with_another, {"p": "q", "q": "p"}),
        (swaps_names_with_another_without_links, {"p": "q", "q": "p"}),
        (makes_way_for_a_new_file_of_its_name, {"p": "new", "q": "p"}),
        (is_passed_on_in_a_ring, {"p": "q", "q": "r", "r": "p"}),
        (gives_its_link_back, {"p": "p"}),
        (leaves_a_link_that_another_takes, {"p": "p", "q": "q"}),
        (leaves_a_link_that_another_takes_at_once, {"p": "new", "q": "p"}),
        (wants_back_a_link_that_another_has, {"p": "q", "q": "q"}),
        (is_gone_when_another_takes_a_link_that_it_had, {"q": "p"}),
        (becomes_one_with_another, {"p": "p", "q": "p"}),
        (becomes_one_with_another_under_a_new_link, {"p": "p", "q": "p"}),
        (becomes_one_with_another_and_parts_again, {"p": "p", "q": "q"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_an_entry_keeps_its_id_when_it(entry, left: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    ledger = Remembered()
    first: dict[str, str] = {}
    for changes in entry():
        ledger.change(**changes)
        named = {entry_id: path for path, entry_id in first.items()}
        for path in sorted(ledger.files):
            if path not in first and ledger.id_of(path) not in named:
                first[path] = ledger.id_of(path)
                named[first[path]] = path
    named = {entry_id: path for path, entry_id in first.items()}
    assert {path: named.get(ledger.id_of(path), "new") for path in ledger.files} == left
    assert len(set(ledger.ids.values())) == len(ledger.ids)


def test_a_link_into_a_document_is_another_than_that_of_the_document() -> None:
    ledger = Remembered()
    ledger.change(p=File(A), q=File(f"{A}#x"), r=File(f"{A}#y"))
    assert len({ledger.id_of(path) for path in "pqr"}) == 3
    ledger.change(r=File(f"{A}#x"))
    assert ledger.id_of("r") == ledger.id_of("q")


FROM_BEFORE = Claim("p", key(f"{A}#x"), b"", key(A))


@pytest.mark.parametrize(
    ("claims", "files", "found"),
    [
        ([FROM_BEFORE], {}, {"p": 1}),
        ([FROM_BEFORE], {"other": key(A)}, {"p": 2}),
        ([FROM_BEFORE, FROM_BEFORE._replace(path="q")], {}, {"p": 1, "q": 1}),
        ([FROM_BEFORE, Claim("q", key(f"{A}#y"), b"", key(A))], {}, {"p": 1, "q": 2}),
        ([FROM_BEFORE._replace(document=None)], {}, {"p": 2}),
        ([FROM_BEFORE._replace(document=key(B))], {}, {"p": 2}),
    ],
)
def test_an_entry_from_before_fragments_were_told_apart_comes_back_as_a_link_into_its_document(
    claims: list[Claim], files: dict[str, bytes | None], found: dict[str, int]
) -> None:
    known = Known({}, {}, {}, set(), {1: KnownEntry(key(A), files)}, {key(A): 1}, 2)
    assert resolve(claims, (), known, AUTHORITY, {minted_for(A)}.__contains__).entries == found


def test_of_two_files_that_a_fragment_parts_the_one_that_represented_the_entry_keeps_it() -> None:
    for represented_by, found in (("p", {"p": 1, "q": 2}), ("q", {"p": 2, "q": 1}), (None, {"p": 1, "q": 2})):
        entry = KnownEntry(key(A), {"p": key(A), "q": key(A)}, represented_by)
        known = Known({"p": 1, "q": 1}, {key(A): 1}, {}, set(), {1: entry}, {}, 2)
        claims = [Claim("p", key(f"{A}#x"), b"", key(A)), Claim("q", key(f"{A}#y"), b"", key(A))]
        assert resolve(claims, (), known, AUTHORITY, {minted_for(A)}.__contains__).entries == found


def test_a_link_that_an_entry_left_gives_another_entry_a_salted_id() -> None:
    ledger = Remembered()
    ledger.change(p=File(A))
    ledger.change(p=File(B))
    ledger.change(q=File(A))
    assert ledger.id_of("p") == minted_for(A)
    assert ledger.id_of("q") == minted_for(A, attempt=1)
    ledger.change(q=File(C))
    ledger.change(r=File(A))
    assert ledger.id_of("r") == minted_for(A, attempt=2)


# Whatever happens

PATHS = st.sampled_from("pqrs")
FILES = st.builds(File, st.sampled_from(("", A, B, C)), st.sampled_from("12"))
PASSES = st.lists(st.dictionaries(PATHS, st.one_of(st.none(), FILES), min_size=1, max_size=4), max_size=8)


@given(PASSES)
@settings(max_examples=300, deadline=None)
def test_every_file_is_an_entry_and_no_id_is_minted_twice(passes: list[Pass]) -> None:
    ledger = Remembered()
    for changes in passes:
        before = {path: ledger.id_of(path) for path in ledger.files}
        ledger.change(**changes)
        assert all(TAG.fullmatch(ledger.id_of(path)) for path in ledger.files)
        assert len(set(ledger.ids.values())) == len(ledger.ids)
        assert all(ledger.id_of(path) == was for path, was in before.items() if path not in changes)


@given(PASSES)
@settings(max_examples=300, deadline=None)
def test_files_that_are_read_again_unchanged_stay_what_they_are(passes: list[Pass]) -> None:
    ledger = Remembered()
    for changes in passes:
        ledger.change(**changes)
    if all(file.link for file in ledger.files.values()):
        before = dict(ledger.entry_of)
        assert ledger.take_in(dict(ledger.files), ()).minted == {}
        assert ledger.entry_of == before


@given(
    PASSES, st.dictionaries(PATHS, FILES, min_size=1), st.lists(PATHS, unique=True), st.randoms(use_true_random=False)
)
@settings(max_examples=300, deadline=None)
def test_the_order_of_claims_changes_nothing(
    passes: list[Pass], read: dict[str, File], removed: list[str], random_: object
) -> None:
    ledger = Remembered()
    for changes in passes:
        ledger.change(**changes)
    removed = [path for path in removed if path not in read]
    claims = claims_of(read)
    shuffled, gone = claims[:], removed[:]
    random_.shuffle(shuffled)  # type: ignore[attr-defined]
    random_.shuffle(gone)  # type: ignore[attr-defined]
    taken = set(ledger.ids.values()).__contains__
    one = resolve(claims, removed, ledger.known(claims, removed), AUTHORITY, taken)
    assert resolve(shuffled, gone, ledger.known(claims, removed), AUTHORITY, taken) == one


@given(PASSES, st.dictionaries(PATHS, FILES, min_size=1), st.lists(PATHS, unique=True))
@settings(max_examples=300, deadline=None)
def test_files_of_which_nothing_is_known_can_be_minted_apart(
    passes: list[Pass], read: dict[str, File], removed: list[str]
) -> None:
    ledger = Remembered()
    for changes in passes:
        ledger.change(**changes)
    removed = [path for path in removed if path not in read]
    claims, taken = claims_of(read), set(ledger.ids.values()).__contains__
    known = ledger.known(claims, removed)
    new = sorted(each for each in claims if each.link and each.path not in known.paths and each.link not in known.links)
    together = resolve(claims, removed, known, AUTHORITY, taken)
    met = [claim for claim in claims if claim not in new]
    known, repeated = ledger.known(met, removed), RepeatedKeys()
    for claim in claims:
        repeated.add(claim)
    found, first, others = settle(met, removed, known)
    minting = Minting(AUTHORITY, known.next_entry, found.links, taken, repeated.found())
    for claim in (*first, *sorted((*others, *new))):
        found.entries[claim.path] = minting.entry_of(claim)
    assert found.entries == together.entries
    assert minting.minted == together.minted


def test_new_entries_are_found_by_their_ids() -> None:
    claims = [*claims_of({"p": File(A), "q": File(B), "r": File()})]
    minting = Minting(AUTHORITY, 7, {}, set().__contains__)
    assert [minting.entry_of(claim) for claim in claims] == [7, 8, 9]
    ids = [mint(AUTHORITY, claim) for claim in claims]
    assert minting.minted == dict(zip((7, 8, 9), ids, strict=True))
    others = [
        "",
        "tag:elsewhere",
        ids[0][:-1],
        ids[0][:-1] + "x",
        ids[0].upper(),
        "tag:other.example,2026:" + ids[0][-30:],
    ]
    assert minting.minted.entries_with([*ids, *others], 8) == {ids[1]: 8, ids[2]: 9}


def test_only_keys_that_several_files_have_are_repeated() -> None:
    def repeated(files: dict[str, File]) -> int:
        keys = RepeatedKeys()
        for claim in claims_of(files):
            keys.add(claim)
        return len(keys.found())

    assert repeated({"p": File(A), "q": File(B), "r": File(), "s": File()}) == 0
    assert repeated({"p": File(A), "q": File(B), "r": File(A)}) == 1
    assert repeated({"caf\u00e9": File(), "cafe\u0301": File()}) == 1


@given(PASSES)
@settings(max_examples=300, deadline=None)
def test_files_with_one_link_that_are_read_together_are_one_entry(passes: list[Pass]) -> None:
    ledger = Remembered()
    for changes in passes:
        ledger.change(**changes)
        read = {path: file for path, file in changes.items() if file and file.link}
        for path, file in read.items():
            for other, its in read.items():
                assert file.link != its.link or ledger.entry_of[path] == ledger.entry_of[other]
