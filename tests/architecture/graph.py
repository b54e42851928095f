"""The imports of the apps as a graph, those inside functions and for types included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from tests.support.sources import Source, sources


def _name(source: Source) -> str:
    return source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports() -> dict[str, set[str]]:
    """Module → the modules of ours that it imports.

    ``from package import module`` counts as an import of the module, not of the package that merely gathers its modules
    (``actions/__init__.py``).
    """
    modules = {_name(source): source for source in sources()}
    found: dict[str, set[str]] = {name: set() for name in modules}
    for name, source in modules.items():
        for module, part in _named(source):
            one = f"{module}.{part}" if f"{module}.{part}" in modules else module
            if one in modules and one != name:
                found[name].add(one)
    return found


def _named(source: Source) -> Iterator[tuple[str, str]]:
    """(module, name taken out of it or nothing) of every import."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.at(node)}: write the import from the top"
            yield from ((node.module or "", alias.name) for alias in node.names)


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One way round, where there is any."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []
