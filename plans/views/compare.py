"""Two versions of a plan side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from plans.files.documents import document_of
from plans.models import Plan, Version
from plans.screens.place import plan_of, version_of
from plans.screens.words import KEYS, instruction, post_labels, value_words
from plans.selectors.comparing import Change, RowChange, compare
from web.requests import Request


def versions(request: Request, code: str) -> HttpResponse:
    """``?a=1&b=2&all=1``: the older on the left; without numbers the newest beside the one before."""
    plan = plan_of(request.user, code)
    a, b = _pair(plan, request)
    context: dict[str, Any] = {"plan": plan, "a": a, "b": b, "all": bool(request.GET.get("all"))}
    if a is not None and b is not None:
        found, posts = compare(document_of(a), document_of(b)), post_labels()
        context |= {
            "found": found,
            "head": [_side_by_side(change, posts) for change in found.head],
            "levels": [_row(row, posts, context["all"]) for row in found.levels],
            "actions": [_row(row, posts, context["all"]) for row in found.actions],
            "counts": _counts(found.levels + found.actions),
        }
    return render(request, "plans/compare.html", context)


def _pair(plan: Plan, request: Request) -> tuple[Version | None, Version | None]:
    seen: list[Version] = plan.shown_versions
    later = version_of(plan, request.GET.get("b") or (seen[0].number if seen else None))
    older = [one for one in seen if later is not None and one.number < later.number]
    earlier = version_of(plan, request.GET.get("a") or (older[0].number if older else None)) if seen else None
    return (later, earlier) if earlier and later and earlier.number > later.number else (earlier, later)


def _side_by_side(change: Change, posts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "label": KEYS.get(change.key, change.key),
        "before": value_words(change.key, change.before, posts),
        "after": value_words(change.key, change.after, posts),
        "changed": change.before != change.after,
    }


def _row(row: RowChange, posts: Mapping[str, str], whole: bool) -> dict[str, Any]:
    """Of a row that came or went every key that says something; of a changed one what changed, or all."""
    old, new = row.before or {}, row.after or {}
    names = [change.key for change in row.changes] if row.kind == "changed" and not whole else list(new or old)
    cells = [_side_by_side(Change(name, old.get(name), new.get(name)), posts) for name in names if name != "code"]
    text = instruction(new or old) if "text" in (new or old) else ""
    return {
        "code": row.code,
        "kind": row.kind,
        "moved": row.moved,
        "text": text,
        "cells": [cell for cell in cells if cell["before"] or cell["after"]]
        if row.kind not in ("same", "moved")
        else [],
    }


def _counts(rows: list[RowChange]) -> dict[str, int]:
    kinds = ("added", "removed", "changed", "moved", "same")
    return {kind: sum(row.kind == kind for row in rows) for kind in kinds}
