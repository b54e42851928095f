"""The same files and folders in every app (docs/adr/0038): a newcomer who knows one app knows all."""

from __future__ import annotations

import ast
import subprocess

import pytest

from tests.support.sources import APPS, ROOT, Source, sources

FILES = {
    "__init__.py", "admin.py", "apps.py", "cards.py", "context_processors.py", "middleware.py", "models.py",
    "sentences.py", "states.py", "subscribers.py", "tasks.py", "timers.py", "urls.py",
}  # fmt: skip
"""At the top of an app. ``tasks.py`` is where Celery looks for its tasks."""
ROOMS = {"actions", "api", "files", "gateways", "models", "rules", "screens", "selectors", "views"}
"""Each may be a single module of that name while it is small."""
DJANGO_S = {"management", "migrations", "sql", "templatetags"}
MORE = {
    "board": {"demo"},
    "early_warning": {"platforms"},
    "journal": {"live"},
    "emergency": {
        "asgi.py", "authentication", "celery.py", "env.py", "formats", "http.py", "logs.py", "middleware",
        "settings.py", "start.py",
    },
}  # fmt: skip
"""The demonstration; one package for each kind of platform; live push; and the wiring, which is no app."""
LIBRARIES = ("database", "web")
"""Floor 0: modules that every app uses, without rooms."""


def _tracked(app: str) -> set[str]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", app],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return {path.split("/")[1] for path in done.stdout.split() if (ROOT / path).exists()}


@pytest.mark.parametrize("app", [app for app in APPS if app not in LIBRARIES])
def test_an_app_has_the_promised_files_and_rooms_and_nothing_else(app: str) -> None:
    allowed = FILES | ROOMS | {f"{room}.py" for room in ROOMS} | DJANGO_S | MORE.get(app, set())
    assert _tracked(app) - allowed == set()


def _imported(source: Source) -> set[str]:
    return {node.module or "" for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in ast.walk(source.tree) if isinstance(node, ast.Import) for alias in node.names
    }


def _in_rooms(source: Source, *rooms: str) -> bool:
    parts = source.path.split("/")
    return len(parts) > 1 and parts[0] not in LIBRARIES and parts[1].removesuffix(".py") in rooms


def _of_rooms(source: Source, *rooms: str) -> list[str]:
    """What a module imports out of these rooms of any app."""
    found = []
    for module in _imported(source):
        parts = module.split(".")
        if parts[0] in APPS and parts[0] not in LIBRARIES and len(parts) > 1 and parts[1] in rooms:
            found.append(f"{source.path} <- {module}")
    return found


def test_rules_neither_read_nor_write() -> None:
    rooms = ("models", "selectors", "actions", "screens", "views", "api", "files", "gateways", "timers", "subscribers")
    strays = [line for source in sources() if _in_rooms(source, "rules") for line in _of_rooms(source, *rooms)]
    assert strays == []


ASKS = {
    "hazards/screens/possible.py": "offers the acts whose checks would let the reader pass",
    "duty/screens/calendar.py": "counts what generating would draft, and rolls it back",
    "board/selectors/layers.py": "the map is filtered by the query parameters of the hazards' list",
}
"""Who may look into a room above, with the reason."""


def test_what_reads_knows_nothing_of_what_is_asked_over_http() -> None:
    strays = [
        line for source in sources() if _in_rooms(source, "selectors", "actions", "rules", "models")
        for line in _of_rooms(source, "views", "api", "screens")
    ]  # fmt: skip
    assert [stray for stray in strays if not stray.startswith(tuple(ASKS))] == []


def test_what_reads_does_not_act() -> None:
    strays = [
        line for source in sources() if _in_rooms(source, "selectors", "screens")
        for line in _of_rooms(source, "actions") if not line.endswith("journal.actions.recording")
    ]  # fmt: skip
    assert [stray for stray in strays if not stray.startswith(tuple(ASKS))] == []


def test_what_is_shown_or_written_to_a_file_knows_nothing_of_views() -> None:
    """So that a background job makes the same page as a request."""
    strays = [
        line for source in sources() if _in_rooms(source, "screens", "files", "templatetags")
        for line in _of_rooms(source, "views")
    ]  # fmt: skip
    assert strays == []


def test_no_conftest_is_imported_as_a_library() -> None:
    """What tests share beside fixtures stands in tests/support/: a conftest that is imported is loaded twice."""
    strays = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "conftest import" in path.read_text(encoding="utf-8").replace('"conftest import"', "")
    ]
    assert strays == []
