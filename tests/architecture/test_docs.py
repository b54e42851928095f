"""What the pages and the comments refer to exists: files, sections, laws, decisions, names of functions."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

from tests.support.sources import APPS, ROOT, sources

ENDINGS = "py|js|mjs|css|html|md|sql|sh|toml|yml|yaml|json|txt|conf|service"
PATH = re.compile(rf"(?<![\w./<{{@:-])(?:[\w.-]+/)+[\w.-]+\.(?:{ENDINGS})(?![\w/(])")
FILE = re.compile(rf"`([\w-]+\.(?:{ENDINGS}))`")
BARE = re.compile(r"(?<![\w./*-])[a-z_][\w-]*\.(?:py|js|sql|css|html)\b(?!\()")
DOTTED = re.compile(rf"`((?:{'|'.join(APPS)})(?:\.\w+)+)(?:\(\))?`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SECTION = re.compile(r"docs/(domain|laws)\.md (\d+(?:(?:, | and )\d+)*)")
DECISION = re.compile(r"docs/adr/(\d{4})(?![\d-])")
STATUS = re.compile(r"Status: (accepted|superseded by (\d{4})), 20\d\d-\d\d-\d\d(?:\. Supersedes (.+)\.)?$")

NOT_HERE = {
    "command/actions/extend_order.py": "the example of docs/develop.md",
    "docs/adr/NNNN-title.md": "any decision",
    "js/a.js": "an example",
    "../vendor/b.js": "an example",
    "vendor/b.js": "an example",
}
"""Paths that stand for none of ours."""


@cache
def tracked() -> frozenset[str]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return frozenset(path for path in done.stdout.split("\n") if path and (ROOT / path).is_file())


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def pages() -> Iterator[tuple[str, str]]:
    """The Markdown files, except those that tell of the past: the changelog and decisions that are superseded."""
    for path in sorted(tracked()):
        if path.endswith(".md") and path != "CHANGELOG.md" and not path.startswith("static/vendor/"):
            text = _read(path)
            if "Status: superseded" not in text:
                yield path, text


@cache
def comments() -> tuple[tuple[str, str], ...]:
    """The comments and docstrings of the sources, tests included."""
    return tuple(_comments())


def _comments() -> Iterator[tuple[str, str]]:
    for path in sorted(tracked()):
        if path.startswith("static/vendor/") or "/migrations/" in path:
            continue
        if path.endswith(".py"):
            yield path, _said_in_python(_read(path))
        elif path.endswith(".html"):
            yield path, "\n".join(re.findall(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", _read(path), re.S))
        elif path.endswith((".js", ".css", ".sql", ".yaml", ".yml", ".toml")) or path.startswith("scripts/"):
            yield path, _said_by_lines(_read(path))


def _said_in_python(text: str) -> str:
    found = [
        node.value.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join(found + [token.string for token in tokens if token.type == tokenize.COMMENT])


def _said_by_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if re.match(r"\s*(//|/\*|\*|--|#)", line))


@cache
def all_texts() -> tuple[tuple[str, str], ...]:
    return (*pages(), *comments())


@cache
def _ends_of_paths() -> frozenset[str]:
    """Every path that is tracked, and what is left of it without its first folders."""
    return frozenset(path.split("/", count)[-1] for path in tracked() for count in range(path.count("/") + 1))


def _exists(path: str, said_in: str) -> bool:
    """Seen from the top, from the file that says it, from a folder above it, or the end of some file's path."""
    here = PurePosixPath(said_in)
    seen_from = [str(folder / path) for folder in here.parents]
    return path in _ends_of_paths() or any(one in tracked() for one in seen_from)


def test_every_path_that_is_mentioned_exists() -> None:
    strays = [
        f"{said_in}: {path}"
        for said_in, text in all_texts()
        for path in PATH.findall(re.sub(r"https?://\S+", "", text))
        if path not in NOT_HERE and not _exists(path.removeprefix("./").replace("../", ""), said_in)
    ]
    assert strays == []


def test_every_file_that_a_page_names_exists() -> None:
    names = {PurePosixPath(path).name for path in tracked()}
    strays = [f"{page}: {name}" for page, text in pages() for name in FILE.findall(text) if name not in names]
    assert strays == []


def test_every_file_that_a_comment_names_exists() -> None:
    names = {PurePosixPath(path).name for path in tracked()}
    strays = [f"{said_in}: {name}" for said_in, text in comments() for name in BARE.findall(text) if name not in names]
    assert strays == []


def test_every_link_leads_to_a_file() -> None:
    strays = [
        f"{page}: {target}"
        for page, text in pages()
        for target in LINK.findall(text)
        if not re.match(r"(https?:|mailto:|#)", target)
        and not (ROOT / Path(page).parent / target.partition("#")[0]).exists()
    ]
    assert strays == []


def _says(dotted: str) -> bool:
    """The longest beginning that is a module or package, and the next word somewhere defined in it."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:count])
        files = list(base.glob("*.py")) if base.is_dir() else [base.with_suffix(".py")]
        if files and files[0].exists():
            rest = parts[count : count + 1]
            text = "\n".join(file.read_text(encoding="utf-8") for file in files)
            return (
                not rest or re.search(rf"(\bdef |\bclass |^|import [^#]*?\b|    ){rest[0]}\b", text, re.M) is not None
            )
    return False


def test_every_name_in_a_template_s_comment_exists() -> None:
    names = re.compile(rf"\b(?:{'|'.join(APPS)})(?:\.\w+)+\b(?!/)")
    strays = [
        f"{said_in}: {name}"
        for said_in, text in comments() if said_in.startswith("templates/")
        for name in names.findall(text) if not name.endswith((".html", ".js", ".css")) and not _says(name)
    ]  # fmt: skip
    assert strays == []


def test_every_function_that_a_page_or_a_comment_names_exists() -> None:
    strays = [
        f"{said_in}: {name}"
        for said_in, text in all_texts()
        if said_in != "docs/registries.md"
        for name in DOTTED.findall(text)
        if not _says(name)
    ]
    assert strays == []


def _numbers(page: str) -> set[str]:
    return set(re.findall(r"^## (\d+)\. ", (ROOT / page).read_text(encoding="utf-8"), re.M))


def test_every_section_and_law_that_is_referred_to_exists() -> None:
    headings = {name: _numbers(f"docs/{name}.md") for name in ("domain", "laws")}
    assert headings == {"domain": {str(n) for n in range(1, 12)}, "laws": {str(n) for n in range(1, 15)}}
    found = [(said_in, *match) for said_in, text in all_texts() for match in SECTION.findall(text)]
    strays = [
        f"{said_in}: docs/{page}.md {number}"
        for said_in, page, numbers in found
        for number in re.findall(r"\d+", numbers)
        if number not in headings[page]
    ]
    assert strays == []
    assert len(found) > 50


def test_nothing_refers_to_pages_that_a_newcomer_does_not_have() -> None:
    elsewhere = re.compile(r"\b(DESIGN|DOMAIN|REVIEW|ANCHORS|OFFICIAL|FACTS|UX)(\.md\b| (law|section)s? ?\d)")
    assert [f"{said_in}: {m[0]}" for said_in, text in all_texts() if (m := elsewhere.search(text))] == []


# Decisions -----------------------------------------------------------------------------------------------------------


def _decisions() -> dict[str, tuple[str, list[str]]]:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    found = {file.name[:4]: (file.name, file.read_text(encoding="utf-8").split("\n")) for file in files}
    assert len(found) == len(files), "two decisions have one number"
    return found


def test_every_decision_has_its_number_a_status_and_a_date() -> None:
    decisions = _decisions()
    strays = []
    for number, (name, lines) in decisions.items():
        status = STATUS.match(lines[2])
        if not lines[0].startswith(f"# {int(number)}. ") or status is None:
            strays.append(name)
        elif status[2] and status[2] not in decisions:
            strays.append(f"{name}: superseded by {status[2]}, which does not exist")
    assert strays == []


def test_every_decision_that_is_referred_to_exists() -> None:
    known = set(_decisions())
    strays = [
        f"{said_in}: {number}"
        for said_in, text in all_texts()
        for number in DECISION.findall(text)
        if number not in known
    ]
    assert strays == []


def test_comments_are_read_at_all() -> None:
    """These tests would all pass on an empty list."""
    assert len(comments()) > len(sources())
