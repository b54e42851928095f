"""What is done to a ticket: each act a dialog over its page. Which are offered: hazards/screens/possible.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from hazards import actions
from hazards.actions.lead import bulk_lead
from hazards.models import Deadline, Elsewhere, Hazard
from hazards.rules.words import Grade
from hazards.screens.place import hazard_of
from hazards.screens.possible import sides_to_sign
from hazards.selectors import tickets
from hazards.views import forms
from norms.rules.deadlines import day_of
from org.models import Person, Unit
from org.selectors.jurisdiction import visible_to
from web.dialogs import Act, NoFields, PageForm, perform, posted
from web.errors import NotFound
from web.requests import Request

Do = Callable[[Hazard, Person, dict[str, Any]], Any]
MOST = 500


class Kind:
    """One act: its words, its form, what it calls, and the sentence that says that it was done."""

    def __init__(self, title: Any, button: Any, said: Any, do: Do, form: Any = NoFields, **more: Any) -> None:
        self.title, self.button, self.said, self.do, self.form = title, button, said, do, form
        self.note, self.danger, self.icon = more.get("note", ""), more.get("danger", False), more.get("icon", "pencil")


def _plain(action: Callable[..., Any], **fixed: Any) -> Do:
    return lambda hazard, by, data: action(hazard.pk, by=by, **fixed, **data)


def _graded(request: Request, hazard: Hazard) -> PageForm:
    return forms.GradeForm(posted(request), unit=hazard.owner, kind=hazard.kind)


def _planned(request: Request, hazard: Hazard) -> PageForm:
    limit = hazard.deadlines.filter(what=Deadline.What.RECTIFY, ended_at=None).first()
    initial = {"leader": hazard.leader_id, "finish_on": day_of(limit.due_at) if limit else None}
    major = hazard.grade == Grade.MAJOR
    return forms.PlanForm(posted(request), unit=hazard.owner, major=major, initial=initial)


def _registered(request: Request, hazard: Hazard) -> PageForm:
    initial = {"people_at_risk": hazard.people_at_risk, "place": hazard.place, "principal": hazard.principal}
    return forms.RegisterForm(posted(request), initial=initial)


def _merged(request: Request, hazard: Hazard) -> PageForm:
    near = list(tickets.duplicates_of(hazard, request.user)[:20])
    initial = {"into": request.GET.get("into", "")}
    return forms.MergeForm(posted(request), near=forms.near_options(near), initial=initial)


def _rerouted(request: Request, hazard: Hazard) -> PageForm:
    return forms.OwnerForm(posted(request), person=request.user, near=hazard.unit)


def _signed(request: Request, hazard: Hazard) -> PageForm:
    sides = sides_to_sign(hazard, request.user)
    return forms.SignForm(posted(request), sides=sides, initial={"role": sides[0]} if sides else {})


def _roles(request: Request, hazard: Hazard) -> PageForm:
    initial = {"regulator": hazard.regulator.code if hazard.regulator else "", "principal": hazard.principal}
    return forms.RolesForm(posted(request), near=hazard.unit, initial=initial)


def _elsewhere(request: Request, hazard: Hazard) -> PageForm:
    return forms.ElsewhereForm(posted(request), person=request.user)


def _led(request: Request, hazard: Hazard) -> PageForm:
    return forms.LeaderForm(posted(request), unit=hazard.owner, initial={"person": hazard.leader_id})


KINDS: dict[str, Kind] = {
    "take-up": Kind(_("Accept the report"), _("Accept report"), _("Taken up: now it is to be registered."),
                    _plain(actions.take_up), icon="check"),
    "turn-away": Kind(_("Reject the report"), _("Reject the report"), _("Rejected; the report stays readable."),
                      _plain(actions.turn_away), forms.GroundsForm, danger=True, icon="x",
                      note=_("The report ends here. Whoever filed it can read the grounds.")),
    "register": Kind(_("Register the hazard"), _("Register"), _("Registered: now it is to be graded."),
                     _plain(actions.register), _registered, icon="check",
                     note=_("You confirm that it is there. Put the figures right if they are not.")),
    "grade": Kind(_("Grade the hazard"), pgettext_lazy("act", "Grade"), _("Graded: the time limit runs."),
                  _plain(actions.grade), _graded, icon="flag",
                  note=_("The time limit of the rectification runs from here.")),
    "plan": Kind(_("Plan the rectification"), _("Begin rectifying"), _("The plan stands: rectification has begun."),
                 _plain(actions.plan), _planned, icon="file-text",
                 note=_("Nothing is rectified before all five elements stand: person, measures, funds, time limit, "
                        "contingency plan.")),
    "submit": Kind(_("Submit for acceptance"), _("Submit"), _("Submitted: somebody else looks at it now."),
                   _plain(actions.submit), forms.NoteForm, icon="send",
                   note=_("You become its rectifier, and somebody else re-inspects. Photos after the work belong to "
                          "the ticket before you submit.")),
    "inspect": Kind(_("Re-inspect: passed"), _("It is rectified"), _("Re-inspected: it can be closed."),
                    _plain(actions.inspect), forms.NoteForm, icon="checks",
                    note=_("You were there and found it rectified.")),
    "send-back": Kind(_("Re-inspect: send back"), _("Send back"), _("Sent back to be rectified."),
                      _plain(actions.send_back), forms.BackForm, icon="arrow-left"),
    "sign": Kind(_("Sign the closure"), _("Sign"), _("Signed."), _plain(actions.sign_closure), _signed, icon="pencil",
                 note=_("You sign for your side that the hazard is gone and may be closed.")),
    "roles": Kind(_("Name who is responsible"), _("Save"), _("Saved."), _plain(actions.assign_roles), _roles,
                  icon="users"),
    "elsewhere": Kind(_("Look for the same elsewhere"), _("Send them to look"), _("The townships are told to look."),
                      _plain(actions.look_elsewhere), _elsewhere, icon="search",
                      note=_("Each township looks through its places for the same kind of hazard and says what it "
                             "found.")),
    "close": Kind(_("Close the hazard"), pgettext_lazy("act", "Close as rectified"), _("Closed as rectified."),
                  _plain(actions.close, how="rectified"), icon="circle-check",
                  note=_("It was rectified and somebody else has looked. It can be reopened.")),
    "close-otherwise": Kind(_("Close without rectification"), _("Close otherwise"), _("Closed otherwise."),
                            _plain(actions.close, how="otherwise"), forms.GroundsForm, danger=True, icon="x",
                            note=_("Counted apart from what was rectified. The grounds stay with the ticket.")),
    "reopen": Kind(_("Reopen the hazard"), _("Reopen"), _("Reopened."), _plain(actions.reopen), forms.GroundsForm,
                   icon="refresh", note=_("The hazard has returned or was never fixed.")),
    "extend": Kind(_("Ask for more time"), pgettext_lazy("extension", "Ask"), _("Asked: the unit above decides."),
                   _plain(actions.ask_extension), forms.ExtendForm, icon="clock"),
    "decide": Kind(_("Decide on more time"), pgettext_lazy("extension", "Decide"), _("Decided."),
                   _plain(actions.decide_extension), forms.DecideForm, icon="clock"),
    "merge": Kind(_("Merge into another ticket"), _("Merge"), _("Merged; nothing of it is lost."),
                  _plain(actions.merge), _merged, icon="layers",
                  note=_("This ticket ends. Its photos, plans and events are read in the other one.")),
    "reroute": Kind(_("Hand it to another unit"), _("Hand over"), _("Handed over; its deadlines stay."),
                    _plain(actions.reroute), _rerouted, icon="next"),
    "leader": Kind(_("Name the accountable leader"), _("Name the accountable leader"), _("The leader is named."),
                   _plain(actions.assign_leader), _led, icon="user"),
    "list": Kind(_("Put it under listed supervision"), _("List it"), _("Under listed supervision."),
                 _plain(actions.put_on_list), forms.ListForm, icon="alert",
                 note=_("The county watches until it is rectified and publishes the delisting afterwards.")),
    "publish": Kind(_("Note that the delisting was published"), _("It was published"), _("Noted."),
                    _plain(actions.publish_delisting), icon="speakerphone"),
}  # fmt: skip


def act(request: Request, pk: int, name: str) -> HttpResponse:
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound
    hazard = hazard_of(request.user, pk)
    form = kind.form(posted(request)) if isinstance(kind.form, type) else kind.form(request, hazard)

    def do(data: dict[str, Any]) -> str:
        kind.do(hazard, request.user, data)
        return str(kind.said)

    title = f"{kind.title} {hazard.ref}"
    back = reverse("hazards:ticket", args=[pk])
    return perform(request, Act(title, str(kind.button), form, do, back, note=str(kind.note), danger=kind.danger))


def looked(request: Request, pk: int) -> HttpResponse:
    """A township says what it found when it looked for the same."""
    row = Elsewhere.objects.filter(visible_to(request.user), pk=pk).first()
    if row is None:
        raise NotFound

    def do(data: dict[str, Any]) -> str:
        actions.done_elsewhere(pk, by=request.user, **data)
        return str(_("Noted."))

    title, back = str(_("Say what was found")), reverse("hazards:ticket", args=[row.origin_id])
    return perform(request, Act(title, str(_("Save")), forms.LookedForm(posted(request)), do, back))


# Many at once --------------------------------------------------------------------------------------------------------


def bulk_owner(request: Request) -> HttpResponse:
    ids = _chosen(request)
    form = forms.BulkOwnerForm(posted(request), person=request.user, ids=ids)

    def do(data: dict[str, Any]) -> str:
        number = actions.bulk_assign(ids, by=request.user, unit=data["unit"], grounds=data["grounds"])
        return ngettext("%(n)s hazard changed hands.", "%(n)s hazards changed hands.", number) % {"n": number}

    note = ngettext("%(n)s hazard: all change hands, or none does. Deadlines stay.",
                    "%(n)s hazards: all change hands, or none does. Deadlines stay.", len(ids))  # fmt: skip
    return perform(request, Act(str(_("Hand to another unit")), str(_("Hand over")), form, do, reverse("hazards:queue"),
                                note=note % {"n": len(ids)}))  # fmt: skip


def bulk_leader(request: Request) -> HttpResponse:
    ids = _chosen(request)
    form = forms.BulkLeaderForm(posted(request), unit=_common(request.user, ids), ids=ids)

    def do(data: dict[str, Any]) -> str:
        number = bulk_lead(ids, by=request.user, person=data["person"])
        return ngettext("%(n)s hazard has a new leader.", "%(n)s hazards have a new leader.", number) % {"n": number}

    note = ngettext("%(n)s hazard.", "%(n)s hazards: all of them, or none.", len(ids)) % {"n": len(ids)}
    title = str(_("Name the accountable leader"))
    return perform(request, Act(title, title, form, do, reverse("hazards:queue"), note=note))


def _chosen(request: Request) -> list[int]:
    """``hazards=1&hazards=2``; NotFound for none, so that no dialog opens over nothing."""
    given = request.POST.getlist("hazards") if request.method == "POST" else request.GET.getlist("hazards")
    ids = [int(part) for part in dict.fromkeys(given) if part.isdecimal() and len(part) < 19][:MOST]
    if not ids:
        raise NotFound
    return ids


def _common(person: Person, ids: list[int]) -> Unit:
    """The unit that is over all the responsible units of these tickets."""
    rows = tickets.hazards_visible_to(person).filter(pk__in=ids).values_list("owner__path", flat=True)
    paths = [path.split(".") for path in rows]
    if not paths:
        raise NotFound
    common = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return Unit.objects.defer("boundary").get(path=".".join(common))
