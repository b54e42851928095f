"""No module needs itself, at any time: a circle hidden by an import inside a function is one all the same."""

from __future__ import annotations

from collections import defaultdict

from tests.architecture.graph import circle, imports


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = imports()
    assert len(graph) > 500
    assert sum(map(len, graph.values())) > 2000
    assert circle(graph) == []


def test_no_two_apps_import_one_another() -> None:
    apps: dict[str, set[str]] = defaultdict(set)
    for module, others in imports().items():
        app = module.partition(".")[0]
        apps[app] |= {other.partition(".")[0] for other in others} - {app}
    assert circle(apps) == []


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()})) == {"a", "b", "c"}
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
