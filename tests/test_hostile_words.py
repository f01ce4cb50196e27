"""Names, values and answers that come from outside, driven through every command and every way to report.

Whatever they hold, no terminal is told to do anything, no line is forged, and no command of a CI runner is given.
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import io
import json
import os
import re
import subprocess
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubs import Hub, Reply
from support import FEEDD, end, item, wait_until

from feedd.cli.main import main
from feedd.cli.parsing.parsers import build_parser
from feedd.store.control import Control

# Controls, line breaks of every kind, C1, a colour, a title of the window, bidirectional controls, tags, commands.
HOSTILE = (
    "\n::error::FORGED\r\n##[error]FORGED\x85FORGED\u2028FORGED\x0b\x0c\x1b[31m\x1b]0;FORGED\x07\x9b2J"
    "\x7f\u202e\u2066\u200f\U000e0041 שלום"
)
FILE = f"seeds/x{HOSTILE.replace('/', '')}.md"
TITLE = "\u202e::error::FORGED \u2066##[error]FORGED\u2069 \u05e9\u05dc\u05d5\u05dd"
SAFE = "\x1b[0m"


class HostileSite:
    """A hostile site, its hub and a hostile web server."""

    def __init__(self, root: Path, hub: Hub, server: str) -> None:
        self.root = root
        self.hub = hub
        self.server = server

    def said(self, *arguments: str, terminal: bool = False) -> bytes:
        """All that a command writes, to a pipe or to a terminal."""
        written = io.BytesIO()
        stream = (Terminal if terminal else io.TextIOWrapper)(written, "utf-8", write_through=True)
        # What draws a progress bar on a terminal moves the cursor.
        errors = io.TextIOWrapper(written, "utf-8", write_through=True) if arguments[0] == "render" else stream
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(errors), contextlib.suppress(SystemExit):
            main(arguments)
        said = written.getvalue()
        stream.detach()
        return said


class Terminal(io.TextIOWrapper):
    """A stream that says that it leads to a terminal."""

    def isatty(self) -> bool:
        return True


def _read(reader: Any) -> bytes:
    try:
        data: bytes = reader.read(65536)
    except OSError:  # the last one has closed the terminal
        return b""
    return data


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers with what no web server should say."""

    def do_GET(self) -> None:
        text = "FORGED\x1b[31m\x9b2J\u202e::error::FORGED##[error]FORGED"
        self.send_response(200)
        for name in ("Content-Type", "Cache-Control", "ETag", "Age"):
            self.send_header(name, text.replace("\x1b", "").encode().decode("latin-1"))
        self.end_headers()
        if self.path.endswith("atom.xml"):
            self.wfile.write(f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{"FORGED"}</id></feed>'.encode())
        else:
            self.wfile.write(b"<opml><body><outline xmlUrl='&#10;::error::FORGED'/></body></opml>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileSite]:
    """A site whose folder, files, configuration, topics, feeds and hub all mean ill. It has been rendered once."""
    root = tmp_path_factory.mktemp("hostile") / "site\n::error::FORGED\x1b[31m"
    (root / "seeds").mkdir(parents=True)
    (root / "config").mkdir()
    (root / FILE).write_text("---\ntitle: [\n---\n")
    (root / "seeds/a.md").write_text(item(TITLE, "https://news.example/1", topics=[TITLE], provider=TITLE))
    (root / "seeds/b.md").write_text(item("Two", date="FORGED\n::error::FORGED\u202e", heat=HOSTILE))
    (root / b"seeds/caf\xe9\n::error::.md".decode("utf-8", "surrogateescape")).write_text("x")
    with Hub() as hub, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        hub.reply = lambda asked: Reply(400, {"Content-Type": "text/plain"}, f"no{HOSTILE}".encode())
        keys: dict[str, Any] = {
            "authority": "feeds.example,2026",
            "base_url": "https://feeds.example/",
            "title": TITLE,
            "websub": {"hubs": [hub.url]},
            "feeds": {"mine": {"title": TITLE, "topics": [TITLE]}},
            "retired": {"topics/never": "topics/\u202enever"},
            "serve": {"listen": "off"},
        }
        (root / "config/feedd.yaml").write_text("".join(f"{name}: {json.dumps(keys[name])}\n" for name in keys))
        (root / "config/wrong.yaml").write_text(
            f"{json.dumps(HOSTILE)}: 1\nlimit: {json.dumps(HOSTILE)}\nbase_url: {json.dumps('https://x/' + HOSTILE)}\n"
        )
        keys["publish"] = ["s3://bucket/prefix"]
        (root / "config/store.yaml").write_text("".join(f"{name}: {json.dumps(keys[name])}\n" for name in keys))
        (root / "config/wrong-store.yaml").write_text(f"publish: [{json.dumps('s3://bucket/' + HOSTILE)}]\n")
        place = HostileSite(root, hub, f"http://127.0.0.1:{server.server_port}/")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(root)
            patch.setenv("TERM", "xterm")
            for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "ENDPOINT_URL"):
                patch.setenv(f"AWS_{name}", place.server if name == "ENDPOINT_URL" else "some")
            for name in ("STATE_DIRECTORY", "NO_COLOR", "GITHUB_WORKSPACE"):
                patch.delenv(name, raising=False)
            assert b"published" in place.said("render")
            yield place
        server.shutdown()


def assert_harmless(said: bytes, *, coloured: bool = False, own_commands: bool = False) -> None:
    """What was said shows everything and does nothing: lines of feedd's own, in its own colours."""
    text = said.decode()
    if coloured:
        text = re.sub(r"\x1b\[(?:0|1|2|31|32|33)m", "", text.replace("\r\n", "\n"))
    turning = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B")
    hidden = {
        letter
        for letter in text.replace("\n", "")
        if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(letter) in turning
        or letter in "\u200e\u200f\u061c"
        or 0xE0000 <= ord(letter) < 0xE0080
    }
    assert hidden == set(), text
    assert "##[" not in text
    for line in text.split("\n"):
        assert not line.lstrip().startswith(("FORGED", ":FORGED")), text
        if line.lstrip().startswith("::"):
            assert own_commands, text
            assert re.match(r"::(error|notice) file=[^:,]+(,line=\d+)?::", line), text


COMMANDS = [
    ("render",),
    ("render", "--strict", "--config", "config/wrong.yaml"),
    ("render", "--config", f"config/{HOSTILE}"),
    ("check",),
    ("check", "--config", "config/wrong.yaml"),
    ("check", FILE, f"seeds/{HOSTILE}"),
    ("plan",),
    ("why", "seeds/a.md"),
    ("why", FILE),
    ("why", HOSTILE),
    ("why", "seeds/b.md"),
    ("top",),
    ("top", "mine"),
    ("top", HOSTILE),
    ("status",),
    ("status", "--config", "config/wrong.yaml"),
    ("status", "--state", f"s{HOSTILE.replace('/', '')}"),
    ("sync",),
    ("sync", "--state", f"s{HOSTILE.replace('/', '')}", "--timeout", "0"),
    ("announce",),
    ("deliver",),
    ("deliver", "--config", "config/store.yaml"),
    ("deliver", "--config", "config/wrong-store.yaml"),
    ("doctor", "{server}"),
    ("doctor", f"https://x/{HOSTILE}"),
    ("backup", f"b{HOSTILE.replace('/', '')}"),
    ("backup", f"missing/{HOSTILE}"),
    ("restore", "seeds/a.md"),
    ("restore", HOSTILE),
    ("subscribers", "list"),
    ("subscribers", "add", HOSTILE),
    ("subscribers", "revoke", HOSTILE),
    ("render", "--recover", f"missing/{HOSTILE}"),
    ("init", f"n{HOSTILE.replace('/', '')}"),
    ("init", "config/feedd.yaml/n\x1b[31m\n::error::FORGED"),
    ("install-service", "--print", "--user"),
    ("install-service", "--run-as", HOSTILE),
    ("serve", "--listen", HOSTILE),
    ("serve", "--listen", f"unix:/missing/{HOSTILE}"),
    ("run", "--config", "config/wrong.yaml"),
    (HOSTILE,),
    ("render", f"--{HOSTILE}"),
    ("top", "--limit", HOSTILE),
    ("sync", "--timeout", HOSTILE),
    ("check", "--format", HOSTILE),
    ("render", "--base-url", f"https://x/{HOSTILE}"),
]


def commands() -> dict[str, Any]:
    """The parser of each command."""
    (found,) = (each for each in build_parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(found.choices)


def formats(command: str) -> list[str]:
    actions = commands()[command]._actions if command in commands() else []
    return next((list(each.choices) for each in actions if "--format" in each.option_strings), [""])


def test_every_command_is_driven() -> None:
    assert {command for command, *_ in COMMANDS} >= commands().keys()


@pytest.mark.parametrize(
    ("command", "form", "terminal"),
    [
        (each, form, terminal)
        for each in COMMANDS
        for form in ([""] if "--format" in each else formats(each[0]))
        for terminal in ([False, True] if form in ("", "text") else [False])
    ],
    ids=lambda each: repr(each)[:60],
)
def test_no_command_says_what_a_terminal_or_a_runner_takes_for_an_order(
    place: HostileSite, command: tuple[str, ...], form: str, terminal: bool
) -> None:
    arguments = [each.replace("{server}", place.server) for each in command]
    said = place.said(*arguments, *(["--format", form] if form else []), terminal=terminal)
    assert b"Traceback" not in said
    assert_harmless(said, coloured=terminal, own_commands=form == "github")


def parsed(place: HostileSite, *arguments: str) -> Any:
    return json.loads(place.said(*arguments, "--format", "json"))


def test_what_machines_read_is_what_was_there(place: HostileSite) -> None:
    assert FILE in {each["path"] for each in parsed(place, "check")}
    assert FILE in {each["path"] for each in parsed(place, "render")["problems"]}
    assert parsed(place, "why", FILE)["path"] == FILE
    assert parsed(place, "why", "seeds/a.md")["title"] == TITLE
    assert parsed(place, "top")["entries"][0]["title"] == TITLE


def test_right_to_left_words_stay_legible(place: HostileSite) -> None:
    assert "\u05e9\u05dc\u05d5\u05dd".encode() in place.said("top")
    assert "\u05e9\u05dc\u05d5\u05dd".encode() in place.said("check")


@pytest.mark.parametrize("form", ["file", "journal", "terminal"])
def test_the_daemon_logs_no_forged_line_and_its_status_holds_none(place: HostileSite, form: str) -> None:
    place.said("render")
    (place.root / "seeds/a.md").write_text(item(TITLE, "https://news.example/1", topics=[TITLE], heat=len(form)))
    state = place.root / ".feedd"
    control = Control(state)
    log = place.root / f"{form}.log"
    leader, follower = os.openpty()
    with log.open("wb") as file, os.fdopen(leader, "rb", 0) as reader:
        found = os.fstat(file.fileno())
        process = subprocess.Popen(
            [*FEEDD, "run", "--listen", "off"],
            cwd=place.root,
            stderr=follower if form == "terminal" else file,
            env={**os.environ, "TERM": "xterm"}
            | ({"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"} if form == "journal" else {}),
        )
        os.close(follower)

        def is_ready() -> bool:
            status = control.status()
            return status is not None and status.pid == process.pid and status.passes > 0

        try:
            wait_until(is_ready, 60, log.read_text)
            for each in (("status",), ("status", "--format", "json"), ("sync",)):
                assert_harmless(place.said(*each))
            raw = (state / "status.json").read_bytes()
            process.terminate()
            written = b"".join(iter(lambda: _read(reader), b"")) if form == "terminal" else b""
            process.wait(60)
        finally:
            end(process)
    written = written or log.read_bytes()
    assert b"problem: " in written
    assert_harmless(written, coloured=form == "terminal")
    assert_harmless(raw)
    assert any(HOSTILE.replace("/", "") in each["path"] for each in json.loads(raw)["problems"])
    pattern = {"file": r"\d{4}-", "journal": r"<\d>", "terminal": r"(?:\x1b\[\d+m)*\d\d:\d\d:\d\d"}[form]
    assert all(re.match(pattern, line) for line in written.decode().splitlines())
