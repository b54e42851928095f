"""Tests and benchmarks use what a module offers to everybody, never its private names, which may change any time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import APPS, ROOT

OURS = {*APPS, "tests", "bench"}
DJANGO_S = {"_meta"}
"""Documented by Django, whatever its name begins with."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in DJANGO_S


def is_ours(module: str | None) -> bool:
    return (module or "").partition(".")[0] in OURS


def imported(tree: ast.Module) -> tuple[set[str], Iterator[ast.ImportFrom]]:
    """The names that stand for something of ours, and the imports that brought a private one."""
    plain = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    chosen = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and is_ours(node.module)]
    names = {alias.asname or alias.name.partition(".")[0] for alias in plain if is_ours(alias.name)}
    names |= {alias.asname or alias.name for node in chosen for alias in node.names}
    return names, (node for node in chosen if any(is_private(alias.name) for alias in node.names))


def root_of(node: ast.expr) -> str:
    """``a`` of ``a.b.c``; empty for what does not begin with a name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def named_in_a_string(node: ast.Call, names: set[str]) -> bool:
    """``monkeypatch.setattr(module, "_name", …)`` and ``monkeypatch.setattr("app.module._name", …)``."""
    words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if node.args and root_of(node.args[0]) in names and any(is_private(word) for word in words):
        return True
    return any(is_ours(word) and word.replace(".", "").isidentifier() and has_private(word) for word in words)


def has_private(path: str) -> bool:
    return any(is_private(part) for part in path.split("."))


def reaches(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Attribute):
        return is_private(node.attr) and root_of(node) in names
    return isinstance(node, ast.Call) and named_in_a_string(node, names)


def private_uses(tree: ast.Module) -> list[ast.AST]:
    names, imports = imported(tree)
    return [*imports, *(node for node in ast.walk(tree) if reaches(node, names))]


@pytest.mark.parametrize(
    "text",
    [
        "from web.runner import _take",
        "from web import runner\nrunner._take()",
        "import web.runner\nweb.runner._take()",
        "from web import limited as l\nl.pool._idle",
        "from web import runner\nmonkeypatch.setattr(runner, '_take', None)",
        "monkeypatch.setattr('web.runner._take', None)",
    ],
)
def test_private_names_are_seen_however_they_are_reached(text: str) -> None:
    assert private_uses(ast.parse(text))


@pytest.mark.parametrize(
    "text", ["from org.models import Unit\nUnit._meta", "self._own", "from web import runner\nrunner.__name__"]
)
def test_what_is_nobody_s_private_name_is_let_through(text: str) -> None:
    assert not private_uses(ast.parse(text))


def files() -> Iterator[Path]:
    for folder in ("tests", "bench"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_no_test_reaches_into_private_names() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in files()
        for node in private_uses(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found
