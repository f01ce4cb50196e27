"""Errors of the client of object stores in; feedd's own exceptions, each with one printable line, out.

Of the client's text only a status and a code are passed on: it holds addresses with signatures, and whole answers.
"""

from __future__ import annotations

import re

from feedd.patterns import late_pattern
from feedd.store.object_stores.object_store import (
    AccessRefused,
    BrokeOff,
    ObjectChanged,
    ObjectMissing,
    OddKey,
    StoreError,
    StoreFull,
    StoreUnreachable,
)

_STATUS = late_pattern(r"status code: (\d{3})")
_CODE = late_pattern(r"<Code>([A-Za-z]{3,60})</Code>")
_OWN = late_pattern(r"AccessRefused: ([^\n\\\"']+)")  # of aws_profile.py, which obstore asked
_PATH = late_pattern(r'Path "(.{0,1024}?)"(?: contained|:)', re.DOTALL)
_RETRIED = late_pattern(r", after \d+ retries")
_FULL_CODES = {"QuotaExceeded", "StorageFull", "XMinioStorageFull", "InsufficientCapacity", "AccountQuotaExceeded"}
_REFUSED_CODES = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AccessDenied"}
_SKEWED_CODES = {"RequestTimeTooSkewed", "RequestExpired"}
_MISSING_CODES = {"NoSuchBucket", "ContainerNotFound"}
_METADATA = (
    "169.254.169.254",
    "metadata.google.internal",
    "latest/api/token",
    "redential",
    "Account must be",
    "Access Key",
)
_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS, or a service account of the machine",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or an identity of the machine",
}


def explained(error: Exception, place: str, scheme: str) -> StoreError:
    """The exception of feedd for an error of the client. `place`: the address that the line begins with."""
    if isinstance(error, StoreError):
        return error
    name, text = type(error).__name__, str(error)
    if name == "InvalidPathError":
        key = "".join(c for c in _found(_PATH, text) if c.isprintable())
        return OddKey(f"{place}: an object has the key `{key}`, which cannot be read; rename or delete it")
    status, code = _found(_STATUS, text), _found(_CODE, text)
    known = " ".join(each for each in (status, code) if each)
    if code in _MISSING_CODES or (status == "404" and "list request" in text):
        return ObjectMissing(f"{place}: there is no such bucket; make it, or correct the address")
    if name == "FileNotFoundError":
        return ObjectMissing(f"{place}: it is not there")
    if code in _SKEWED_CODES:
        return AccessRefused(f"{place}: the clocks of this machine and of the store differ ({known}); set the clock")
    if own := _found(_OWN, text):
        return AccessRefused(f"{place}: {own}")
    if name in ("PermissionDeniedError", "UnauthenticatedError") or status in ("401", "403") or code in _REFUSED_CODES:
        return AccessRefused(
            f"{place}: the store refuses the credentials ({known or name}); see {_CREDENTIALS[scheme]}"
        )
    if name in ("AlreadyExistsError", "PreconditionError", "NotModifiedError"):
        return ObjectChanged(f"{place}: another object is there than expected ({known or name})")
    if status == "507" or code in _FULL_CODES:
        return StoreFull(f"{place}: the store has no room ({known}); make room, or raise its quota")
    return _of_transport(text, place, scheme, status, known)


def _of_transport(text: str, place: str, scheme: str, status: str, known: str) -> StoreError:
    if "incorrectly configured region" in text:
        return AccessRefused(f"{place}: the bucket is in another region; set AWS_REGION")
    if status:
        if status[0] == "5" or status in ("408", "429"):
            busy = StoreUnreachable(f"{place}: the store is busy or out of order ({known}); it is tried again later")
            busy.is_unanswered = status in _NO_ANSWERS
            return busy
        return StoreError(f"{place}: the store refuses the request ({known})")
    if any(each in text for each in _METADATA):
        return AccessRefused(f"{place}: no credentials were found; see {_CREDENTIALS[scheme]}")
    why = next((words for sign, words in _SIGNS if sign in text), "")
    kind = StoreUnreachable if _RETRIED.search(text) else BrokeOff
    unreachable = kind(f"{place}: the store cannot be reached{why}; it is tried again later")
    unreachable.is_unanswered = not any(sign in text for sign in _NEVER_SENT)
    return unreachable


_NO_ANSWERS = ("408", "504")  # of a gateway: the store behind it may go on
_NEVER_SENT = ("dns error", "onnection refused", "certificate", "kind: Connect")
_SIGNS = (
    ("panic", ": its client failed, because of an address or a value in the environment"),
    ("kind: Timeout", ": it does not answer in time"),
    ("dns error", ": there is no such host"),
    ("onnection refused", ": nobody listens there"),
    ("certificate", ": its certificate is not trusted"),
    ("body error", ": the connection broke off"),
    ("kind: Connect", ": there is no connection"),
)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
