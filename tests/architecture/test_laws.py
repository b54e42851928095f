"""The laws of docs/laws.md, checked in the syntax trees of the sources. An exception stands here with its reason."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.sources import APPS, ROOT, Source, public_actions, sources

# Law 1: one write path -----------------------------------------------------------------------------------------------

WRITERS = {"save", "delete", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update"}
MAY_WRITE = {
    "journal/states.py": "move() and move_many(), which actions call",
    "journal/timers.py": "the timers' own rows, inside the firing transaction",
    "database/rows.py": "the set-based writer that actions and timers call",
    "journal/api/once.py": "remembered replies to an Idempotency-Key",
    "command/timers.py": "the ladder: what silence does, inside the firing transaction",
    "command/subscribers.py": "the ladder's timer is due at once when a delivery failed",
    "web/runner.py": "the jobs' own rows, as their worker runs them",
    "early_warning/timers.py": "the warnings' own timers, inside the firing transaction",
}
SQL_WRITE = re.compile(
    r"^\s*(WITH\b.*\b)?(INSERT\s+INTO|UPDATE\s+\w+\s+(?:AS\s+\w+\s+|\w+\s+)?SET\b|DELETE\s+FROM|TRUNCATE\s)", re.S
)
QUERY = re.compile(r"\.objects\b|_base_manager|_default_manager|\.filter\(|\.exclude\(|\.all\(\)")


def _writes(source: Source) -> list[str]:
    found = []
    for call, name in source.calls():
        if isinstance(call.func, ast.Attribute):
            receiver = ast.unparse(call.func.value)
            if name in WRITERS and (QUERY.search(receiver) or _saves_a_row(call, name)):
                found.append(f"{source.at(call)} {receiver}.{name}()")
    return found + _sql_that_writes(source)


def _sql_that_writes(source: Source) -> list[str]:
    """Wherever the text stands: in a call, in a constant of the module, in an f-string (docs/laws.md 1)."""
    found = []
    for node in ast.walk(source.tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
        if SQL_WRITE.match(text):
            found.append(f"{source.at(node)} {text.strip()[:40]}")
    return found


@pytest.mark.parametrize(
    "text", ["execute('DELETE FROM x')", "SQL = 'INSERT INTO x SELECT 1'", "f'UPDATE {t} SET a = 1'"]
)
def test_sql_that_writes_is_seen_wherever_it_stands(text: str) -> None:
    assert _sql_that_writes(Source("sample.py", text, ast.parse(text)))


def _saves_a_row(call: ast.Call, name: str) -> bool:
    """``row.save()`` and ``row.delete()``; a file's or a picture's save has a positional argument."""
    return name in ("save", "delete") and not call.args and not any(k.arg == "save" for k in call.keywords)


def test_rows_are_written_by_actions_alone() -> None:
    strays = [
        line
        for source in sources()
        if not source.is_action and source.path not in MAY_WRITE
        for line in _writes(source)
    ]
    assert strays == []


def test_every_exception_to_the_one_write_path_is_still_needed() -> None:
    assert [path for path in MAY_WRITE if not (ROOT / path).exists()] == []


def test_no_model_signal_is_used() -> None:
    strays = [
        source.at(node)
        for source in sources(migrations=True)
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models.signals"))
        or (isinstance(node, ast.Attribute) and node.attr in {"post_save", "pre_save", "post_delete", "m2m_changed"})
    ]
    assert strays == []


def test_no_model_overrides_save_or_delete() -> None:
    strays = [
        source.at(function)
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and "models" in source.path
        for function in node.body
        if isinstance(function, ast.FunctionDef) and function.name in ("save", "delete", "asave", "adelete")
    ]
    assert strays == []


# Law 1 and 2: the shape of an action ---------------------------------------------------------------------------------

ACTIONS = [pytest.param(source, node, id=f"{source.path}::{node.name}") for source, node in public_actions()]
NOT_BY_ANYBODY = {
    "actor_of": "names an actor",
    "chain": "arranges facts for an action",
    "record_announcements": "what org tells, with its own by",
    "chased": "registers a chase",
    "begin_response": "what duty must know of an act of the app of responses",
    "end_response": "what duty must know of an act of the app of responses",
    "propose": "the system, by the triggers of the plans in force",
    "lapse": "the system, when the signal is over",
    "ensure_posts": "the catalogue of posts that founding needs, the same everywhere",
}


@pytest.mark.parametrize(("source", "action"), ACTIONS)
def test_an_action_says_by_whom_by_keyword(source: Source, action: ast.FunctionDef) -> None:
    if action.name in NOT_BY_ANYBODY:
        return
    assert "by" in [argument.arg for argument in action.args.kwonlyargs], source.at(action)


@pytest.mark.parametrize(("source", "action"), ACTIONS)
def test_an_action_has_a_docstring(source: Source, action: ast.FunctionDef) -> None:
    """A name that says it all may stand alone where the function only hands on to one that is described."""
    assert ast.get_docstring(action) or len(action.body) == 1, source.at(action)


# Law 3: states -------------------------------------------------------------------------------------------------------


def test_only_states_py_writes_a_status() -> None:
    strays = []
    for source in sources():
        if source.path == "journal/states.py":
            continue
        for node in ast.walk(source.tree):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if isinstance(node, (ast.Assign, ast.AugAssign)) and any(
                isinstance(target, ast.Attribute) and target.attr == "status" for target in targets
            ):
                strays.append(source.at(node))
        strays += [
            source.at(call)
            for call, name in source.calls()
            if name == "update" and any(keyword.arg == "status" for keyword in call.keywords)
        ]
    assert [stray for stray in strays if not stray.startswith(tuple(STATUS_OF_AN_ANSWER))] == []


STATUS_OF_AN_ANSWER = {
    "web/rest.py": "the HTTP status of a remembered reply",
    "command/actions/once.py": "the HTTP status of a remembered reply",
    "web/errors.py": "the HTTP status of a refusal",
}


def test_the_drawn_states_are_those_of_the_tables() -> None:
    call_command("draw_states", check=True)


def test_the_migrations_make_the_tables_of_the_models(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True)


# Law 6: time ---------------------------------------------------------------------------------------------------------


def test_nothing_is_delayed_by_celery() -> None:
    strays = [
        source.at(call)
        for source in sources()
        for call, name in source.calls()
        if name in ("apply_async", "retry") or any(k.arg in ("eta", "countdown") for k in call.keywords)
    ]
    assert strays == []


OWN_CLOCK = {
    "board/templatetags/ui.py": "how long ago, for the eye, when a page is drawn; the browser counts on",
    "board/screens/samples.py": "the samples of the design page",
    "notify/gateways/reading.py": "signatures carry the true time, and a gateway's threads ask no database",
}


def test_nothing_but_the_database_s_clock_decides() -> None:
    names = {"now", "utcnow", "today", "time"}
    owners = {"datetime", "dt.datetime", "datetime.datetime", "timezone", "date", "dt.date", "datetime.date", "time"}
    strays = [
        source.at(call)
        for source in sources()
        for call, name in source.calls()
        if name in names and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in owners
    ]
    assert [stray for stray in strays if not stray.startswith(tuple(OWN_CLOCK))] == []


# Law 6: nothing slow where people wait -------------------------------------------------------------------------------

SLOW = {
    "pdf_of", "pdf_file", "sheets_of", "call_sheet", "queue_sheet", "figures_sheet", "export_sheet", "export_people",
    "import_sheet", "import_people", "import_boundaries", "import_file",
}  # fmt: skip
"""What lays out paper, and reads or writes workbooks: work of jobs (docs/adr/0032)."""
WAITED_FOR = ("/pages/", "/views/", "/views.py", "/api/", "/api.py", "/api_", "/pages.py")


def test_no_page_and_no_api_makes_paper_or_workbooks_itself() -> None:
    known = {name for source in sources() if source.path.endswith("/jobs.py") for _call, name in source.calls()}
    strays = [
        f"{source.at(call)} {name}"
        for source in sources()
        if any(part in source.path for part in WAITED_FOR)
        for call, name in source.calls()
        if name in SLOW
    ]
    assert strays == []
    assert len(SLOW & known) >= 10, "the names above are those of what jobs call"


# Law 11: layers ------------------------------------------------------------------------------------------------------


def test_an_upper_app_imports_lower_ones_only() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-500:]


# Law 14: size and hints ----------------------------------------------------------------------------------------------

FUNCTION_LIMIT, MODULE_LIMIT, VIEW_LIMIT = 40, 400, 15


def _length(node: ast.AST) -> int:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1


def test_functions_are_short() -> None:
    strays = [
        f"{source.at(function)} {function.name}: {_length(function)}"
        for source in sources()
        for function in source.functions()
        if _length(function) > FUNCTION_LIMIT
    ]
    assert strays == []


def test_modules_are_short() -> None:
    strays = [f"{source.path}: {lines}" for source in sources() if (lines := source.text.count("\n")) > MODULE_LIMIT]
    assert strays == []


def test_views_parse_call_and_render() -> None:
    strays = [
        f"{source.at(function)} {function.name}: {_length(function)}"
        for source in sources()
        if "/views/" in source.path or source.path.endswith("/views.py")
        for function in source.functions()
        if _takes_a_request(function) and _length(function) > VIEW_LIMIT
    ]
    assert strays == []


def _takes_a_request(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "request" and not function.name.startswith("_")


def test_every_signature_has_its_hints() -> None:
    strays = []
    for source in sources():
        for function in source.functions():
            arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            bare = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
            if bare or function.returns is None:
                strays.append(f"{source.at(function)} {function.name} {bare}")
    assert strays == []


def test_a_module_of_actions_says_what_it_is_for() -> None:
    strays = [source.path for source in sources() if source.is_action and not ast.get_docstring(source.tree)]
    assert strays == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "common", "helpers", "helper", "misc"}
    assert [source.path for source in sources() if empty & set(Path(source.path).with_suffix("").parts)] == []


def test_all_apps_are_read() -> None:
    """These tests would all pass on an empty list."""
    assert {source.path.split("/")[0] for source in sources()} == set(APPS)
    assert len(ACTIONS) > 30
