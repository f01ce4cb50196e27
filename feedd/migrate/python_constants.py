"""Python settings, such as Pelican's: their text in; the constants that they assign out. The text is never run."""

from __future__ import annotations

import ast
import warnings
from typing import Any

from feedd.migrate.foreign_text import Tree, Unclear, plain

_ENVIRONMENT = ("os.environ.get", "environ.get", "os.getenv", "getenv")


def read_constants(text: str) -> Tree:
    """The values of the names that a Python text assigns, on its outer level, to constants. Raises Unclear.

    Sums of constant texts and f-strings of them are read too, and `a if b else c` of constants. What is asked of the
    environment has its default. Whatever else an assignment holds is passed over.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in somebody else's code
            module = ast.parse(text)
        found: dict[str, Any] = {}
        for statement in module.body:
            _assign(statement, found)
        return {name: plain(value) for name, value in found.items()}
    except SyntaxError as error:
        raise Unclear(f"not valid Python: {error.msg} (line {error.lineno})") from None
    except (ValueError, RecursionError, MemoryError):
        raise Unclear("not valid Python: it cannot be taken apart") from None


def _assign(statement: ast.stmt, found: dict[str, Any]) -> None:
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if not names:
        return
    try:
        constant = _constant(value, found)
    except ValueError:
        for name in names:
            found.pop(name, None)  # its value before is not its value
        return
    found.update(dict.fromkeys(names, constant))


def _constant(node: ast.expr, known: dict[str, Any]) -> Any:
    """The value of an expression that needs nothing to be run. Raises ValueError for all others."""
    if isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _constant(node.left, known), _constant(node.right, known)
        if isinstance(left, str) and isinstance(right, str) and len(left) + len(right) < 10_000:
            return left + right
        raise ValueError("no text")
    if isinstance(node, ast.IfExp):
        return _constant(node.body if _constant(node.test, known) else node.orelse, known)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _constant(node.operand, known)
    if isinstance(node, ast.Call) and _name(node.func) in _ENVIRONMENT and len(node.args) == 2 and not node.keywords:
        return _constant(node.args[1], known)
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(part, known) for part in node.values)
    try:
        return ast.literal_eval(node)
    except (TypeError, SyntaxError, KeyError):
        raise ValueError("no constant") from None


def _name(node: ast.expr) -> str:
    """The dotted name that an expression is; empty for all others."""
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _part(node: ast.expr, known: dict[str, Any]) -> str:
    if isinstance(node, ast.FormattedValue):
        if node.format_spec is not None or node.conversion != -1:
            raise ValueError("no constant")
        node = node.value
    value = _constant(node, known)
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 - it is the text that has no such constant
    return value
