"""Plans as Excel workbooks: the sheets Plan, Levels (a row for each trigger) and Actions.

Headers and words may be the codes or the labels in either language; what is wrong is told by sheet and row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext as _

from org.models import Post
from plans.files.books import cells_of, opened
from plans.files.document_schema import ACTION_KEYS, PLAN_KEYS, Key, terse
from plans.files.documents import normal
from plans.files.trigger_text import read_rule, rule_text
from plans.rules.approver import SEATS
from plans.rules.problems import Problem, Refused
from plans.rules.words import LEVELS
from plans.selectors.checking import no_level
from web.workbook_writing import Book
from web.workbooks import Sheet

SHEETS = {"plan": ("预案", "Plan"), "levels": ("响应等级", "Levels"), "actions": ("行动", "Actions")}
HEADERS = {
    "key": ("项目", "key"), "value": ("内容", "value"),
    "level": ("等级", "level"), "approver": ("批准岗位", "approver"), "note": ("启动条件", "note"),
    "trigger": ("触发规则", "trigger"),
    "code": ("编码", "code"), "kind": ("预案类别", "kind"), "hazard_type": ("灾种", "hazard type"),
    "name": ("名称", "name"), "name_en": ("英文名称", "name in English"),
    "review_months": ("评估周期（月）", "review months"), "drill_months": ("演练周期（月）", "drill months"),
    "summary": ("修订说明", "summary"), "basis": ("编制依据", "basis"), "template": ("上级模板", "template"),
    "phase": ("阶段", "phase"), "levels": ("适用等级", "levels"), "unit_kind": ("单位层级", "unit kind"),
    "reach": ("范围", "reach"), "departments": ("部门", "departments"), "post": ("岗位", "post"),
    "by_register": ("按责任人登记", "by register"), "verb": ("行动类型", "verb"), "text": ("指令内容", "text"),
    "text_en": ("英文指令", "text in English"), "due_min": ("时限（分钟）", "due minutes"),
    "after": ("前置行动", "after"),
    "evidence": ("佐证", "evidence"), "counted": ("统计内容", "counted"),
}  # fmt: skip
VALUE = "values."
YES, NO = ("yes", "是", "true", "1", "y"), ("no", "否", "false", "0", "n")
SPLIT = re.compile(r"[,，、;；\n]")
LANGUAGES = ("zh-hans", "en")


def _index() -> int:
    return 1 if (get_language() or "").startswith("en") else 0


# Writing -------------------------------------------------------------------------------------------------------------


def dump(document: Mapping[str, Any]) -> bytes:
    """The document as a workbook in the reader's language. Reading it again gives the same plan."""
    made, spelling, book = normal(document), _Spelling(), Book()
    rows: list[list[Any]] = [
        [HEADERS[name][_index()], spelling.shown(name, key, made[name])]
        for name, key in PLAN_KEYS.items()
        if name != "values"
    ]
    rows += [[VALUE + name, text] for name, text in made["values"].items()]
    _write(book, "plan", ["key", "value"], rows, (22, 100))
    rows = []
    for code, level in made["levels"].items():
        rules = [rule_text(rule) for rule in level["triggers"]] or [""]
        shown = spelling.shown("levels", ACTION_KEYS["levels"], code)
        rows.append([shown, spelling.approver(level["approver"]), level["note"], rules[0]])
        rows += [[shown, "", "", rule] for rule in rules[1:]]
    _write(book, "levels", ["level", "approver", "note", "trigger"], rows, (8, 26, 50, 60))
    rows = [
        [spelling.shown(name, key, terse(action, ACTION_KEYS).get(name)) for name, key in ACTION_KEYS.items()]
        for action in made["actions"]
    ]
    _write(book, "actions", list(ACTION_KEYS), rows, [60 if name.startswith("text") else 18 for name in ACTION_KEYS])
    return book.content


def _write(book: Book, code: str, names: list[str], rows: list[list[Any]], widths: Sequence[int]) -> None:
    book.sheet(SHEETS[code][_index()], [HEADERS[name][_index()] for name in names], rows, widths, wrap=True)


class _Spelling:
    """Codes as the labels that a county reads, where a label means one code only; and back."""

    def __init__(self) -> None:
        posts = list(Post.objects.all())
        self.posts = {post.code: (post.name, post.name_en) for post in posts}
        self.codes: dict[str, dict[str, str]] = {"post": _unique(self.posts)}
        self.labels: dict[str, dict[str, str]] = {}
        for name, key in [*PLAN_KEYS.items(), *ACTION_KEYS.items()]:
            if key.choices:
                labels = _labels(key.choices)
                self.codes[name] = _unique(labels)
                self.labels[name] = {code: both[_index()] for code, both in labels.items()}
        self.labels["post"] = {code: both[_index()] for code, both in self.posts.items()}
        approvers = {**self.posts, **_labels(SEATS)}
        self.codes["approver"] = _unique(approvers)
        self.labels["approver"] = {code: both[_index()] for code, both in approvers.items()}

    def approver(self, code: str) -> str:
        return self._label("approver", code)

    def shown(self, name: str, key: Key, value: Any) -> Any:
        """A value as a cell."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return (NO[1 - _index()], YES[1 - _index()])[value]
        if isinstance(value, list):
            return ", ".join(self._label(name, one) if name in self.labels else one for one in value)
        return self._label(name, value) if name in self.labels else value

    def _label(self, name: str, code: str) -> str:
        label = self.labels[name].get(code, "")
        return label if label and self.codes[name].get(_folded(label)) == code else code

    def code(self, name: str, text: str) -> str:
        """The code that a cell means; what it does not know comes back as it is, for the check to refuse."""
        return self.codes[name].get(_folded(text), text) if name in self.codes else text


def _labels(choices: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    shown: list[list[str]] = []
    for language in LANGUAGES:
        with override(language):
            shown.append([str(label) for label in choices.values()])
    return {code: (zh, en) for code, zh, en in zip(choices, *shown, strict=True)}


def _unique(labels: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Label or code, folded → code; a label of two codes means neither, and a code always means itself."""
    found: dict[str, set[str]] = {}
    for code, both in labels.items():
        for label in both:
            found.setdefault(_folded(label), set()).add(code)
    known = {label: next(iter(codes)) for label, codes in found.items() if len(codes) == 1}
    return {**known, **{_folded(code): code for code in labels}}


def _folded(text: str) -> str:
    """Ⅳ is IV, and full width is half width."""
    return unicodedata.normalize("NFKC", text).casefold()


# Reading -------------------------------------------------------------------------------------------------------------


def read(content: bytes, *, sender: str = "plans") -> tuple[dict[str, Any], dict[int, int]]:
    """The document in a workbook, unchecked, and for each action (from 1) its row in the sheet.

    Refused, by sheet and row, for what no document could be made of.
    """
    sheets = opened(content, SHEETS, sender=sender)
    problems: list[Problem] = []
    spelling = _Spelling()
    document = _plan(sheets["plan"], spelling, problems)
    document["levels"] = _levels(sheets["levels"], spelling, problems)
    document["actions"], rows = [], {}
    for number, cells in _rows(sheets["actions"], ACTION_KEYS, problems):
        place = _("%(sheet)s, row %(row)s") % {"sheet": sheets["actions"].title, "row": number}
        document["actions"].append(_read_row(cells, ACTION_KEYS, spelling, place, problems))
        rows[len(document["actions"])] = number
    if problems:
        raise Refused(problems)
    return document, rows


def in_sheet(problems: Iterable[Problem], rows: Mapping[int, int]) -> list[Problem]:
    """The problems of a document that came from a workbook, with the actions' rows as places."""

    def moved(problem: Problem) -> Problem:
        found = re.match(r"actions\[(\d+)\](.*)", problem.place, re.S)
        if not found or int(found[1]) not in rows:
            return problem
        place = _("%(sheet)s, row %(row)s") % {"sheet": SHEETS["actions"][_index()], "row": rows[int(found[1])]}
        return Problem(place + found[2], problem.message)

    return [moved(problem) for problem in problems]


def _rows(sheet: Sheet, names: Iterable[str], problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    known = {spelling.casefold(): name for name in names for spelling in (name, *HEADERS.get(name, ()))}
    return cells_of(sheet, known, problems)


def _plan(sheet: Sheet, spelling: _Spelling, problems: list[Problem]) -> dict[str, Any]:
    known = {word.casefold(): name for name in PLAN_KEYS for word in (name, *HEADERS.get(name, ()))}
    cells: dict[str, Any] = {}
    values: dict[str, str] = {}
    for number, row in _rows(sheet, ("key", "value"), problems):
        word, value = str(row.get("key") or "").strip(), row.get("value")
        if word.casefold().startswith(VALUE):
            values[word[len(VALUE) :]] = "" if value is None else _as_text(value)
        elif word.casefold() not in known:
            place = _("%(sheet)s, row %(row)s") % {"sheet": sheet.title, "row": number}
            problems.append(Problem(place, _("There is no key “%(name)s”.") % {"name": word}))
        else:
            cells[known[word.casefold()]] = value
    keys = {name: key for name, key in PLAN_KEYS.items() if name != "values"}
    made = _read_row(cells, keys, spelling, sheet.title, problems)
    return {**made, "values": values} if values else made


def _levels(sheet: Sheet, spelling: _Spelling, problems: list[Problem]) -> dict[str, Any]:
    levels: dict[str, Any] = {}
    for number, row in _rows(sheet, ("level", "approver", "note", "trigger"), problems):
        place = _("%(sheet)s, row %(row)s") % {"sheet": sheet.title, "row": number}
        code = spelling.code("levels", _as_text(row.get("level") or ""))
        if code not in LEVELS:
            problems.append(Problem(place, no_level(code)))
            continue
        level = levels.setdefault(code, {"triggers": []})
        for name in ("approver", "note"):
            if row.get(name) not in (None, ""):
                text = _as_text(row[name])
                level[name] = spelling.code("approver", text) if name == "approver" else text
        if row.get("trigger") not in (None, ""):
            rule, complaint = read_rule(_as_text(row["trigger"]))
            if complaint:
                problems.append(Problem(f"{place}: trigger", complaint))
            else:
                level["triggers"].append(rule)
    return levels


def _read_row(
    cells: Mapping[str, Any], keys: Mapping[str, Key], spelling: _Spelling, place: str, problems: list[Problem]
) -> dict[str, Any]:
    made = {}
    for name, key in keys.items():
        value = cells.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        made[name] = _read_cell(value, name, key, spelling)
        if isinstance(made[name], ValueError):
            problems.append(Problem(f"{place}: {name}", str(made.pop(name))))
    return made


def _read_cell(value: Any, name: str, key: Key, spelling: _Spelling) -> Any:
    """The cell as the document wants it; a ValueError, given back, for a word that cannot be a number or yes or no."""
    if key.many:
        parts = [part.strip() for part in SPLIT.split(_as_text(value))]
        return [spelling.code(name, part) for part in parts if part]
    if isinstance(key.default, bool):
        word = _as_text(value).casefold()
        return word in YES if word in (*YES, *NO) else ValueError(gettext("This is yes or no."))
    if key.limit and name in ("review_months", "drill_months", "due_min"):
        text = _as_text(value)
        return int(text) if re.fullmatch(r"\d{1,9}", text) else ValueError(gettext("This is not a whole number."))
    return spelling.code(name, _as_text(value))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
