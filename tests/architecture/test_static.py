"""Where the browser's files stand: JavaScript in folders by concern that import downwards only."""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
JS = ROOT / "static/js"
MAY_IMPORT = {
    "core": set(),
    "frame": {"core"},
    "map": {"core"},
    "phone": {"core", "frame"},
    "hazards": {"core", "map", "frame"},
    "desk": {"core", "map", "frame"},
}
"""The folders of static/js and what each may import beside its own; a new one is described in docs/frontend.md."""

SCRIPTS = sorted(JS.rglob("*.js"))
IMPORT = re.compile(r'\b(?:from|import) "(\.[^"]+)"')
USED = re.compile(r"""(?:static ['"]|["'])(js/[\w/]+\.js)["']""")


def imports(script: Path) -> set[Path]:
    found = {(script.parent / target).resolve() for target in IMPORT.findall(script.read_text(encoding="utf-8"))}
    return {path for path in found if path.is_relative_to(JS)}


def test_every_script_stands_in_a_folder_that_is_known_here_and_nothing_at_the_top() -> None:
    assert {path.name for path in JS.iterdir()} == set(MAY_IMPORT)
    assert [str(path) for path in SCRIPTS if len(path.relative_to(JS).parts) != 2] == []
    described = (ROOT / "docs/frontend.md").read_text(encoding="utf-8")
    assert [name for name in MAY_IMPORT if f"`{name}/`" not in described] == []


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_scripts_import_from_lower_folders_only(folder: str) -> None:
    wrong = [
        f"{script.relative_to(JS)} imports {target.relative_to(JS)}"
        for script in (JS / folder).glob("*.js")
        for target in imports(script)
        if target.parent.name not in {folder, *MAY_IMPORT[folder]}
    ]
    assert wrong == []


def test_no_script_imports_itself_by_way_of_others() -> None:
    TopologicalSorter({script: imports(script) for script in SCRIPTS}).prepare()


def test_every_script_is_imported_or_stands_on_a_page() -> None:
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "hazards").rglob("*.py")]  # which serves the worker
    on_pages = {name for source in sources for name in USED.findall(source.read_text(encoding="utf-8"))}
    reached = {target for script in SCRIPTS for target in imports(script)} | {ROOT / "static" / n for n in on_pages}
    assert [str(script.relative_to(JS)) for script in SCRIPTS if script not in reached] == []


def test_only_http_js_and_the_service_worker_ask_the_network() -> None:
    asking = re.compile(r"(?<![\w.])fetch\(|new XMLHttpRequest|sendBeacon\(")
    found = {str(PurePosixPath(s.relative_to(JS))) for s in SCRIPTS if asking.search(s.read_text(encoding="utf-8"))}
    assert found == {"core/http.js", "hazards/sw.js"}


def test_only_store_js_opens_a_database_of_the_browser() -> None:
    found = {s.name for s in SCRIPTS if re.search(r"\bindexedDB\.open|openDB\(", s.read_text(encoding="utf-8"))}
    assert found == {"store.js"}


def test_the_lock_of_the_browser_s_tools_names_no_host_and_pins_every_one_of_them() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert json.loads(text)["packages"][""]["devDependencies"] == asked["devDependencies"]
    assert "dependencies" not in asked, "what a browser loads is vendored (static/vendor/VENDORED.md)"


SHARED_CSS = {"tokens", "base", "components", "forms", "frame", "phone", "map"}
CSS_OF = {"plans": {"plans"}, "duty": {"duty"}, "hazards": {"hazards", "hazards_phone", "hazards_poster"}}
"""The style sheets that an app's own pages load beside the shared ones: never another app's."""


@pytest.mark.parametrize("app", CSS_OF)
def test_an_apps_pages_load_no_other_apps_style_sheet(app: str) -> None:
    sheets = re.compile(r"css/(\w+)\.css")
    loaded = {n for page in (ROOT / "templates" / app).rglob("*.html") for n in sheets.findall(page.read_text("utf-8"))}
    assert loaded - SHARED_CSS <= CSS_OF[app]


def test_what_many_pages_share_is_styled_once() -> None:
    sheets = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "static/css").glob("*.css")}
    for name in ("ok-line", "notice-acts", "phone-section", "field", "act-form", "choice"):
        base = re.compile(rf"^\.{name}(?:, [^{{]*)? {{", re.M)
        assert [sheet for sheet, text in sheets.items() if base.search(text)] in (["components"], ["forms"]), name
