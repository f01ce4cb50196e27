"""The client of object stores, on real ones: what it gives, what it raises, and what nobody gets to see."""

from __future__ import annotations

import pickle
import stat
import sys
from pathlib import Path

import pytest
from object_servers import ACCOUNT_KEY, KEY, SECRET, BadLink, Bucket

from feedd.store.object_stores.object_store import (
    ABSENT,
    AccessRefused,
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreFull,
    StoresNotInstalled,
    StoreUnreachable,
)
from feedd.store.object_stores.obstore_client import ObstoreClient
from feedd.store.object_stores.store_url import parse_store_url


def client(bucket: Bucket) -> ObstoreClient:
    return ObstoreClient(parse_store_url(bucket.url))


@pytest.fixture(params=["bucket", "container"])
def place(request: pytest.FixtureRequest) -> Bucket:
    """A place in a store of each kind that can be had."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Bucket)
    return found


# Addresses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("s3://bucket", ("s3", "bucket", "")),
        ("s3://bucket/", ("s3", "bucket", "")),
        ("gs://bucket/a b/c", ("gs", "bucket", "a b/c/")),
        ("az://con-tainer/items/", ("az", "con-tainer", "items/")),
        ("az://$web", ("az", "$web", "")),
        ("s3://my.bucket_1/人工智能", ("s3", "my.bucket_1", "人工智能/")),
    ],
)
def test_an_address_names_a_bucket_and_a_prefix(text: str, parts: tuple[str, str, str]) -> None:
    assert parse_store_url(text) == parts
    assert str(parse_store_url(text)) == text.rstrip("/")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("s3:bucket", "expected an address such as"),
        ("http://bucket/x", "with s3, gs or az"),
        ("s3://", "the name of a bucket after `s3://`"),
        ("az:///x", "the name of a container after `az://`"),
        ("s3://key:secret@bucket/x", "expected no credentials"),
        ("s3://bucket:9000/x", "no port"),
        ("az://container/x?sig=secret", "no `?`"),
        ("s3://bucket/a//b", "without `//`"),
        ("s3://bucket/../b", "without `//`"),
        ("s3://Bucket/b", "small"),
    ],
)
def test_a_wrong_address_is_named_and_not_repeated(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")) as caught:
        parse_store_url(text)
    assert "secret" not in str(caught.value).replace("AWS_", "")


# Objects


def test_an_object_is_put_listed_read_and_deleted(place: Bucket) -> None:
    store = client(place)
    etag = store.put("a b/ü.md", b"body", content_type="text/plain", cache_control="max-age=9", content_encoding="gzip")
    (listed,) = store.list()
    assert (listed.key, listed.size, listed.etag) == ("a b/ü.md", 4, etag)
    assert store.head("a b/ü.md") == listed
    assert store.get("a b/ü.md") == (b"body", etag)
    assert store.get("a b/ü.md", at_most=2) == (b"bo", etag)
    sent = {"Content-Type": "text/plain", "Cache-Control": "max-age=9", "Content-Encoding": "gzip"}
    assert sent.items() <= place.headers("a b/ü.md").items()
    assert list(store.list("a b/")) == [listed]
    assert list(store.list("a/")) == []
    store.delete("a b/ü.md")
    store.delete("a b/ü.md")
    assert store.head("a b/ü.md") is None
    with pytest.raises(ObjectMissing, match="it is not there"):
        store.get("a b/ü.md")


def test_a_large_object_is_put_under_conditions_too(place: Bucket) -> None:
    store, body = client(place), bytes(range(256)) * 8192
    etag = store.put("large", body, content_type="image/png", condition=ABSENT)
    assert store.get("large") == (body, etag)
    with pytest.raises(ObjectChanged):
        store.put("large", body + b"!", content_type="image/png", condition=ABSENT)


def test_a_put_takes_a_condition(place: Bucket) -> None:
    store = client(place)
    first = store.put("a.xml", b"1", content_type="text/xml", condition=ABSENT)
    with pytest.raises(ObjectChanged, match="another object is there"):
        store.put("a.xml", b"2", content_type="text/xml", condition=ABSENT)
    second = store.put("a.xml", b"2", content_type="text/xml", condition=first)
    with pytest.raises(ObjectChanged):
        store.put("a.xml", b"3", content_type="text/xml", condition=first)
    assert store.get("a.xml") == (b"2", second)


def test_a_listing_has_all_pages(bucket: Bucket) -> None:
    names = {f"{number:04}.md" for number in range(1005)}
    for name in names:
        bucket.put(name, b"x")
    assert {each.key for each in client(bucket).list()} == names


def test_an_empty_object_is_read(place: Bucket) -> None:
    place.put("empty.md", b"")
    assert client(place).get("empty.md")[0] == b""
    assert client(place).get("empty.md", at_most=10)[0] == b""


# What goes wrong


def test_one_in_ten_busy_answers_are_not_noticed(bucket: Bucket, link: BadLink) -> None:
    for number in range(30):
        bucket.put(f"{number}.md", b"x" * 1000)
    link.busy_every = 10
    store = client(bucket)
    assert len({store.get(each.key) for each in store.list()}) == 1
    assert store.put("a", b"1", content_type="text/plain")


def test_an_answer_that_breaks_off_is_asked_for_again(bucket: Bucket, link: BadLink) -> None:
    bucket.put("a.md", bytes(100_000))
    link.cut_every = 2
    store = client(bucket)
    for _ in range(4):
        assert store.get("a.md")[0] == bytes(100_000)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, AccessRefused, "refuses the credentials (403"),
        (503, StoreUnreachable, "busy or out of order (503 SlowDown)"),
        (429, StoreUnreachable, "busy or out of order (429)"),
        (507, StoreFull, "no room (507)"),
        (400, StoreError, "refuses the request (400)"),
    ],
)
def test_each_failure_has_its_words(
    status: int, kind: type[StoreError], words: str, bucket: Bucket, link: BadLink
) -> None:
    link.status = status
    store = client(bucket)
    for request in (lambda: list(store.list()), lambda: store.put("a.md", b"", content_type="text/plain")):
        with pytest.raises(kind) as caught:
            request()
        assert words in str(caught.value)
        assert str(caught.value).isprintable()


def test_a_store_that_is_not_there_is_unreachable(bucket: Bucket, link: BadLink) -> None:
    link.down = True
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        client(bucket).get("a.md")


def test_a_bucket_that_is_not_there_is_missing(container: Bucket) -> None:
    with pytest.raises(ObjectMissing, match="no such bucket; make it"):
        list(ObstoreClient(parse_store_url("az://not-there/x")).list())


def test_wrong_credentials_are_refused_and_not_shown(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.put("a.md", b"")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
    with pytest.raises(AccessRefused) as caught:
        client(bucket).get("a.md")
    text = str(caught.value)
    assert "see AWS_ACCESS_KEY_ID" in text
    assert KEY not in text
    assert "another-secret" not in text


@pytest.mark.parametrize("secret", [SECRET, ACCOUNT_KEY])
def test_a_copy_in_another_process_carries_no_credentials(secret: str, place: Bucket) -> None:
    store = client(place)
    list(store.list())
    sent = pickle.dumps(store)
    assert secret.encode() not in sent
    assert secret not in repr(store)
    assert list(pickle.loads(sent).list()) == []


def test_without_the_package_one_line_says_what_to_install(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(StoresNotInstalled, match=r"pip install 'feedd\[stores\]'"):
        client(bucket).get("a.md")


@pytest.mark.parametrize("endpoint", ["nonsense", "store.example:9000", "http://", "ftp://store.example/hidden"])
def test_an_endpoint_that_is_no_address_is_named(
    endpoint: str, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(AccessRefused, match="AWS_ENDPOINT_URL is no address such as") as caught:
        list(client(bucket).list())
    assert "hidden" not in str(caught.value)


def test_azure_without_an_account_has_no_credentials(container: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME")
    with pytest.raises(AccessRefused, match="no credentials were found; see AZURE_STORAGE_ACCOUNT_NAME"):
        list(client(container).list())


def test_what_the_client_takes_for_the_end_of_the_program_is_an_error(bucket: Bucket) -> None:
    class PanicException(BaseException):  # as Rust's are
        pass

    def panic() -> None:
        raise PanicException

    with pytest.raises(StoreUnreachable, match="its client failed"):
        client(bucket)._tried("a.md", panic)


# Profiles of the AWS clients


def without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name)


def test_a_profile_has_keys_and_an_endpoint(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bucket.put("a.md", b"body")
    endpoint = bucket.server.environment["AWS_ENDPOINT_URL"]
    without_keys(monkeypatch)
    (tmp_path / "aws_config_file").write_text(f"[profile mine]\nregion = eu-west-1\nendpoint_url = {endpoint}\n")
    keys = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    (tmp_path / "aws_shared_credentials_file").write_text(f"[default]\naws_access_key_id = x\n[mine]\n{keys}")
    monkeypatch.setenv("AWS_PROFILE", "mine")
    assert client(bucket).get("a.md")[0] == b"body"
    monkeypatch.setenv("AWS_PROFILE", "another")
    with pytest.raises(AccessRefused, match="no profile of the name in AWS_PROFILE"):
        client(bucket).get("a.md")


@pytest.mark.parametrize("signs_in", [True, False])
def test_a_profile_may_name_a_program_or_a_way_to_sign_in(
    signs_in: bool, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bucket.put("a.md", b"body")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    program = tmp_path / "bin/aws"
    program.parent.mkdir()
    answer = f'{{"Version": 1, "AccessKeyId": "{KEY}", "SecretAccessKey": "{SECRET}"}}'
    program.write_text(f"#!/bin/sh\necho \"$*\" >{tmp_path}/asked\necho '{answer}'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    how = "sso_session = company" if signs_in else f"credential_process = {program} mine"
    (tmp_path / "aws_config_file").write_text(f"[default]\n{how}\n")
    assert client(bucket).get("a.md")[0] == b"body"
    asked = (tmp_path / "asked").read_text().strip()
    assert asked == ("configure export-credentials --format process --profile default" if signs_in else "mine")

    program.write_text("#!/bin/sh\necho not signed in >&2\nexit 1\n")
    with pytest.raises(AccessRefused, match="the profile default gives no credentials; sign in again"):
        client(bucket).get("a.md")
