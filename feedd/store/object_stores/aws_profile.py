"""Credentials for S3 that are not in the environment: what the profile of the AWS clients says.

Keys that stand in ~/.aws/credentials are read here. What else a profile may say (single sign-on, roles) is asked of the
program that it names in `credential_process`, or of the AWS command line, which answers alike.
"""

from __future__ import annotations

import configparser
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from feedd.store.object_stores.object_store import AccessRefused

_IN_ENVIRONMENT = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SKIP_SIGNATURE")
_GIVES_CREDENTIALS = ("sso_session", "sso_start_url", "sso_account_id", "role_arn", "source_profile", "login_session")
_PATIENCE = 30  # seconds

Credentials = Callable[[], dict[str, Any]]


class AwsProfile(NamedTuple):
    """What a profile says; "" is what it does not say. `credentials` gives credentials each time they are asked for."""

    region: str
    endpoint: str
    credentials: Credentials | None


def read_aws_profile() -> AwsProfile:
    """The profile that AWS_PROFILE names, or the default profile. Says nothing of credentials if the environment has
    credentials and names no profile. Raises AccessRefused.
    """
    named = os.environ.get("AWS_PROFILE", "")
    name = named or "default"
    said = _section("AWS_CONFIG_FILE", "~/.aws/config", name if name == "default" else f"profile {name}")
    said |= _section("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", name)
    if named and not said:
        raise AccessRefused("there is no profile of the name in AWS_PROFILE; see ~/.aws/config and ~/.aws/credentials")
    elsewhere = not named and any(os.environ.get(each) for each in _IN_ENVIRONMENT)
    return AwsProfile(said.get("region", ""), said.get("endpoint_url", ""), None if elsewhere else _given(name, said))


def _section(variable: str, usual: str, name: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(Path(os.environ.get(variable) or usual).expanduser(), "utf-8")
    except (OSError, RuntimeError):  # unreadable, or there is no home
        return {}
    except (configparser.Error, UnicodeDecodeError):
        raise AccessRefused(f"the file {os.environ.get(variable) or usual} of the AWS clients is broken") from None
    return dict(parser.items(name)) if parser.has_section(name) else {}


def _given(name: str, said: dict[str, str]) -> Credentials | None:
    if said.get("aws_access_key_id") and said.get("aws_secret_access_key"):
        keys = {"access_key_id": said["aws_access_key_id"], "secret_access_key": said["aws_secret_access_key"]}
        return lambda: {**keys, "token": said.get("aws_session_token"), "expires_at": None}
    if command := said.get("credential_process"):
        return _from_program(shlex.split(command), name)
    if not any(each in said for each in _GIVES_CREDENTIALS):
        return None
    program = shutil.which("aws")
    if program is None:
        raise AccessRefused(f"the profile {name} needs the AWS command line, which is not installed; install it")
    return _from_program([program, "configure", "export-credentials", "--format", "process", "--profile", name], name)


def _from_program(command: list[str], name: str) -> Credentials:
    def credentials() -> dict[str, Any]:
        try:
            done = subprocess.run(  # noqa: S603 - the user's own
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=True
            )
            answer = json.loads(done.stdout)
            ends = answer.get("Expiration")
            return {
                "access_key_id": answer["AccessKeyId"],
                "secret_access_key": answer["SecretAccessKey"],
                "token": answer.get("SessionToken"),
                "expires_at": datetime.fromisoformat(ends).astimezone(UTC) if ends else None,
            }
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError, AttributeError):
            raise AccessRefused(f"the profile {name} gives no credentials; sign in again") from None

    return credentials
