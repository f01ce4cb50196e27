"""The systemd unit: what it says, how it quotes, and the command that writes it."""

from __future__ import annotations

import getpass
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Site, end, item, looks

from feedd.daemon import unit
from feedd.daemon.unit import UnitSite as ServiceSite

SYSTEM = """\
[Unit]
Description=feedd: feeds of /srv/news
Documentation=https://github.com/feedd/feedd#readme
After=local-fs.target remote-fs.target
# A daemon that fails five times within ten minutes stays down until somebody looks at it.
StartLimitIntervalSec=10min
StartLimitBurst=5

[Service]
Type=notify
User=news
WorkingDirectory=/srv/news
ExecStart=/opt/feedd/bin/feedd run --base-url https://news.example/
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5s
# 2: a mistake in the configuration, which a restart does not mend.
RestartPreventExitStatus=2
TimeoutStartSec=2min
TimeoutStopSec=30s
WatchdogSec=2min
KillMode=mixed
# A file for which the memory does not do is a problem of this file.
OOMPolicy=continue
StateDirectory=feedd
StateDirectoryMode=0750
UMask=0022
# As many connections as readers may want to keep open.
LimitNOFILE=65536

# Everything is read-only to it but the feeds and its state.
ProtectSystem=strict
ReadWritePaths=/srv/news/feeds
ProtectHome=yes
CapabilityBoundingSet=
DevicePolicy=closed
IPAddressDeny=any
IPAddressAllow=localhost
KeyringMode=private
PrivateDevices=yes
PrivateIPC=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
"""

USER = """\
[Unit]
Description=feedd: feeds of /home/ada/news
Documentation=https://github.com/feedd/feedd#readme
After=local-fs.target remote-fs.target
# A daemon that fails five times within ten minutes stays down until somebody looks at it.
StartLimitIntervalSec=10min
StartLimitBurst=5

[Service]
Type=notify
WorkingDirectory=/home/ada/news
ExecStart=/usr/bin/python3 -m feedd run --state /home/ada/news/.feedd
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5s
# 2: a mistake in the configuration, which a restart does not mend.
RestartPreventExitStatus=2
TimeoutStartSec=2min
TimeoutStopSec=30s
WatchdogSec=2min
KillMode=mixed
# A file for which the memory does not do is a problem of this file.
OOMPolicy=continue
UMask=0022
# As many connections as readers may want to keep open.
LimitNOFILE=65536

LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=default.target
"""

NEWS = ServiceSite(
    command=("/opt/feedd/bin/feedd", "run", "--base-url", "https://news.example/"),
    folder=Path("/srv/news"),
    feeds=Path("/srv/news/feeds"),
    user="news",
    state=None,
)
ADAS = ServiceSite(
    command=("/usr/bin/python3", "-m", "feedd", "run"),
    folder=Path("/home/ada/news"),
    feeds=Path("/home/ada/news/feeds"),
    user=None,
    state=Path("/home/ada/news/.feedd"),
    homes=True,
)


# The text


def test_a_unit_of_the_system_lets_the_daemon_write_its_feeds_and_its_state_alone() -> None:
    assert unit.unit(NEWS) == SYSTEM


def test_a_unit_of_a_user_takes_away_what_needs_no_privilege_to_take() -> None:
    assert unit.unit(ADAS) == USER


def test_a_state_directory_of_its_own_is_named_and_may_be_written() -> None:
    text = unit.unit(with_place(state=Path("/var/feedd/state")))
    assert "ExecStart=/opt/feedd/bin/feedd run --base-url https://news.example/ --state /var/feedd/state\n" in text
    assert "\nReadWritePaths=/srv/news/feeds /var/feedd/state\n" in text
    assert "StateDirectory" not in text


def test_homes_are_hidden_unless_something_lies_in_one() -> None:
    assert "\nProtectHome=yes\n" in unit.unit(NEWS)
    assert "\nProtectHome=read-only\n" in unit.unit(with_place(homes=True))


@pytest.mark.parametrize(
    ("user", "used", "found"),
    [
        ("news", ["/srv/news", "/tmp/news"], "/tmp/news"),
        ("news", ["/var/tmp/news/seeds", "/tmp/news"], "/var/tmp/news/seeds"),
        ("root", ["/tmp"], "/tmp"),
        ("news", ["/srv/tmp/news", "/tmpfs/news", "/var/tmpx", "/home/ada/tmp", "/var"], None),
        ("news", [], None),
        (None, ["/tmp/news", "/var/tmp/news"], None),
    ],
)
def test_a_service_of_the_system_does_not_see_what_lies_in_tmp(
    user: str | None, used: list[str], found: str | None
) -> None:
    site = with_place(user=user)
    assert unit.unseen(site, map(Path, used)) == (found and Path(found))
    assert ("\nPrivateTmp=yes\n" in unit.unit(site)) is (user is not None)


def with_place(**fields: object) -> ServiceSite:
    return ServiceSite(**{name: getattr(NEWS, name) for name in NEWS.__struct_fields__} | fields)


# Quoting, as systemd.syntax(7), systemd.unit(5) and systemd.service(5) have it

_WORD = re.compile(
    r"""\s*(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|'((?:[^'\\]|\\.)*)'(?=\s|$)|((?:[^\s"'\\]|\\.)(?:[^\s\\]|\\.)*))"""
)


def setting(text: str, name: str) -> str:
    (value,) = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
    return value


def words(value: str) -> list[str]:
    """A list of words, unquoted, with its specifiers expanded."""
    found, at = [], 0
    while at < len(value.rstrip()):
        match = _WORD.match(value, at)
        assert match, value[at:]
        plain = next(group for group in match.groups() if group is not None)
        assert match[3] != ";", "the end of a command"
        plain = re.sub(r"\\(.)", lambda escape: {"s": " ", "t": "\t", "n": "\n"}.get(escape[1], escape[1]), plain)
        assert re.sub("%%", "", plain).count("%") == 0, f"a specifier in {plain}"
        found.append(plain.replace("%%", "%"))
        at = match.end()
    return found


def command(value: str) -> list[str]:
    """A command line: its program, which may not be a variable, and its arguments, in which $$ is a dollar sign."""
    program, *arguments = words(value)
    assert all(re.sub(r"\$\$", "", each).count("$") == 0 for each in arguments), f"a variable in {value}"
    return [program, *(each.replace("$$", "$") for each in arguments)]


def test_the_words_of_this_test_are_read_as_systemd_reads_them() -> None:
    assert command(r"""/bin/echo "a b" 'c d' e\sf "g\"h" i\\j 50%% $$HOME ";" k'l""") == [
        *("/bin/echo", "a b", "c d", "e f", 'g"h', r"i\j", "50%", "$HOME", ";", "k'l")
    ]


ODD = [
    "with blank",
    "tab\tin",
    'double"quote',
    "single'quote",
    "back\\slash",
    "50%",
    "%h",
    ";",
    "a;b",
    "é",
    "\\",
    '"',
    "'",
]
DOLLARS = ["$HOME", "${HOME}", "a$b", "$$"]


@pytest.mark.parametrize("odd", [*ODD, *DOLLARS])
def test_every_argument_is_passed_as_it_is(odd: str) -> None:
    state = Path("/srv") / odd
    text = unit.unit(with_place(command=("/usr/bin/feedd", "run", "--base-url", odd), state=state))
    assert command(setting(text, "ExecStart")) == ["/usr/bin/feedd", "run", "--base-url", odd, "--state", str(state)]


@given(st.lists(st.text(st.sampled_from(" \t'\"\\%$;#aé{}~-"), min_size=1), max_size=4))
def test_any_argument_is_passed_as_it_is(odd: list[str]) -> None:
    text = unit.unit(with_place(command=("/usr/bin/feedd", *odd)))
    assert command(setting(text, "ExecStart")) == ["/usr/bin/feedd", *odd]


@pytest.mark.parametrize("odd", [*ODD, *DOLLARS])
def test_every_place_that_may_be_written_is_named_as_it_is(odd: str) -> None:
    feeds, state = Path("/srv/feeds") / odd, Path("/var") / odd
    text = unit.unit(with_place(feeds=feeds, state=state))
    assert words(setting(text, "ReadWritePaths")) == [str(feeds), str(state)]


@pytest.mark.parametrize("odd", [*ODD, *DOLLARS])
def test_the_folder_is_named_as_it_is(odd: str) -> None:
    text = unit.unit(with_place(folder=Path("/srv") / odd / "news"))
    for name in ("WorkingDirectory", "Description"):  # these are not unquoted; only specifiers are expanded
        value = setting(text, name)
        assert value.replace("%%", "").count("%") == 0
        assert value.replace("%%", "%").endswith(f"/srv/{odd}/news")


# What systemd says of it

needs_analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def analyzed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True, timeout=60)


def program_in(folder: Path) -> Path:
    """A program that systemd can find."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "feedd"
    target.write_text("#!/bin/sh\n")
    target.chmod(0o755)
    return target


@needs_analyze
@pytest.mark.parametrize("odd", ["plain", "with blank", "50%", "%h", "é", "a;b", "$HOME", "a$b"])
def test_systemd_finds_the_program_wherever_it_is(tmp_path: Path, odd: str) -> None:
    program = program_in(tmp_path / odd)
    path = tmp_path / unit.NAME
    path.write_text(unit.unit(with_place(command=(str(program), "run"), folder=program.parent)))
    found = analyzed("verify", path)
    assert (found.returncode, [line for line in found.stderr.splitlines() if "not executable" in line]) == (0, [])


@needs_analyze
@pytest.mark.parametrize("whose", ["the system's", "a user's"])
def test_systemd_finds_nothing_wrong_with_a_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    program = program_in(tmp_path)
    path = tmp_path / unit.NAME
    user = "root" if whose == "the system's" else None
    path.write_text(unit.unit(with_place(command=(str(program), "run"), folder=tmp_path, user=user)))
    found = analyzed(*(["--user"] if user is None else []), "verify", path)
    assert (found.returncode, [line for line in found.stderr.splitlines() if unit.NAME in line]) == (0, [])


@needs_analyze
def test_systemd_finds_a_unit_of_the_system_safe(tmp_path: Path) -> None:
    path = tmp_path / unit.NAME
    path.write_text(unit.unit(with_place(command=(str(program_in(tmp_path)), "run"), reach="nobody")))
    found = analyzed("security", "--offline=true", "--threshold=15", path)
    assert found.returncode == 0, found.stdout
    assert "SAFE" in found.stdout


# `feedd install-service`


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of one's own."""
    found = tmp_path / "home"
    found.mkdir()
    monkeypatch.setenv("HOME", str(found))
    return found


@pytest.mark.parametrize("whose", [("--run-as", "nobody"), ("--user",)])
def test_a_unit_that_is_only_printed_is_written_nowhere(site: Site, home: Path, whose: tuple[str, ...]) -> None:
    system = Path("/etc/systemd/system") / unit.NAME
    before = looks(site.root), looks(home), system.exists()
    result = site.run("install-service", "--print", *whose)
    assert result.status == 0
    assert result.out.startswith("[Unit]\nDescription=feedd: feeds of ")
    assert result.out.endswith("\n") and not result.out.endswith("\n\n")
    assert ("\nUser=nobody\n" in result.out) is (len(whose) == 2)
    assert setting(result.out, "WorkingDirectory") == str(site.root)
    assert (looks(site.root), looks(home), system.exists()) == before


def test_ones_own_unit_is_written_and_the_next_commands_are_said(site: Site, home: Path) -> None:
    printed = site.run("install-service", "--user", "--print").out
    result = site.run("install-service", "--user")
    path = home / ".config/systemd/user/feedd.service"
    assert (result.status, result.err) == (0, "")
    assert path.read_text() == printed
    assert stat.S_IMODE(path.stat().st_mode) & 0o022 == 0
    assert site.feeds.is_dir()
    lines = result.out.splitlines()
    assert lines[0] == f"made  {path}"
    for line in ("daemon-reload", "enable --now feedd", "status feedd"):
        assert f"  systemctl --user {line}" in lines
    assert any(line.startswith(f"  loginctl enable-linger {getpass.getuser()}") for line in lines)
    assert site.run("install-service", "--user").status == 0
    assert path.read_text() == printed


def test_a_socket_of_before_that_is_not_asked_for_any_more_is_to_be_removed(site: Site, home: Path) -> None:
    socket = home / ".config/systemd/user/feedd.socket"
    assert "disable" not in site.run("install-service", "--user", "--socket").out
    lines = site.run("install-service", "--user").out.splitlines()
    (stop,) = (line for line in lines if line.startswith("  systemctl --user disable --now feedd.socket "))
    at = lines.index(stop)
    assert lines[at + 1 : at + 3] == [f"  rm {socket}", "  systemctl --user daemon-reload"]
    socket.unlink()
    assert stop not in site.run("install-service", "--user").out.splitlines()


def test_whoever_installs_a_unit_learns_where_its_ledger_is_for_other_commands(site: Site, home: Path) -> None:
    result = site.run("install-service", "--user")
    text = (home / ".config/systemd/user/feedd.service").read_text()
    assert "--state" in setting(text, "ExecStart") or "`state: " in result.out


def test_a_unit_that_cannot_be_written_is_refused_with_the_way_out(site: Site, home: Path) -> None:
    (home / ".config").write_text("a file")
    result = site.run("install-service", "--user")
    assert result.status == 3
    assert result.err == f"feedd: {home}/.config/systemd/user: Not a directory; with --print it is only printed\n"


def test_a_service_does_not_run_as_root_unless_that_is_said(site: Site) -> None:
    result = site.run("install-service", "--print", "--seeds", "/usr")
    assert (result.status, result.out) == (2, "")
    assert result.err == "feedd: /usr belongs to root, which should not run it; choose with --run-as USER\n"
    assert "\nUser=nobody\n" in site.run("install-service", "--print", "--seeds", "/usr", "--run-as", "nobody").out
    assert "\nUser=root\n" in site.run("install-service", "--print", "--seeds", "/usr", "--run-as", "root").out


def test_a_service_runs_as_the_owner_of_the_items(site: Site) -> None:
    if os.getuid() == 0:
        owner = pwd.getpwnam("nobody")
        os.chown(site.seeds, owner.pw_uid, owner.pw_gid)
    elif not (owners := [each for each in pwd.getpwall() if each.pw_uid == os.getuid()]):
        pytest.skip("who runs this has no name")
    else:
        owner = owners[0]
    assert f"\nUser={owner.pw_name}\n" in site.run("install-service", "--print").out


@pytest.mark.parametrize(
    ("arguments", "words_"),
    [
        (("--run-as", "no-such-user"), "--run-as: there is no user no-such-user"),
        (("--seeds", "nowhere"), "nowhere: No such file or directory; who is to run the service? Say so with --run-as"),
    ],
)
def test_a_user_that_cannot_be_known_is_asked_for(site: Site, arguments: tuple[str, ...], words_: str) -> None:
    result = site.run("install-service", "--print", *arguments)
    assert (result.status, result.out, result.err) == (2, "", f"feedd: {words_}\n")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files to a user without a name")
def test_an_owner_without_a_name_is_no_user(site: Site) -> None:
    number = next(number for number in range(54321, 65000) if number not in {each.pw_uid for each in pwd.getpwall()})
    os.chown(site.seeds, number, number)
    result = site.run("install-service", "--print")
    assert result.status == 2
    assert result.err == f"feedd: seeds belongs to user {number}, who has no name; choose with --run-as USER\n"


def test_without_a_ledger_systemd_makes_the_state_directory(site: Site) -> None:
    text = site.run("install-service", "--print", "--run-as", "nobody").out
    assert setting(text, "StateDirectory") == "feedd"
    assert "--state" not in setting(text, "ExecStart")
    assert words(setting(text, "ReadWritePaths")) == [str(site.feeds)]


def test_a_ledger_that_is_there_goes_on_being_used(site: Site) -> None:
    site.write("one.md", item("One"))
    site.render()
    text = site.run("install-service", "--print", "--run-as", "nobody").out
    assert command(setting(text, "ExecStart"))[-2:] == ["--state", str(site.state)]
    assert words(setting(text, "ReadWritePaths")) == [str(site.feeds), str(site.state)]
    assert "StateDirectory" not in text


@pytest.mark.parametrize("by", ["the configuration", "an option"])
def test_a_state_directory_that_is_named_is_used(site: Site, by: str) -> None:
    options: tuple[str, ...] = ("--state", "var/state")
    if by == "the configuration":
        site.configure(directories={"state": "var/state"})
        options = ()
    text = site.run("install-service", "--print", "--run-as", "nobody", *options).out
    assert command(setting(text, "ExecStart"))[-2:] == ["--state", str(site.root / "var/state")]
    assert "StateDirectory" not in text


NOBODY = {"RestrictAddressFamilies": "AF_UNIX", "PrivateNetwork": "yes", "IPAddressDeny": "any"}
THIS_MACHINE = {
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "IPAddressDeny": "any",
    "IPAddressAllow": "localhost",
}
ANYBODY = {"RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6"}
HUBS = {"websub": {"hubs": ["https://hub.example/"]}}


@pytest.mark.parametrize(
    ("listen", "others", "options", "network"),
    [
        ("off", {}, (), NOBODY),
        ("unix:/run/feedd.sock", {}, (), NOBODY),
        ("127.0.0.1:8080", {}, (), THIS_MACHINE),
        ("[::1]:8080", {}, (), THIS_MACHINE),
        ("127.0.0.1:8080", {}, ("--socket",), NOBODY),
        ("0.0.0.0:8080", {}, (), ANYBODY),
        ("off", HUBS, (), ANYBODY),
        ("127.0.0.1:8080", HUBS, ("--socket",), ANYBODY),
        ("off", {"directories": {"seeds": "s3://bucket/items"}}, (), ANYBODY),
        ("off", {"publish": ["s3://bucket/feeds"]}, (), ANYBODY),
        ("off", {"workers": "tcp://scheduler.example:8786"}, (), ANYBODY),
        ("off", {"media": {"probe": True}}, (), ANYBODY),
        ("off", {"images": {"mirror": True}}, (), ANYBODY),
    ],
)
def test_the_network_of_the_service_is_no_larger_than_it_needs(
    site: Site, listen: str, others: dict[str, Any], options: tuple[str, ...], network: dict[str, str]
) -> None:
    site.configure(serve={"listen": listen}, **others)
    text = site.run("install-service", "--print", "--run-as", "nobody", *options).out
    lines = text.splitlines()
    found = {
        name: setting(text, name)
        for name in ("RestrictAddressFamilies", "PrivateNetwork", "IPAddressDeny", "IPAddressAllow")
        if any(line.startswith(f"{name}=") for line in lines)
    }
    assert found == network
    assert ("ListenStream=127.0.0.1:8080" in lines) == bool(options)


def test_nothing_to_listen_on_makes_no_socket(site: Site) -> None:
    site.configure(serve={"listen": "off"})
    result = site.run("install-service", "--print", "--run-as", "nobody", "--socket")
    assert (result.status, result.err) == (
        2,
        "feedd: there is nothing for a socket to listen on: serve.listen is off\n",
    )


def test_options_are_kept_with_absolute_paths(site: Site) -> None:
    options = (
        "--config",
        "config/feedd.yaml",
        "--seeds",
        "my seeds",
        "--feeds",
        "out",
        "--base-url",
        "https://a.example/",
    )
    text = site.run("install-service", "--print", "--run-as", "nobody", *options).out
    line = command(setting(text, "ExecStart"))
    assert Path(line[0]).is_absolute()
    assert line[line.index("run") :] == [
        *("run", "--config", f"{site.root}/config/feedd.yaml", "--seeds", f"{site.root}/my seeds"),
        *("--feeds", f"{site.root}/out", "--base-url", "https://a.example/"),
    ]
    assert words(setting(text, "ReadWritePaths")) == [f"{site.root}/out"]


def test_a_configuration_with_mistakes_gives_no_unit(site: Site, home: Path) -> None:
    (site.root / "config/feedd.yaml").write_text("titel: x\n")
    result = site.run("install-service", "--user")
    assert (result.status, result.out) == (2, "")
    assert list(home.iterdir()) == []


# The site is /srv here, and the environment of this Python /mnt: a service would not see what lies in /tmp.
INSTALLED = """
mount --bind "$1" /etc/systemd/system && mount --bind "$2" /srv && mount --bind "$3" /mnt && cd /srv || exit 77
shift 3
exec /mnt/bin/python -m feedd install-service "$@"
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can write a unit of the system, and hide that from the system")
def test_what_a_unit_of_the_system_may_write_is_there_and_belongs_to_its_user(site: Site) -> None:
    units = site.root / "units"
    units.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(site.seeds, nobody.pw_uid, nobody.pw_gid)
    ended = installed(site, units, "--state", "state")
    assert (ended.returncode, said_of_the_site(ended)) == (0, [])
    assert not (Path("/etc/systemd/system") / unit.NAME).exists()
    assert "  sudo systemctl enable --now feedd" in ended.stdout.splitlines()
    places = words(setting((units / unit.NAME).read_text(), "ReadWritePaths"))
    assert places == ["/srv/feeds", "/srv/state"]
    made = {place: site.root / Path(place).name for place in places}
    assert {place: path.exists() and path.owner() for place, path in made.items()} == dict.fromkeys(places, "nobody")


def installed(site: Site, units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Installs a unit of the system for a site in /srv, where `units` are all the units that there are."""
    ended = subprocess.run(
        ["unshare", "--mount", "sh", "-c", INSTALLED, "sh", units, site.root, sys.prefix, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if ended.returncode == 77 or "unshare" in ended.stderr:
        pytest.skip("no mounts of one's own can be made here")
    return ended


def said_of_the_site(ended: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines on standard error, without what is said of the place of this Python, which may be in a closed home."""
    return [line for line in ended.stderr.splitlines() if "may not enter" not in line or "/srv" in line]


HIDDEN = (
    "feedd: the service would not see {}: it has a /tmp and a /var/tmp of its own (PrivateTmp=), which are empty; "
    "move it elsewhere, to /srv for example\n"
)


@pytest.fixture(params=["/tmp", "/var/tmp"])
def private(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that a service would not see."""
    with TemporaryDirectory(dir=request.param) as folder:
        yield Path(folder)


def test_a_service_of_the_system_is_not_installed_for_a_site_that_it_would_not_see(
    site: Site, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (private / "seeds").mkdir()
    monkeypatch.chdir(private)
    system = Path("/etc/systemd/system") / unit.NAME
    before = system.exists()
    result = site.run("install-service", "--run-as", "nobody")
    assert (result.status, result.out, result.err) == (3, "", HIDDEN.format(private))
    assert [path.name for path in private.iterdir()] == ["seeds"]
    assert system.exists() == before


def test_a_unit_for_a_site_that_it_would_not_see_is_printed_with_a_remark(
    site: Site, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (private / "seeds").mkdir()
    monkeypatch.chdir(private)
    result = site.run("install-service", "--run-as", "nobody", "--print")
    assert (result.status, result.err) == (0, HIDDEN.format(private))
    assert setting(result.out, "WorkingDirectory") == str(private)


def test_ones_own_unit_sees_what_lies_in_tmp(
    site: Site, private: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (private / "seeds").mkdir()
    monkeypatch.chdir(private)
    result = site.run("install-service", "--user")
    assert (result.status, result.err) == (0, "")
    assert "PrivateTmp" not in (home / ".config/systemd/user/feedd.service").read_text()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can write a unit of the system, and hide that from the system")
@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("seeds", ("--seeds", "there")),
        ("feeds", ("--feeds", "{there}/feeds")),
        ("state", ("--state", "there/state")),
        ("configuration", ("--config", "there/feedd.yaml")),
        ("socket", ()),
    ],
)
def test_nothing_that_the_service_uses_may_lie_in_tmp_nor_be_a_link_to_there(
    site: Site, private: Path, tmp_path: Path, what: str, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "units").mkdir()
    (site.root / "there").symlink_to(private)
    (private / "feedd.yaml").write_text("authority: feeds.example,2026\n")
    if what == "socket":
        site.configure(serve={"listen": f"unix:{private}/feedd.sock"})
    named = [each.format(there=private) for each in arguments]
    ended = installed(site, tmp_path / "units", "--run-as", "nobody", *named)
    hidden = {"seeds": "", "feeds": "/feeds", "state": "/state", "configuration": "/feedd.yaml"}
    assert ended.returncode == 3
    assert ended.stderr == HIDDEN.format(f"{private}{hidden.get(what, '/feedd.sock')}")
    assert list((tmp_path / "units").iterdir()) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can write a unit of the system, and hide that from the system")
def test_a_socket_that_systemd_makes_may_lie_in_tmp(site: Site, private: Path, tmp_path: Path) -> None:
    (tmp_path / "units").mkdir()
    site.configure(serve={"listen": f"unix:{private}/feedd.sock"})
    ended = installed(site, tmp_path / "units", "--run-as", "nobody", "--socket")
    assert (ended.returncode, said_of_the_site(ended)) == (0, [])


@pytest.mark.skipif(os.getuid() != 0, reason="only root can write a unit of the system, and hide that from the system")
@pytest.mark.parametrize(
    ("mode", "owner", "group", "closed"),
    [
        (0o755, "root", "root", False),
        (0o711, "root", "root", False),
        (0o700, "root", "root", True),
        (0o750, "root", "root", True),
        (0o710, "root", "nobody", False),
        (0o705, "root", "nobody", True),
        (0o700, "nobody", "root", False),
        (0o077, "nobody", "root", True),
    ],
)
def test_a_folder_that_the_user_of_the_service_may_not_enter_is_named(
    site: Site, tmp_path: Path, mode: int, owner: str, group: str, closed: bool
) -> None:
    (tmp_path / "units").mkdir()
    folder = site.root / "settings"
    folder.mkdir()
    (folder / "feedd.yaml").write_text("authority: feeds.example,2026\n")
    os.chown(folder, pwd.getpwnam(owner).pw_uid, pwd.getpwnam(group).pw_gid)
    folder.chmod(mode)
    ended = installed(site, tmp_path / "units", "--run-as", "nobody", "--config", "settings/feedd.yaml")
    words_ = "feedd: user nobody may not enter /srv/settings, and the service uses what lies there; open or move it"
    assert (ended.returncode, said_of_the_site(ended)) == (0, [words_] if closed else [])
    assert (tmp_path / "units" / unit.NAME).exists()


def test_a_link_into_a_home_directory_shows_homes_to_the_service(site: Site) -> None:
    (site.root / "there").symlink_to("/home/ada/feeds")
    text = site.run("install-service", "--print", "--run-as", "nobody", "--feeds", "there").out
    assert setting(text, "ProtectHome") == "read-only"


WITHOUT_NEW_CODE = """
import ctypes, os, sys
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
if ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
    print("older kernels cannot forbid it", file=sys.stderr)  # as MemoryDenyWriteExecute=yes does
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_what_the_unit_starts_becomes_ready_and_publishes(site: Site, home: Path) -> None:
    site.write("one.md", item("One"))
    site.configure(serve={"listen": "127.0.0.1:0"})
    assert site.run("install-service", "--user", "--feeds", "out of it").status == 0
    text = (home / ".config/systemd/user/feedd.service").read_text()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(home / "notify"))
        listening.settimeout(30)
        daemon = subprocess.Popen(
            [sys.executable, "-c", WITHOUT_NEW_CODE, *command(setting(text, "ExecStart"))],
            cwd=setting(text, "WorkingDirectory").replace("%%", "%"),
            env={**os.environ, "NOTIFY_SOCKET": str(home / "notify"), "STATE_DIRECTORY": str(home / "state")},
            stderr=subprocess.PIPE,
        )
        try:
            while not listening.recv(1000).startswith(b"READY=1\n"):
                assert daemon.poll() is None
        finally:
            daemon.terminate()
            _, said = daemon.communicate(timeout=30)
            end(daemon)
    assert daemon.returncode == 0, said
    assert b"One" in (site.root / "out of it/atom.xml").read_bytes()
    assert (home / "state/ledger.sqlite3").exists() or site.ledger.exists()


@pytest.mark.parametrize("name", ["a\nExecStartPre=/bin/false", "a\rb", "a\x1b[31m", "caf\udce9", "a\tb", "a\x7f"])
@pytest.mark.parametrize("part", ["folder", "feeds"])
def test_a_path_that_would_end_a_line_of_a_unit_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch, part: str, name: str
) -> None:
    place = site.root / name
    (place / "seeds").mkdir(parents=True)
    if part == "folder":
        monkeypatch.chdir(place)
    arguments = ("--feeds", name) if part == "feeds" else ()
    for how in (("--print",), ()):
        result = site.run("install-service", "--user", *how, *arguments)
        assert result.status == 2
        assert result.out == ""
        assert "control characters or is not UTF-8; rename it\n" in result.err
        assert result.err.count("\n") == 1
