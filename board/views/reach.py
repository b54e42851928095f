"""``/register/reach/``: the rules of reach in words, changed by whoever keeps the county's register."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from board.screens import reach as screen
from board.views.reach_forms import NewRuleForm, RuleForm
from command.actions.ladder import county
from database.clock import now
from notify.actions import reach as actions
from notify.models import ReachRule
from notify.rules.words import messages_words
from org.rules.capabilities import REGISTER
from org.screens.register import keepers_only
from org.selectors.jurisdiction import allowed
from web.dialogs import Act, NoFields, perform, posted
from web.errors import Forbidden, NotFound
from web.requests import Request


@require_safe
@keepers_only
def reach(request: Request) -> HttpResponse:
    rules, served = list(ReachRule.objects.all()), screen.open_channels()
    context = {
        "chains": screen.chains(rules, served), "lines": screen.lines(rules, served), "served": served,
        "lacks": screen.lacks_a_fall_back(rules), "may": _may(request), "at": now(),
    }  # fmt: skip
    return render(request, "board/reach.html", context)


def _may(request: Request) -> bool:
    return allowed(request.user, REGISTER, county().path)


def _rule(request: Request, pk: int) -> tuple[ReachRule, str]:
    """The rule, and what it is about in words. NotFound also to whoever may not change it."""
    row = ReachRule.objects.filter(pk=pk).first()
    if row is None or not _may(request):
        raise NotFound
    return row, messages_words(row.prefix, row.colour, alarm=row.alarm, asked=row.asked)


def _stored(row: ReachRule) -> str:
    if row.alarm and not screen.open_channels() & set(row.channels):
        return _("Stored, but no account in use has any of these channels: such an alarm rings nobody.")
    return _("Stored. Messages from now on go by it.")


@keepers_only
def change(request: Request, pk: int) -> HttpResponse:
    row, words = _rule(request, pk)
    form = RuleForm(posted(request), row)

    def do(data: dict[str, Any]) -> str:
        return _stored(actions.change_rule(row.pk, form.channels_in_turn(), by=request.user, seen=form.seen()))

    note = _("The next channel follows where the one before it fails. Screens show every message at once besides.")
    title = _("How they reach people: %(messages)s") % {"messages": words}
    return perform(request, Act(title, _("Store"), form, do, reverse("reach"), note))


@keepers_only
def add(request: Request) -> HttpResponse:
    if not _may(request):
        raise Forbidden(_("The rules of reach belong to the county."))
    form = NewRuleForm(posted(request))

    def do(data: dict[str, Any]) -> str:
        chosen = {"alarm": data["kind"] != "quiet", "asked": "phone" if data["kind"] == "phone" else "message"}
        return _stored(
            actions.add_rule(data["about"], data["colour"], form.channels_in_turn(), by=request.user, **chosen)
        )

    note = _("Of several rules that fit, the one for the narrower kind of message counts, then the one with a colour.")
    return perform(request, Act(_("New rule of reach"), _("Store"), form, do, reverse("reach"), note))


@keepers_only
def remove(request: Request, pk: int) -> HttpResponse:
    row, words = _rule(request, pk)

    def do(data: dict[str, Any]) -> str:
        actions.remove_rule(row.pk, by=request.user)
        return _("Taken away. The next rule that fits counts.")

    title, form = _("Take away the rule: %(messages)s") % {"messages": words}, NoFields(posted(request))
    return perform(request, Act(title, _("Take away"), form, do, reverse("reach"), danger=True))


@keepers_only
def restore(request: Request) -> HttpResponse:
    if not _may(request):
        raise Forbidden(_("The rules of reach belong to the county."))

    def do(data: dict[str, Any]) -> str:
        count = actions.restore_rules(by=request.user)
        return _("%(count)s rules, as the system came with them.") % {"count": count}

    note = _("All rules are replaced by those that the system came with. The rules of today stay in the journal.")
    act = Act(_("Restore the default rules"), _("Restore"), NoFields(posted(request)), do, reverse("reach"), note,
              danger=True)  # fmt: skip
    return perform(request, act)
