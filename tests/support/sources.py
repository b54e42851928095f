"""The sources as trees: what the architecture tests read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "database", "web", "org", "journal", "notify", "norms", "duty", "hazards", "plans", "command", "early_warning",
    "board", "emergency",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    path: str
    """Relative to the repository, with slashes."""
    text: str
    tree: ast.Module

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.path

    @property
    def is_action(self) -> bool:
        return "/actions/" in self.path or self.path.endswith("/actions.py")

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}"

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call of an attribute or name, with that name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Attribute):
                    yield node, node.func.attr
                elif isinstance(node.func, ast.Name):
                    yield node, node.func.id


@cache
def sources(*, migrations: bool = False) -> tuple[Source, ...]:
    """All Python files of the apps, migrations only when asked for."""
    found = []
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            source = Source(file.relative_to(ROOT).as_posix(), text, ast.parse(text))
            if migrations or not source.is_migration:
                found.append(source)
    return tuple(found)


def public_actions() -> Iterator[tuple[Source, ast.FunctionDef]]:
    """The functions that an app's actions package offers (its ``__all__``), or all public ones of an actions module."""
    for app in APPS:
        front = [s for s in sources() if s.path in (f"{app}/actions/__init__.py", f"{app}/actions.py")]
        for source in front:
            offered = _offered(source)
            for one in sources():
                if one.is_action and one.path.startswith(f"{app}/actions"):
                    for node in one.tree.body:
                        if isinstance(node, ast.FunctionDef) and _is_public(node.name, offered):
                            yield one, node


def _offered(source: Source) -> set[str] | None:
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            return set(ast.literal_eval(node.value))
    return None


def _is_public(name: str, offered: set[str] | None) -> bool:
    return not name.startswith("_") if offered is None else name in offered
