"""The draft under the editor: its head, levels and actions, changed one at a time.

Every change says which generation of the draft it was made against; a draft that moved on is refused with what changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from journal.models import Event
from org.models import Post, Unit
from org.selectors.register import subtree
from plans import actions
from plans.models import Plan, Version
from plans.rules.approver import SEATS, high_enough, role_of
from plans.rules.words import LEVEL_WORDS, LEVELS, Phase
from plans.screens.place import in_work, plan_of
from plans.screens.words import differences, grouped, instruction, level_cards, placed, post_labels
from plans.selectors.checking import hindrances, may_approve
from plans.selectors.plans import IN_WORK
from plans.views.drafts import Draft, draft_of
from plans.views.forms import ActionForm, ExpectingForm, HeadForm, LevelForm
from plans.views.trigger_rows import rows_of, rules_of, template_row
from web.dialogs import Act, perform, posted
from web.errors import ActionError, Conflict, NotFound
from web.requests import Request

HEAD = (
    "kind", "hazard_type", "name", "name_en", "review_months", "drill_months", "summary", "basis", "values",
)  # fmt: skip


def edit(request: Request, code: str) -> HttpResponse:
    """The whole draft; a version in review, or none at all, is looked at on the plan's page."""
    plan = plan_of(request.user, code)
    version = in_work(plan)
    if version is None or version.status != Version.Status.DRAFT:
        return redirect("plans:plan", code=code)
    draft = draft_of(request.user, code)
    problems, posts = hindrances(draft.document, draft.plan.unit), post_labels()
    context = {
        "plan": draft.plan, "version": draft.version, "document": draft.document, "problems": placed(problems),
        "cards": level_cards(draft.document, posts, problems), "groups": grouped(draft.document, posts, problems),
        "missing": [level for level in LEVELS if level not in draft.document["levels"]], "levels": LEVELS,
    }  # fmt: skip
    template = "plans/_edit.html" if request.headers.get("HX-Request") else "plans/edit.html"
    return render(request, template, context)


def _expected(draft: Draft, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"generation": draft.version.generation, "row": dict(row)}


def _back(draft: Draft) -> str:
    return reverse("plans:edit", args=[draft.plan.code])


def _act(request: Request, draft: Draft, act: Act, form: ExpectingForm, row_of: Callable[[Draft], Any]) -> Act:
    """The act with its refusal: when the draft has moved on, who changed it and what of this row stands differently.

    ``row_of`` gives the row as it stands in a draft, or None when it is gone.
    """
    first = act.do

    def do(data: dict[str, Any]) -> str:
        try:
            return first(data)
        except Conflict as refusal:
            _tell_change(request, draft.plan, act, form, row_of, refusal)
            raise

    act.do = do
    act.context["action"] = f"{request.path}?g={draft.version.generation}"
    return act


def _tell_change(
    request: Request, plan: Plan, act: Act, form: ExpectingForm, row_of: Callable[[Draft], Any], refusal: Conflict
) -> None:
    if refusal.code != "changed":
        return
    draft = draft_of(request.user, plan.code)
    now, (_generation, before) = row_of(draft), form.seen()
    last = Event.objects.filter(subject=f"version:{draft.version.pk}").order_by("-seq").first()
    act.context["last_change"] = last
    act.context["gone"] = bool(before) and now is None
    act.context["differences"] = differences(before, now, post_labels()) if before and now else []
    if now and act.context.get("rules") == before.get("triggers"):
        act.context["rows"] = rows_of(now["triggers"]) if "triggers" in now else []
    form.look_again(draft.version.generation, before, now or {})


# Head ----------------------------------------------------------------------------------------------------------------


def head(request: Request, code: str) -> HttpResponse:
    draft = draft_of(request.user, code)
    row = {name: draft.document[name] for name in HEAD}
    fixed = draft.plan.versions.exclude(status__in=IN_WORK).exists()
    initial = {**row, "expected": _expected(draft, row), **{f"values.{n}": v for n, v in row["values"].items()}}
    form = HeadForm(posted(request), fixed=fixed, values=row["values"], initial=initial)

    def do(data: dict[str, Any]) -> str:
        document = {**draft.document, **form.changes()}
        actions.save_draft(draft.version.pk, by=request.user, document=document, generation=form.seen()[0])
        return _("Saved.")

    act = Act(_("The plan"), _("Save"), form, do, _back(draft), template="plans/acts/row.html")
    found = _act(request, draft, act, form, lambda now: {name: now.document[name] for name in HEAD})
    return perform(request, found)


# Levels --------------------------------------------------------------------------------------------------------------


def level(request: Request, code: str, name: str) -> HttpResponse:
    draft, row = _level_of(request, code, name)
    rules = rules_of(request.POST) if request.method == "POST" else row["triggers"]
    form = LevelForm(posted(request), approvers=_approvers(name, row["approver"]),
                     initial={**row, "expected": _expected(draft, row)})  # fmt: skip

    def do(data: dict[str, Any]) -> str:
        actions.set_level(draft.version.pk, name, by=request.user, approver=data["approver"], note=data["note"],
                          triggers=rules, generation=form.seen()[0])  # fmt: skip
        return _("Saved: %(level)s.") % {"level": LEVEL_WORDS[name]}

    shown = {"rows": rows_of(rules), "rules": rules, "spare": template_row(), "level": name}
    act = Act(str(LEVEL_WORDS[name]), _("Save"), form, do, _back(draft),
              template="plans/acts/level.html", context=shown)  # fmt: skip
    return perform(request, _act(request, draft, act, form, lambda now: now.document["levels"].get(name)))


def _level_of(request: Request, code: str, name: str) -> tuple[Draft, dict[str, Any]]:
    """The draft, and its level of this name; an empty one where it has none yet."""
    draft = draft_of(request.user, code)
    if name not in LEVELS:
        raise NotFound
    return draft, draft.document["levels"].get(name, {"approver": "", "note": "", "triggers": []})


def _approvers(level: str, present: str) -> list[tuple[str, str]]:
    """The seats of the headquarters and the posts that may start this level, and the one that is named now, whatever
    it is.
    """
    posts = list(Post.objects.all())
    able = [(code, str(words)) for code, words in SEATS.items() if high_enough(role_of(code), level)]
    able += [(post.code, post.label) for post in posts if may_approve(post, level)]
    if present and present not in dict(able):
        able.append((present, next((post.label for post in posts if post.code == present), present)))
    return able


def remove_level(request: Request, code: str, name: str) -> HttpResponse:
    draft = draft_of(request.user, code)
    if name not in draft.document["levels"]:
        raise NotFound
    row = draft.document["levels"][name]
    form = ExpectingForm(posted(request), initial={"expected": _expected(draft, row)})

    def do(data: dict[str, Any]) -> str:
        actions.remove_level(draft.version.pk, name, by=request.user, generation=form.seen()[0])
        return _("Removed: %(level)s.") % {"level": LEVEL_WORDS[name]}

    title = _("Remove the %(level)s") % {"level": LEVEL_WORDS[name]}
    act = Act(title, _("Remove"), form, do, _back(draft), danger=True,
              note=_("Its triggers go, and its mark on every action."), template="plans/acts/row.html")  # fmt: skip
    return perform(request, _act(request, draft, act, form, lambda now: now.document["levels"].get(name)))


# Actions -------------------------------------------------------------------------------------------------------------


def _action_form(request: Request, draft: Draft, initial: Mapping[str, Any], own: str = "") -> ActionForm:
    departments = subtree(draft.plan.unit.path).filter(level=Unit.Level.DEPARTMENT).order_by("path")
    return ActionForm(posted(request), document=draft.document, posts=list(Post.objects.all()), own=own,
                      departments=list(departments.values_list("name", flat=True)), initial=initial)  # fmt: skip


ACTION = "plans/acts/action.html"


def _form_context(draft: Draft, form: ActionForm) -> dict[str, Any]:
    """What the prerequisites and posts need to be narrowed: levels and words of every other action."""
    waiting = _waiting_for(draft.document, form.own)
    chosen = set(form["after"].value() or [])
    firsts = [
        {"code": one["code"], "text": instruction(one), "levels": " ".join(one["levels"]), "at": one["due_min"],
         "phase": Phase(one["phase"]).label, "chosen": one["code"] in chosen, "waits": one["code"] in waiting}
        for one in form.others
    ]  # fmt: skip
    kinds = {post.code: post.level for post in Post.objects.all()}
    return {"firsts": firsts, "post_kinds": json.dumps(kinds)}


def _waiting_for(document: Mapping[str, Any], code: str) -> set[str]:
    """Everything that waits for the action, directly or through others."""
    found: set[str] = set()
    edge = {code} if code else set()
    while edge:
        edge = {one["code"] for one in document["actions"] if edge & set(one["after"])} - found
        found |= edge
    return found - {code}


def add(request: Request, code: str) -> HttpResponse:
    """``?phase=rescue``: a new action, put last. ``?copy=relocate``: a copy, put next to it."""
    draft, copied = draft_of(request.user, code), request.GET.get("copy", "")
    form = _action_form(request, draft, _bare(request, draft, copied))

    def do(data: dict[str, Any]) -> str:
        made, before = form.action(), _after(draft, copied)
        actions.add_action(draft.version.pk, by=request.user, action=made, before=before, generation=form.seen()[0])
        return _("Added: %(code)s.") % {"code": made["code"]}

    context = _form_context(draft, form)
    found = Act(_("New action"), _("Add"), form, do, _back(draft), template=ACTION, context=context)
    _act(request, draft, found, form, lambda now: {})
    found.context["action"] += f"&copy={copied}" if copied else ""
    return perform(request, found)


def _bare(request: Request, draft: Draft, copied: str) -> dict[str, Any]:
    """What a new action's form begins with."""
    expected = {"expected": _expected(draft, {})}
    if copied:
        return {**draft.action(copied), "code": "", **expected}
    phase = request.GET.get("phase", "")
    return {**expected, "phase": phase if phase in Phase.values else Phase.RESPONSE,
            "levels": list(draft.document["levels"]),
            "unit_kind": draft.plan.unit.level, "reach": "owner", "due_min": 30, "evidence": "none"}  # fmt: skip


def _after(draft: Draft, code: str) -> str | None:
    """The action that follows the one of the code, so that its copy stands next to it; None for the end."""
    codes = [action["code"] for action in draft.document["actions"]]
    following = codes[codes.index(code) + 1 :] if code in codes else []
    return following[0] if following else None


def change(request: Request, code: str, action: str) -> HttpResponse:
    draft = draft_of(request.user, code)
    row = draft.action(action)
    form = _action_form(request, draft, {**row, "expected": _expected(draft, row)}, own=action)

    def do(data: dict[str, Any]) -> str:
        actions.change_action(
            draft.version.pk, action, by=request.user, changes=form.action(), generation=form.seen()[0]
        )
        return _("Saved: %(code)s.") % {"code": data["code"]}

    act = Act(_("Action %(code)s") % {"code": action}, _("Save"), form, do, _back(draft),
              template=ACTION, context=_form_context(draft, form))  # fmt: skip
    return perform(request, _act(request, draft, act, form, lambda now: _row(now, action)))


def _row(draft: Draft, code: str) -> dict[str, Any] | None:
    return next((one for one in draft.document["actions"] if one["code"] == code), None)


def remove(request: Request, code: str, action: str) -> HttpResponse:
    draft = draft_of(request.user, code)
    row = draft.action(action)
    form = ExpectingForm(posted(request), initial={"expected": _expected(draft, row)})

    def do(data: dict[str, Any]) -> str:
        actions.remove_action(draft.version.pk, action, by=request.user, generation=form.seen()[0])
        return _("Removed: %(code)s.") % {"code": action}

    act = Act(_("Remove the action %(code)s") % {"code": action}, _("Remove"), form, do, _back(draft),
              note=_followers(draft, action), danger=True, template="plans/acts/row.html",
              context={"removed": instruction(row)})  # fmt: skip
    return perform(request, _act(request, draft, act, form, lambda now: _row(now, action)))


def _followers(draft: Draft, action: str) -> str:
    codes = [one["code"] for one in draft.document["actions"] if action in one["after"]]
    return _("These wait for it, and will wait no longer: %(codes)s.") % {"codes": ", ".join(codes)} if codes else ""


# In the table itself -------------------------------------------------------------------------------------------------


@require_POST
def set_cell(request: Request, code: str, action: str) -> HttpResponse:
    """One cell of the table: ``level=III&on=1``, ``due_min=45``, ``up=1`` or ``down=1``, with ``generation``."""
    draft = draft_of(request.user, code)
    change = next((one for name, one in CHANGES if name in request.POST), _move)
    try:
        version = change(request, draft, action, _generation(request))
    except NotFound:
        raise
    except ActionError as error:
        return _refused(error)
    return JsonResponse({"generation": version.generation})


def _refused(error: ActionError) -> JsonResponse:
    said = [str(one) for complaints in error.fields.values() for one in complaints]
    body = {"detail": " ".join(said) or str(error.detail), "code": error.code}
    return JsonResponse(body, status=error.status)


def _generation(request: Request) -> int:
    raw = request.POST.get("generation", "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else 0


def _toggle(request: Request, draft: Draft, action: str, generation: int) -> Version:
    level, on = request.POST["level"], request.POST.get("on") == "1"
    row = draft.action(action)
    levels = [one for one in LEVELS if (on if one == level else one in row["levels"])]
    return actions.change_action(draft.version.pk, action, by=request.user, changes={"levels": levels},
                                 generation=generation)  # fmt: skip


def _set_minutes(request: Request, draft: Draft, action: str, generation: int) -> Version:
    raw = request.POST["due_min"].strip()
    minutes = int(raw) if raw.isdecimal() and len(raw) < 10 else raw
    return actions.change_action(draft.version.pk, action, by=request.user, changes={"due_min": minutes},
                                 generation=generation)  # fmt: skip


def _move(request: Request, draft: Draft, action: str, generation: int) -> Version:
    """Move an action up or down within its phase; at either end it stays."""
    phase = draft.action(action)["phase"]
    codes = [one["code"] for one in draft.document["actions"] if one["phase"] == phase]
    at = codes.index(action)
    up = "up" in request.POST
    if not (at > 0 if up else at < len(codes) - 1):
        return draft.version
    moved, before = (action, codes[at - 1]) if up else (codes[at + 1], action)
    return actions.move_action(draft.version.pk, moved, by=request.user, before=before, generation=generation)


CHANGES = (("level", _toggle), ("due_min", _set_minutes))
