"""Imports point down only, and each third-party package is confined to the modules that need it."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest
from support import Site, item

import feedd
from feedd.select.views import VIEWS
from feedd.store.private_files import read_private

ROOT = Path(feedd.__file__).parent

# From the top down: a module may import from its own layer and from those after it, and from nowhere else.
LAYERS = [
    "cli",
    "daemon",
    "config",
    "migrate",
    "doctor",
    "serve",
    "inspect",
    "run",
    "deliver",
    "store",
    "render",
    "decide",
    "select",
    "html",
    "items",
    "model",
    "words",
    "threads",
    "patterns",
    "signs",
    "without_typing_extensions",
]
PURE = {"items", "html", "decide", "select", "render", "words"}  # values in, values out
OPENS_FILES = {"store"}
READ_CONFIGURATION = {"cli", "config", "daemon"}  # all others get the values that they need

THIRD_PARTIES = {
    "yaml": {"items/front_matter/libyaml.py"},
    "feedgen": {"render/xml/feedgen_adapter.py"},
    "lxml": {
        "render/atom.py",
        "render/xml/feedgen_adapter.py",
        "render/old_feed.py",
        "render/opml.py",
        "render/xml/podcast_tags.py",
        "render/readback.py",
        "render/rss.py",
        "doctor/survey.py",
    },
    "ftfy": {"items/text.py"},
    "pyromark": {"html/markdown/commonmark.py"},
    "nh3": {"html/safe_html.py"},
    "rich": {"cli/progress_bar.py"},
    "idna": {"items/hosts.py"},
    "httpcore": {"deliver/http/http_client.py", "deliver/http/timed_network.py"},
    "PIL": {"deliver/mirror/picture_encoder.py"},
    "rapidfuzz": {"decide/stories/title_similarity.py"},
    "watchdog": {"daemon/watched_tree.py"},
    "httptools": {"serve/protocol.py"},
    "uvloop": {"serve/server.py"},
    "brotli": {"render/content_codings.py"},
    "prometheus_client": {"deliver/metrics.py", "serve/monitor.py"},
    "dask": {"run/executor/dask_link.py"},
    "distributed": {"run/executor/dask_link.py"},
    "apscheduler": {"daemon/schedule.py"},
    "obstore": {"store/object_stores/obstore_client.py"},
}
ANYWHERE = {"feedd", "msgspec"}


def imports() -> list[tuple[str, str]]:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found.extend((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name}: relative import"
                found.extend((name, f"{node.module}.{alias.name}") for alias in node.names)
    return found


def layer(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".").split(".")[0]


def test_imports_point_down_only() -> None:
    upward = []
    for name, imported in imports():
        above, below = layer(name), layer(imported.removeprefix("feedd.")) if imported.startswith("feedd.") else ""
        known = above in LAYERS and below in LAYERS
        if known and LAYERS.index(below) < LAYERS.index(above):
            upward.append((name, imported))
    assert upward == []


def sibling_imports(importing: list[tuple[str, str]]) -> dict[str, dict[str, set[str]]]:
    """By folder: each of its folders, and the others in it whose modules are imported from there."""
    found: dict[str, dict[str, set[str]]] = {}
    for name, imported in importing:
        here, there = PurePosixPath(name).parent.parts, imported.removeprefix("feedd.").split(".")
        while there and not ROOT.joinpath(*there).is_dir():
            there.pop()
        shared = next((at for at, (one, two) in enumerate(zip(here, there, strict=False)) if one != two), None)
        if shared is not None and imported.startswith("feedd."):
            siblings = found.setdefault("/".join(here[:shared]), {})
            siblings.setdefault(here[shared], set()).add(there[shared])
    return found


def circles(importing: list[tuple[str, str]]) -> list[str]:
    """The circles of folders, as words."""
    found = []
    for folder, siblings in sibling_imports(importing).items():
        try:
            TopologicalSorter(siblings).prepare()
        except CycleError as problem:
            found.append(f"{folder}/: {' <- '.join(problem.args[1])}")
    return found


def test_a_circle_of_folders_is_seen() -> None:
    down = [("run/update/a.py", "feedd.run.executor.b.C"), ("run/publish/d.py", "feedd.run.update.a.E")]
    assert circles(down) == []
    back = [("run/executor/b.py", "feedd.run.publish.d"), ("store/ledger/archives/f.py", "feedd.store.copies.g.H")]
    assert len(circles(down + back)) == 1
    inner = [("store/copies/g.py", "feedd.store.ledger.tables.i.J")]
    assert len(circles(down + back + inner)) == 2


def test_folders_of_one_room_do_not_import_each_other_in_a_circle() -> None:
    """Nor do the folders of a folder. A module that stands above them all may import each, and be imported."""
    assert circles(imports()) == []


def test_only_the_drivers_import_the_configuration() -> None:
    found = [name for name, imported in imports() if imported.startswith("feedd.config.")]
    assert {layer(name) for name in found} - READ_CONFIGURATION == set()


def test_a_pass_names_the_protocols_of_its_seams_and_no_class_behind_them() -> None:
    behind = {"ItemsDirectory", "FeedsDirectory", "SiteFile", "Workers", "Cluster", "InProcess", "DeliveryQueue"}
    found = {(name, imported.rpartition(".")[2]) for name, imported in imports() if layer(name) in ("run", "inspect")}
    defaults = {
        ("run/publisher.py", "DeliveryQueue"),  # of who makes a publisher
        ("run/executor/choose_executor.py", "Workers"),
        ("run/executor/choose_executor.py", "Cluster"),
        ("run/executor/cluster_map.py", "Cluster"),  # whose work it is a part of
        ("run/executor/cluster.py", "Workers"),  # which do what the cluster cannot do
    }
    assert {(name, each) for name, each in found if each in behind} == defaults


def test_every_package_of_feedd_is_a_layer() -> None:
    names = {path.name.removesuffix(".py") for path in ROOT.iterdir() if path.suffix in (".py", "") and path.is_dir()}
    names |= {path.stem for path in ROOT.glob("*.py")}
    assert names - {"__init__", "__main__", "__pycache__"} == set(LAYERS)


def test_each_third_party_is_confined() -> None:
    users: dict[str, set[str]] = {}
    for name, imported in imports():
        package = imported.split(".")[0]
        if package not in sys.stdlib_module_names and package not in ANYWHERE:
            users.setdefault(package, set()).add(name)
    assert users == THIRD_PARTIES


def test_pure_packages_know_no_disk_network_clock_thread_or_log() -> None:
    forbidden = {"os", "pathlib", "io", "socket", "time", "threading", "logging", "sqlite3", "random", "subprocess"}
    found = [(name, used) for name, used in imports() if layer(name) in PURE and used.split(".")[0] in forbidden]
    assert found == []


def test_only_the_command_line_prints() -> None:
    printing = [
        path.relative_to(ROOT).as_posix()
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert set(printing) == {"cli/output.py"}


def test_only_one_package_opens_files() -> None:
    openers = {"open", "read_bytes", "write_bytes", "read_text", "write_text", "unlink", "rename", "mkdir"}
    users = {
        path.relative_to(ROOT).as_posix()
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in openers
    }
    assert {name for name in users if layer(name) not in OPENS_FILES} == {
        "cli/starter.py",
        "cli/main.py",
        "serve/sockets.py",  # a Unix socket is a file of its own kind
    }


def asks_which_view_it_is(node: ast.AST) -> bool:
    """Whether code compares or takes apart the name of a view, names a view, or takes one from its module."""
    names = {*VIEWS, *(name.partition("/")[0] + "/" for name in VIEWS if "/" in name)}
    of_view = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.Attribute) and each.attr == "view"]
    if isinstance(node, ast.Compare):
        literals = [each for each in ast.walk(node) if isinstance(each, ast.Constant) and each.value in names]
        return bool(of_view) or bool(literals and "view" in ast.unparse(node))
    if isinstance(node, ast.Attribute):
        return bool(of_view) and node.attr in {"startswith", "endswith", "removeprefix", "partition", "split"}
    if isinstance(node, ast.keyword):
        return node.arg == "view" and isinstance(node.value, ast.Constant) and node.value.value in names
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("feedd.select.views."):
        return (node.module or "").endswith("_view") and not {each.name for each in node.names} <= {"DAILY", "WEEKLY"}
    return False


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        ("feed.identity.view == name", True),
        ("feed.view in names", True),
        ("view == 'top'", True),
        ("feed.view.startswith('digest/')", True),
        ("feed._replace(view='hot')", True),
        ("from feedd.select.views.top_view import TopView", True),
        ("from feedd.select.views.digest_view import DAILY, WEEKLY", False),
        ("from feedd.select.views import find_view", False),
        ("feed._replace(view='')", False),
        ("feed._replace(view=kind.name)", False),
        ("not feed.view", False),
        ("order == 'hot'", False),
    ],
)
def test_what_asks_which_view_it_is(code: str, asks: bool) -> None:
    assert any(map(asks_which_view_it_is, ast.walk(ast.parse(code)))) == asks


def test_only_the_views_know_which_view_is_which() -> None:
    """All others ask the table: a new view is a module there, and a line in the table."""
    asking = {
        path.relative_to(ROOT).as_posix()
        for path in sorted(ROOT.rglob("*.py"))
        if "select/views/" not in path.as_posix()
        and any(map(asks_which_view_it_is, ast.walk(ast.parse(path.read_text()))))
    }
    assert asking == set()


def test_only_sqlite_opens_the_ledger(site: Site) -> None:
    """Where feedd opens one all the same, any test fails in which it does: conftest.py has an audit hook."""
    site.write("a.md", item("A"))
    site.render()
    assert site.ledger.read_bytes(), "tests may"
    for path in (site.ledger, site.ledger.with_name(f"{site.ledger.name}-shm")):
        with pytest.raises(AssertionError, match=rf"private_files\.py:\d+ opens {path}, which only SQLite may"):
            read_private(path)


MOST_MODULES = 20  # in a folder, beside `__init__.py`


def test_a_name_of_a_class_or_of_a_module_is_there_once() -> None:
    """So that a search finds one thing. Packages do not count, nor does `__main__`, which Python asks for."""
    places: dict[str, list[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if path.name not in ("__init__.py", "__main__.py"):
            places.setdefault(f"module {path.stem}", []).append(name)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places.setdefault(f"class {node.name}", []).append(name)
    assert {what: where for what, where in places.items() if len(where) > 1} == {}


def test_a_folder_holds_no_more_modules_than_fit_on_a_page() -> None:
    modules = [path.parent for path in ROOT.rglob("*.py") if path.name != "__init__.py"]
    assert {folder.name: modules.count(folder) for folder in modules if modules.count(folder) > MOST_MODULES} == {}
