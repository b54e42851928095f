"""What a person is doing in a part of a page outlives its being brought up to date (static/js/core/merge.js)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ROWS = "".join(f'<li id="r{n}"><p>{n}</p><details><summary>more</summary></details></li>' for n in range(300))
CASES = [
    ("typed text", '<input value="1">', '<input value="2">', "e.value = 'typed'", "e.value === 'typed'"),
    ("a default that nobody changed", '<input value="1">', '<input value="2">', "", "e.value === '2'"),
    ("a note", "<textarea>a</textarea>", "<textarea>b</textarea>", "e.value = 'typed'", "e.value === 'typed'"),
    ("a tick", '<input type="checkbox">', '<input type="checkbox">', "e.checked = true", "e.checked"),
    (
        "no tick", '<input type="checkbox" checked>', '<input type="checkbox" checked>',
        "e.checked = false", "!e.checked",
    ),
    (
        "a choice", "<select><option>a<option>b</select>", "<select><option>a<option>b<option>c</select>",
        "e.value = 'b'", "e.value === 'b' && e.options.length === 3",
    ),
    (
        "open details", "<details>a</details>", "<details>b</details>",
        "e.open = true", "e.open && e.textContent === 'b'",
    ),
    ("closed details", "<details open>a</details>", "<details open>b</details>", "e.open = false", "!e.open"),
    (
        "the place of the cursor in a field that moves", '<input id="f" value="hello"><p id="p"></p>',
        '<p id="p"></p><input id="f" value="hello">', "e.focus(); e.setSelectionRange(1, 3)",
        "document.activeElement === e && e.selectionStart === 1 && e.selectionEnd === 3 && e.isConnected",
    ),
    (
        "the field that has the focus", '<input id="f" class="x">', '<input id="f" class="y">', "e.focus()",
        "e.className === 'x' && document.activeElement === e",
    ),
    (
        "how far a list is scrolled", f'<ul id="list">{ROWS}</ul>', f'<ul id="list"><li id="new">n</li>{ROWS}</ul>',
        "part.style.cssText = 'height: 100px; overflow: auto; overflow-anchor: none'; part.scrollTop = 500",
        "part.scrollTop === 500 && e.children.length === 301",
    ),
    (
        "a row that is open", f"<ul>{ROWS}</ul>", f'<ul><li id="new">n</li>{ROWS}</ul>',
        "e.querySelector('#r7 details').open = true",
        "[...e.querySelectorAll('details')].filter((d) => d.open).map((d) => d.parentNode.id).join() === 'r7'",
    ),
]  # fmt: skip
RUN = """async (cases) => {
  const { merge } = await import('/static/js/core/merge.js');
  return cases.filter(([, before, after, act, holds]) => {
    const part = document.querySelector('main').appendChild(document.createElement('div'));
    part.innerHTML = before;
    const e = part.firstChild;
    ACTS
    const holder = document.createElement('template');
    holder.innerHTML = after;
    merge(part, holder.content);
    const held = HOLDS;
    part.remove();
    return !held;
  }).map(([name]) => name); }"""


def run(page: Page, case: tuple[str, ...]) -> list[str]:
    return page.evaluate(RUN.replace("ACTS", case[3] + ";").replace("HOLDS", case[4]), [case])


def test_what_a_person_is_doing_stays(server: Any, sign_in: Callable[..., Page]) -> None:
    page = sign_in(server, "village")
    page.goto("/me/")
    assert [lost for case in CASES for lost in run(page, case)] == []
