"""Leaders' whereabouts and authorisation: told by one tap each morning, by themselves or by the county's office.

Whoever is away is signed for by whoever they authorised (`duty.selectors.leaders`). Both heads out of the county at
once is asked for a confirmation when it is filed, and an alarm while it lasts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from database.clock import now
from duty.actions import clocks
from duty.actions.lookup import person_for, require, unit_for
from duty.models import Authorisation, LeaderPost, Leave, Whereabouts
from duty.rules.matters import MATTERS
from duty.rules.spans import listed, span
from duty.selectors import fallback, watch
from duty.selectors.leaders import BothOut, both_out, ground_of, heads_of, out_then
from duty.selectors.leave import brief, on_leave_words
from journal.actions.recording import Actor, record
from journal.models import Event
from norms.selectors import numbers
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Appointment, Person, Unit
from org.rules import capabilities
from org.rules.capabilities import LEVEL
from org.selectors.headquarters import standing_of
from org.selectors.jurisdiction import allowed, visible_to
from org.selectors.register import held_now
from web.errors import Conflict, Forbidden, Invalid, NotFound
from web.languages import in_both

Kind = Whereabouts.Kind
PAGE = "/duty/leaders/"


@transaction.atomic
def tell_in_county(*, by: Person, unit: Unit | str, person: Person | int | None = None, means: str = "") -> Whereabouts:
    """The leader is in the county today: until tomorrow's hour of telling. Ends what absence they are in.

    Forbidden for somebody else's unless one answers for the county; Conflict with an approved leave.
    """
    county, who = _leader(unit, person, by)
    _lock(county)
    present = now()
    leave = Leave.objects.filter(person=who, status=Leave.Status.APPROVED, during__contains=present).first()
    if leave is not None:
        raise Conflict(on_leave_words(leave), current=brief(leave), code="on_leave")
    for absence in _absences(who).filter(during__contains=present):
        absence.during = DateTimeTZRange(absence.during.lower, present)
        absence.save(update_fields=["during"])
    told_by = timezone.localtime(present) + dt.timedelta(days=1)
    hour = numbers.number("leaders_told_by_h")
    until = told_by.replace(hour=hour, minute=0, second=0, microsecond=0)
    row = _filed(county, who, Kind.IN_COUNTY, DateTimeTZRange(present, until), by, means=means.strip())
    review_heads(county, by=by)
    return row


@transaction.atomic
def file_absence(
    *,
    by: Person,
    unit: Unit | str,
    kind: str,
    start: dt.datetime,
    end: dt.datetime,
    person: Person | int | None = None,
    place: str = "",
    phone: str = "",
    means: str = "",
    agreed: str = "",
) -> Whereabouts:
    """The leader is out of the county, or on leave, in [start, end). ``means``: how the county's office heard of it.

    Invalid by field; ``agreed`` must say who agreed where the other head is out then too.
    """
    county, who = _leader(unit, person, by)
    _lock(county)
    other = who.pk != by.pk
    _check(kind, start, end, place, means if other else "-")
    during = DateTimeTZRange(start, end)
    if (clash := _clash(county, who, during)) and not agreed.strip():
        raise Invalid(str(clash), fields={"agreed": [_("%(clash)s Who has agreed to it?") % {"clash": clash}]})
    row = _filed(
        county, who, kind, during, by, place=place.strip(), phone=phone.strip() or who.phone, means=means.strip(),
        agreed=agreed.strip() if clash else "",
    )  # fmt: skip
    clocks.start_whereabouts(row)
    review_heads(county, by=by)
    return row


@transaction.atomic
def withdraw_whereabouts(row_id: int, *, by: Person) -> Whereabouts:
    """An absence that does not come about, or was filed by mistake. Conflict when it is over."""
    row = _seen(Whereabouts, row_id, by)
    _may_file(row.unit, row.person, by)
    if row.withdrawn_at is not None or row.during.upper <= now():
        raise Conflict(_("This is over already."), current={"id": row.pk})
    row.withdrawn_at, row.withdrawn_by = now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record("leader.withdrawn", f"whereabouts:{row.pk}", row.unit.path, by=by, data=_words(row))
    review_heads(row.unit, by=by)
    return row


@transaction.atomic
def authorise(
    *,
    by: Person,
    unit: Unit | str,
    deputy: Person | int,
    matters: Sequence[str],
    start: dt.datetime,
    end: dt.datetime,
    giver: Person | int | None = None,
    document: str = "",
    note: str = "",
) -> Authorisation:
    """``deputy`` signs for ``giver`` (``by`` when left out) in ``matters`` in [start, end), whenever that one is away.

    Without a ``document`` it was given orally and ``by`` logs it: never the deputy. Invalid by field, and for a level
    that the giver may not approve.
    """
    county, leader = _leader(unit, giver, by, field="giver")
    _lock(county)
    second = person_for(deputy, by=by, field="deputy")
    _check_authority(county, leader, second, list(matters), start, end, document, by)
    row = Authorisation.objects.create(
        unit=county, giver=leader, deputy=second, matters=[code for code in MATTERS if code in matters],
        during=DateTimeTZRange(start, end), document=document.strip(), note=note.strip(), logged_by=by,
        logged_at=now(),
    )  # fmt: skip
    record("leader.authorised", f"authorisation:{row.pk}", county.path, by=by, data=_authority_words(row))
    _tell(row, [second.pk, leader.pk], "leader.authorised", by)
    return row


@transaction.atomic
def revoke_authorisation(row_id: int, *, by: Person) -> Authorisation:
    """The deputy may sign no more from now on. Conflict when it is over already."""
    row = _seen(Authorisation, row_id, by)
    _may_file(row.unit, row.giver, by)
    if row.revoked_at is not None or row.during.upper <= now():
        raise Conflict(_("This is over already."), current={"id": row.pk})
    row.revoked_at, row.revoked_by = now(), by
    row.save(update_fields=["revoked_at", "revoked_by"])
    record("leader.authorisation_revoked", f"authorisation:{row.pk}", row.unit.path, by=by, data=_authority_words(row))
    _tell(row, [row.deputy_id, row.giver_id], "leader.authorisation_revoked", by)
    return row


def review_heads(unit: Unit, *, by: Actor) -> None:
    """Are all heads out of the county now? The alarm goes to the county's desk and leaders, once, and ends with it.
    In the caller's transaction, the unit locked.
    """
    out, subject = both_out(unit), f"heads:{unit.pk}"
    verbs = ("leaders.both_out", "leaders.head_back")
    last = Event.objects.filter(subject=subject, verb__in=verbs).order_by("-seq").values_list("verb", flat=True).first()
    if bool(out) == (last == verbs[0]):
        return
    data, rule = {"unit_name": names(unit)}, by_rule("duty.heads")
    if not out:
        record(verbs[1], subject, unit.path, by=rule, data=data)
        notify.settle([subject], by=by)
        return
    record(verbs[0], subject, unit.path, by=rule, data=data)
    notify.send_all(
        [
            Notice(pk, "leaders.both_out", subject, unit.path, data={"unit": names(unit)}, url=PAGE, alarm=True)
            for pk in _desk(unit)
        ],
        by=rule,
    )


def _desk(unit: Unit) -> list[int]:
    """Whoever is on duty in the county, its listed leaders, and whom it calls where nobody is on."""
    posts = list(LeaderPost.objects.values_list("post", flat=True))
    held = held_now(Appointment.objects.filter(unit=unit, post__code__in=posts, role="A"))
    leaders = list(held.order_by("post__rank").values_list("person", flat=True))
    on = [one.person_id for one in watch.crew(unit).values()]
    return list(dict.fromkeys([*on, *leaders, *(person.pk for person in fallback.contacts(unit.path))]))


def _leader(unit: Unit | str, person: Person | int | None, by: Person, field: str = "person") -> tuple[Unit, Person]:
    county = unit_for(unit, by=by, capability=capabilities.VIEW)
    who = by if person is None else person_for(person, by=by, field=field)
    posts = list(LeaderPost.objects.values_list("post", flat=True))
    held = held_now(Appointment.objects.filter(unit=county, person=who, post__code__in=posts, role="A"))
    if county.level != Unit.Level.COUNTY or not held.exists():
        said = _("%(name)s is not among the leaders whose whereabouts are kept.")
        raise Invalid.field(field, said % {"name": who.label})
    _may_file(county, who, by)
    return county, who


def _may_file(unit: Unit, leader: Person, by: Person) -> None:
    """The leader, or whoever answers for the county: its office and its duty desk."""
    if by.pk != leader.pk:
        require(by, capabilities.ANSWER, unit.path)


def _lock(unit: Unit) -> None:
    """Two absences of two heads filed at once must see one another."""
    Unit.objects.select_for_update(of=("self",)).filter(pk=unit.pk).values_list("pk", flat=True).first()


def _absences(person: Person) -> Any:
    return Whereabouts.objects.filter(person=person, withdrawn_at=None).exclude(kind=Kind.IN_COUNTY)


def _seen(model: Any, row_id: int, by: Person) -> Any:
    rows = model.objects.filter(visible_to(by)).select_related("unit").defer("unit__boundary")
    row = rows.select_for_update(of=("self",)).filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row


def _filed(unit: Unit, person: Person, kind: str, during: DateTimeTZRange, by: Person, **more: str) -> Whereabouts:
    _fits(Whereabouts, more)
    row = Whereabouts.objects.create(
        unit=unit, person=person, kind=kind, during=during, filed_by=by, filed_at=now(), **more
    )
    record(f"leader.{kind}", f"whereabouts:{row.pk}", unit.path, by=by, data=_words(row))
    if by.pk != person.pk and kind != Kind.IN_COUNTY:
        data = {"by": names(by), "time": span(during), "place": row.place or "–"}
        notify.send_all(
            [Notice(person.pk, "leader.filed", f"whereabouts:{row.pk}", unit.path, data=data, url=PAGE)], by=by
        )
    return row


def _words(row: Whereabouts) -> dict[str, Any]:
    """What the journal keeps: both who is meant and how it was heard; the phone number stays here."""
    return {
        "person": row.person_id, "person_name": names(row.person), "unit_name": names(row.unit), "place": row.place,
        "time": span(row.during), "means": row.means, "agreed": row.agreed,
    }  # fmt: skip


def _authority_words(row: Authorisation) -> dict[str, Any]:
    zh, en = ([in_both(MATTERS[code])[key] for code in row.matters] for key in ("zh", "en"))
    return {
        "giver": row.giver_id, "giver_name": names(row.giver), "deputy": row.deputy_id,
        "deputy_name": names(row.deputy), "unit_name": names(row.unit), "time": span(row.during),
        "matters": row.matters, "matters_name": {"zh": "、".join(zh), "en": ", ".join(en)},
        "document": row.document, "ground": ground_of(row),
    }  # fmt: skip


def _tell(row: Authorisation, people: Sequence[int], code: str, by: Person) -> None:
    said = _authority_words(row)
    data = {
        "giver": said["giver_name"],
        "deputy": said["deputy_name"],
        "time": said["time"],
        "matters": said["matters_name"],
    }
    subject = f"authorisation:{row.pk}"
    told = [pk for pk in dict.fromkeys(people) if pk != by.pk]
    notify.send_all([Notice(pk, code, subject, row.unit.path, data=data, url=PAGE) for pk in told], by=by)


def _clash(unit: Unit, person: Person, during: DateTimeTZRange) -> BothOut | None:
    """Where every other head of the county would be out at some time of ``during`` too."""
    heads = heads_of(unit)
    if person.pk not in heads:
        return None
    others = [pk for pk in heads if pk != person.pk]
    found = out_then(others, during)
    if {stay.person_id for stay in found} != set(others):
        return None
    return BothOut(unit, found)


def _check(kind: str, start: dt.datetime, end: dt.datetime, place: str, means: str) -> None:
    fields = _time_faults(start, end)
    if kind not in (Kind.AWAY, Kind.ON_LEAVE):
        choices = ", ".join([Kind.AWAY, Kind.ON_LEAVE])
        fields["kind"] = [_("Choose one of: %(choices)s.") % {"choices": choices}]
    if kind == Kind.AWAY and not place.strip():
        fields["place"] = [_("Say where to.")]
    if not means.strip():
        fields["means"] = [_("Say how you heard of it, and from whom: the record names both.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


def _time_faults(start: dt.datetime, end: dt.datetime) -> dict[str, list[str]]:
    longest = numbers.number("leave_longest_days")
    if end <= start:
        return {"end": [_("The end must come after the start.")]}
    if end <= now():
        return {"end": [_("This lies in the past.")]}
    if end - start > dt.timedelta(days=longest):
        return {"end": [_("At most %(days)s days.") % {"days": longest}]}
    return {}


def _check_authority(
    unit: Unit, leader: Person, deputy: Person, matters: list[str], start: dt.datetime, end: dt.datetime,
    document: str, by: Person,
) -> None:  # fmt: skip
    fields = _time_faults(start, end)
    if deputy.pk == leader.pk:
        fields["deputy"] = [_("Nobody signs for themselves.")]
    elif not held_now(Appointment.objects.filter(person=deputy, unit=unit)).exists():
        values = {"name": deputy.label, "unit": unit.label}
        fields["deputy"] = [_("%(name)s holds no post in %(unit)s.") % values]
    unknown = [code for code in matters if code not in MATTERS]
    seated = bool(standing_of(leader).seats)  # which levels a seat may approve, each plan says
    beyond = [
        level for level, capability in LEVEL.items()
        if f"level_{level}" in matters and not allowed(leader, capability, unit.path) and not seated
    ]  # fmt: skip
    if not matters or unknown:
        fields["matters"] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(MATTERS)}]
    elif beyond:
        said = _("%(name)s may not approve level %(levels)s, and so nobody may for them.")
        fields["matters"] = [said % {"name": leader.label, "levels": listed(beyond)}]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)
    _fits(Authorisation, {"document": document.strip()})
    if by.pk == deputy.pk:
        raise Forbidden(_("Nobody logs an authorisation for themselves: the leader does, or another who heard it."))


def _fits(model: Any, texts: dict[str, str]) -> None:
    fields = {}
    for name, text in texts.items():
        limit = model._meta.get_field(name).max_length
        if limit and len(text) > limit:
            fields[name] = [_("At most %(limit)s characters.") % {"limit": limit}]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


def turned(rows: Sequence[Whereabouts]) -> None:
    """An absence begins or ends. Called by its timer."""
    for unit in {row.unit_id: row.unit for row in rows}.values():
        _lock(unit)
        review_heads(unit, by=by_rule("duty.heads"))
