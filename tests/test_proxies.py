"""Proxies and certificates of the environment: what is reached through what, and what is said of useless values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hubs import Hub, Reply
from support import Running, Site, item

from feedd.deliver.http.proxies import Misconfigured, Proxy, certificates, proxy_for
from feedd.deliver.websub import Hubs

HUB = "http://hub.example/"
VARIABLES = [each for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for each in (name, name.upper())]


def through(scheme: str, host: str, port: int = 80, **environment: str) -> str | None:
    """The address of the proxy through which a host is reached."""
    proxy = proxy_for(scheme, host, port, environment)
    return proxy and f"{proxy.scheme}://{proxy.host}:{proxy.port}"


@pytest.mark.parametrize(
    ("environment", "http", "https"),
    [
        ({}, None, None),
        ({"HTTP_PROXY": "http://p:1"}, "http://p:1", None),
        ({"HTTPS_PROXY": "http://p:1"}, None, "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "http://p:1", "http://p:1"),
        ({"all_proxy": "http://p:1", "HTTPS_PROXY": "https://q"}, "http://p:1", "https://q:443"),
        ({"http_proxy": "http://small:1", "HTTP_PROXY": "http://large:2"}, "http://small:1", None),
        ({"HTTP_PROXY": "p.example:3128"}, "http://p.example:3128", None),
        ({"HTTP_PROXY": " http://p:1/ "}, "http://p:1", None),
        ({"HTTP_PROXY": "HTTP://P:1"}, "http://p:1", None),
        ({"HTTP_PROXY": "http://[fd00::1]:3128"}, "http://fd00::1:3128", None),
        ({"HTTP_PROXY": "", "ALL_PROXY": ""}, None, None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*"}, None, None),
    ],
)
def test_a_host_is_reached_through_the_proxy_of_its_scheme(
    environment: dict[str, str], http: str | None, https: str | None
) -> None:
    assert (through("http", "hub.example", **environment), through("https", "hub.example", 443, **environment)) == (
        http,
        https,
    )


def test_a_proxy_may_want_to_know_who_asks() -> None:
    found = proxy_for("http", "hub.example", 80, {"HTTP_PROXY": "http://ada:p%40ss@p:1"})
    assert found == Proxy("http", "p", 1, ("ada", "p@ss"), "HTTP_PROXY")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "hub.localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_this_machine_is_reached_without_a_proxy(host: str) -> None:
    assert through("http", host, ALL_PROXY="http://p:1") is None
    assert through("http", host, ALL_PROXY="socks5://p:1") is None


@pytest.mark.parametrize(
    ("entries", "without", "with_proxy"),
    [
        (
            "hub.example",
            ["hub.example", "a.hub.example", "HUB.example."],
            ["example", "myhub.example", "hub.example.org"],
        ),
        (".hub.example", ["hub.example", "a.hub.example"], ["xhub.example"]),
        ("*.hub.example", ["a.hub.example"], ["xhub.example"]),
        ("a.example, b.example c.example", ["a.example", "b.example", "c.example"], ["d.example"]),
        ("hub.example:80", ["hub.example"], []),
        ("hub.example:81", [], ["hub.example"]),
        ("10.0.0.1", ["10.0.0.1"], ["10.0.0.2", "10.0.0.1.example"]),
        ("10.0.0.0/8", ["10.200.3.4"], ["11.0.0.1", "hub.example"]),
        ("10.0.0.7/8", ["10.200.3.4"], ["11.0.0.1"]),
        ("fd00::/8", ["fd12::1"], ["fe80::1", "hub.example", "10.0.0.1"]),
        ("::1/128,fd00::/8,hub.example", ["fd12::1", "hub.example"], ["fe80::1"]),
        ("[fd00::1]", ["fd00::1", "fd00:0::1"], ["fd00::2"]),
        ("[fd00::1]:80", ["fd00::1"], []),
        ("[fd00::1]:81", [], ["fd00::1"]),
        ("[fd00::]/8", ["fd00::1"], ["fe80::1"]),
        ("http://hub.example", ["hub.example"], ["other.example"]),
        ("  ,,hub.example,, ", ["hub.example"], ["other.example"]),
        (
            "[::1,]:,%%%,:::::,/,/8,[],:80,.,*.,é, hub.example",
            ["hub.example"],
            ["other.example", "10.0.0.1", "fd00::1"],
        ),
        ("10.0.0.0/99,fd00::/x,999.1.1.1/8", [], ["10.0.0.1", "fd00::1", "hub.example"]),
        ("", [], ["hub.example"]),
    ],
)
def test_what_no_proxy_names_is_reached_without_one(entries: str, without: list[str], with_proxy: list[str]) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        environment = {"ALL_PROXY": "http://p:1", name: entries}
        assert [host for host in without if through("http", host, **environment)] == []
        assert [host for host in with_proxy if not through("http", host, **environment)] == []


@pytest.mark.parametrize("variable", ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("socks5://secret:secret@127.0.0.1:1", "names a SOCKS proxy"),
        ("socks4a://127.0.0.1:1", "names a SOCKS proxy"),
        ("SOCKS5H://127.0.0.1:1", "names a SOCKS proxy"),
        ("ftp://secret@p:1", "is no address of an HTTP proxy"),
        ("http://[::1", "is no address of an HTTP proxy"),
        ("http://secret:secret@p:port", "is no address of an HTTP proxy"),
        ("http://p:99999", "is no address of an HTTP proxy"),
        ("http://:8080", "is no address of an HTTP proxy"),
        ("http://", "is no address of an HTTP proxy"),
        ("secret secret", "is no address of an HTTP proxy"),
        ("http://secr\x1bet:80", "is no address of an HTTP proxy"),
        ("http://se cret/", "is no address of an HTTP proxy"),
        ("http://sécret/", "is no address of an HTTP proxy"),
    ],
)
def test_a_value_that_cannot_be_used_is_said_with_its_variable_and_without_what_it_holds(
    variable: str, value: str, words: str
) -> None:
    with pytest.raises(Misconfigured) as found:
        proxy_for("http", "hub.example", 80, {variable: value})
    assert str(found.value).startswith(f"{variable} {words}")
    assert "secret" not in str(found.value)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, []),
        ({"SSL_CERT_FILE": ""}, []),
        ({"SSL_CERT_FILE": "/a"}, [("SSL_CERT_FILE", "/a")]),
        ({"SSL_CERT_FILE": "/a", "SSL_CERT_DIR": "/b", "REQUESTS_CA_BUNDLE": "/c"}, ["SSL_CERT_FILE", "SSL_CERT_DIR"]),
        ({"REQUESTS_CA_BUNDLE": "/c"}, [("REQUESTS_CA_BUNDLE", "/c")]),
    ],
)
def test_certificates_are_where_the_environment_says(environment: dict[str, str], said: list[object]) -> None:
    found = list(certificates(environment))
    assert found == said or [name for name, _ in found] == said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SSL_CERT_FILE", "{root}/nowhere", "which cannot be read: No such file or directory"),
        ("SSL_CERT_FILE", "{root}/empty", "which holds no certificates"),
        ("SSL_CERT_FILE", "{root}/nonsense", "which holds no certificates"),
        ("SSL_CERT_DIR", "{root}/nowhere", "which cannot be read: No such file or directory"),
        ("REQUESTS_CA_BUNDLE", "{root}/nowhere", "which cannot be read: No such file or directory"),
    ],
)
def test_certificates_that_lead_nowhere_are_said_where_they_are_needed(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "nonsense").write_bytes(b"\xff\n-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")
    path = value.format(root=tmp_path)
    with Hub() as hub:
        tell = Hubs(environment={name: path})
        assert tell(hub.url, "https://feeds.example/").outcome == "taken"
        answer = tell(hub.url.replace("http:", "https:"), "https://feeds.example/")
        tell.close()
    assert (answer.outcome, answer.words) == ("away", f"{name} names {path}, {words}")


# In the commands


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def publish(site: Site, hub: str) -> None:
    site.configure(websub={"hubs": [hub]}, pages=False, views={"feeds": []}, base_url="https://feeds.example/")
    site.write("a.md", item("A"))
    site.render()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("NO_PROXY", "localhost,127.0.0.1,fd00::/8,[::1]"),
        ("HTTP_PROXY", "http://[::1"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("SSL_CERT_FILE", "/nowhere"),
    ],
)
def test_a_hub_and_a_server_of_this_machine_are_reached_whatever_the_environment_says(
    site: Site, hub: Hub, alone: pytest.MonkeyPatch, name: str, value: str
) -> None:
    publish(site, hub.url)
    alone.setenv(name, value)
    assert site.run("announce").status == 0
    assert len(hub.answered) > 0
    hub.reply = lambda asked: Reply(404)
    found = json.loads(site.run("doctor", f"{hub.url}/", "--format", "json").out)
    assert next(each["words"] for each in found) == "status 501"  # it knows no GET


def test_a_hub_elsewhere_is_told_through_the_proxy(site: Site, hub: Hub, alone: pytest.MonkeyPatch) -> None:
    """The proxy is a real one as far as HTTP goes: it gets the whole address, and answers for the hub."""
    publish(site, HUB)
    alone.setenv("HTTP_PROXY", hub.url)
    assert site.run("announce").status == 0
    assert {asked.path for asked in hub.answered} == {HUB}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1", "ALL_PROXY names a SOCKS proxy"),
        ("HTTP_PROXY", "http://p:port", "HTTP_PROXY is no address of an HTTP proxy"),
        (
            "HTTP_PROXY",
            "http://127.0.0.1:1",
            "the proxy that HTTP_PROXY names cannot be used: the connection was refused",
        ),
    ],
)
def test_a_proxy_that_cannot_be_used_is_why_a_hub_waits_and_a_server_is_not_reached(
    site: Site, daemon: Callable[..., Running], alone: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    publish(site, HUB)
    alone.setenv(name, value)
    result = site.run("announce")
    assert result.status == 1
    assert words in result.out
    result = site.run("doctor", HUB)
    assert (result.status, result.err) == (1, "")
    assert words in result.out
    running = daemon().wait_until_ready()
    running.wait_for_log(words)
    assert f"{HUB} is to be told of" in site.run("status").out
    assert words in site.run("status").out
    assert "please report it" not in running.log
