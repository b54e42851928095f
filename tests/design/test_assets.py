"""What stands in the static files and templates: own host only, no tiny text, no inline code, every name resolved."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
OWN = [p for p in STATIC.rglob("*") if p.suffix in {".css", ".js"} and "vendor" not in p.parts]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")


def listed() -> dict[str, str]:
    rows = re.findall(
        r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", (STATIC / "vendor/VENDORED.md").read_text(encoding="utf-8"), re.M
    )
    return dict(rows)


def test_vendored_files_are_the_ones_listed() -> None:
    found = {
        str(p.relative_to(STATIC)): sha256(p.read_bytes()).hexdigest()
        for p in STATIC.glob("vendor/**/*")
        if p.is_file()
    }
    found.pop("vendor/VENDORED.md")
    found["img/icons.svg"] = sha256((STATIC / "img/icons.svg").read_bytes()).hexdigest()
    assert found == listed()


def test_no_file_names_another_host() -> None:
    # protocol-relative addresses too; the vendored files may name their licence and an XML namespace in text
    loads = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.I)
    strangers = {}
    for path in [*OWN, *TEMPLATES]:
        text = path.read_text(encoding="utf-8")
        for namespace in NAMESPACES:
            text = text.replace(namespace, "")
        if hits := loads.findall(text):
            strangers[path.name] = hits
    assert strangers == {}
    vendored = (STATIC / "vendor/bootstrap/bootstrap.min.css").read_text(encoding="utf-8")
    assert re.findall(r"@import|url\((?!['\"]?data:)", vendored) == []


def test_no_text_is_smaller_than_twelve_pixels() -> None:
    small = []
    for path in OWN:
        for value, unit in re.findall(
            r"font(?:-size)?:[^;{}]*?(?<![\w.-])(\d*\.?\d+)(px|rem|em)\b", path.read_text(encoding="utf-8")
        ):
            if float(value) * (1 if unit == "px" else 16) < 12:
                small.append((path.name, value + unit))
    assert small == []


def test_templates_hold_no_inline_style_or_script() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|javascript:|hx-on", re.I)
    assert [p.name for p in TEMPLATES if inline.search(p.read_text(encoding="utf-8"))] == []


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img/icons.svg").read_text(encoding="utf-8")))
    named = {name for p in TEMPLATES for name in re.findall(r'\{% icon "([^"]+)"', p.read_text(encoding="utf-8"))}
    named |= {name for p in OWN for name in re.findall(r'\bicon\("([a-z-]+)"', p.read_text(encoding="utf-8"))}
    assert named - sprite == set()


def test_modules_import_only_files_that_exist() -> None:
    missing = [
        (p.name, target)
        for p in OWN
        if p.suffix == ".js"
        for target in re.findall(r'(?:from|import) "(\.[^"]+)"', p.read_text(encoding="utf-8"))
        if not (p.parent / target).exists()
    ]
    assert missing == []
