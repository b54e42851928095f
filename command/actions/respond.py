"""Starting a level of a plan, changing it, approving what a township began: one decision, and the orders are out.

An incident's response level and its running response never disagree: both are written here, and
`set_response_level` comes here where a response runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.consent import Consent, given, put_on_record
from command.actions.decided import settle_proposals
from command.actions.end_response import close_response
from command.actions.levels import authority, note_signature, put_level, require_level, take_charge
from command.actions.lookup import incident_for, required_grounds, response_for
from command.actions.notices import announce
from command.actions.tasks import apply
from command.models import EndCondition, Incident, Response
from command.selectors import levelling
from command.selectors.approvers import chain_of, first_called, people_of, reachable, rule_of
from command.selectors.desk import county_desk
from command.selectors.preview import Preview, preview_of
from command.states import INCIDENT, RESPONSE
from database.clock import now
from duty import actions as duty
from journal.models import Event
from journal.states import move, tell
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from plans.models import Version
from plans.rules.words import LEVEL_WORDS
from plans.selectors.headquarters import issuer_of
from web.errors import Conflict, Invalid
from web.languages import in_both


def preview_level(
    incident_id: int,
    *,
    by: Person,
    version_id: int,
    level: str,
    area: Sequence[str] | None = None,
    act_first: bool = False,
) -> Preview:
    """What `start_level`, or `change_level` where a response runs, would do. Nothing is written."""
    return preview_of(incident_id, by, version_id, level, area, act_first)


@transaction.atomic
def start_level(
    incident_id: int,
    *,
    by: Person,
    version_id: int,
    level: str,
    grounds: str,
    area: Sequence[str] | None = None,
    document: str = "",
    act_first: bool = False,
    consent: Consent | None = None,
    sign_notice: bool = False,
) -> Response:
    """Pin the version, issue the orders of the level to the people of this moment, and start their clocks.

    ``by`` approves the level (docs/domain.md 2), or acts first for the incident's own unit. Conflict, with what runs,
    when a response runs already; Invalid or Conflict for a version that does not apply or is not in force. The notice
    is drafted for its signer; with ``sign_notice`` the approver signs and serves it in the same act.
    """
    incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
    version = levelling.version_for(version_id, incident, level)
    approved = authority(incident, level, by=by, version=version, act_first=act_first)
    _refuse_second(incident)
    text, before = required_grounds(grounds), incident.response_level
    agreed = given(incident, before, level, consent, by=by) if approved else None
    response = _create(incident, version, level, levelling.checked_area(area, incident, version), by, approved)
    put_on_record(incident, agreed, response, by=by)
    event = put_level(
        incident, before, level, by=by, grounds=text, document=document, approved=approved, version=version
    )
    compiled = levelling.asked_by(response)
    if not compiled.lines:
        raise Invalid.field("area", _("This level of the plan has no tasks for this area."))
    told = {"plan_name": names(version.plan), "level": level, "grounds": text}
    found = apply(response, compiled, by=by, issued_by=by, reason=text, cause=_seq(event))
    counts = {"out": len(found.out), "held": len(found.held), "vacant": len(compiled.vacancies)}
    event = tell(RESPONSE, response, "response.started", by=by, data={**told, **counts}, cause=_seq(event))
    _make_known(response, by=by, grounds=text, sign=sign_notice, cause=_seq(event))
    return response


def _make_known(response: Response, *, by: Person, grounds: str, sign: bool, cause: int | None) -> None:
    """A response that has begun: its notice, or the question for approval; the watches; what was proposed."""
    if not response.approved_at:
        _ask_approval(response, by)
    else:
        announce(response, "started", by=by, grounds=grounds, sign=sign, cause=cause)
        if response.version.plan.unit.level == Unit.Level.TOWNSHIP:
            _report_up(response, by)
    _keep_watch(response)
    settle_proposals(response, by=by)


def _keep_watch(response: Response) -> None:
    """Duty knows over which units it runs: their watches are due. An exercise keeps nobody up."""
    if response.incident.exercise is None:
        units = Unit.objects.filter(code__in=response.area).values_list("path", flat=True)
        paths = list(units) or [response.incident.unit.path]
        duty.begin_response(RESPONSE.subject(response), response.version.plan.hazard_type, paths)


def _create(incident: Incident, version: Version, level: str, area: list[str], by: Person, approved: bool) -> Response:
    present, body = now(), issuer_of(version.plan)
    if body is not None and incident.headquarters_id != body.pk:
        incident.headquarters = body
        incident.save(update_fields=["headquarters"])
    response = Response.objects.create(
        incident=incident,
        version=version,
        headquarters=body,
        level=level,
        area=area,
        started_by=by,
        started_at=present,
        act_first=not approved,
        approved_by=by if approved else None,
        approved_at=present if approved else None,
    )
    EndCondition.objects.bulk_create(EndCondition(response=response, code=code) for code in EndCondition.Code.values)
    return response


def _refuse_second(incident: Incident) -> None:
    """Conflict where a response runs already. The incident is locked, so the second of two sees what the first has
    started.
    """
    running = Response.objects.filter(incident=incident, status=Response.Status.RUNNING).first()
    if running is not None:
        raise Conflict(
            _("A response runs already: %(level)s, started by %(name)s.")
            % {"level": LEVEL_WORDS[running.level], "name": running.started_by.label},
            current=levelling.current_of(incident, running),
            code="response_runs",
        )


@transaction.atomic
def change_level(
    response_id: int,
    *,
    by: Person,
    level: str,
    grounds: str,
    expected: str | None = None,
    area: Sequence[str] | None = None,
    document: str = "",
    consent: Consent | None = None,
    sign_notice: bool = False,
) -> Response:
    """Raise or lower a running response, or change its area: new tasks are ordered, those not asked for any more are
    called off with the grounds, the others stay as they are.

    ``expected`` is the level that the person saw. Conflict when it has changed meanwhile, or nothing would change.
    """
    response = response_for(response_id, by=by)
    incident, before = response.incident, response.level
    levelling.level_of(response.version, level)
    require_level(incident, levelling.deciding(before, level), by=by, version=response.version)
    wanted = response.area if area is None else levelling.checked_area(area, incident, response.version)
    if (before == level and wanted == response.area) or (expected is not None and expected != before):
        said = _("In effect now: %(level)s.") % {"level": LEVEL_WORDS[before]}
        raise Conflict(said, current=levelling.current_of(incident, response))
    text = required_grounds(grounds)
    put_on_record(incident, given(incident, before, level, consent, by=by), response, by=by)
    response.level, response.area = level, wanted
    response.generation += 1
    response.save(update_fields=["level", "area", "generation"])
    event = put_level(incident, before, level, by=by, grounds=text, document=document, version=response.version)
    _keep_watch(response)
    new = response.approved_at is None
    _approve(response, by)
    _apply_and_tell(response, by=by, reason=text, cause=_seq(event))
    what = "started" if new else _direction(before, level)
    announce(response, what, by=by, grounds=text, before=before, sign=sign_notice, cause=_seq(event))
    settle_proposals(response, by=by)
    return response


def _direction(before: str, level: str) -> str:
    gained = levelling.GRAVITY[level] - levelling.GRAVITY[before]
    return "raised" if gained > 0 else "lowered" if gained < 0 else "changed"


def _apply_and_tell(response: Response, *, by: Person, reason: str, cause: int | None) -> None:
    found = apply(response, levelling.asked_by(response), by=by, issued_by=by, reason=reason, cause=cause)
    counts = {name: len(getattr(found, name)) for name in ("new", "held", "kept", "withdrawn")}
    told = {"plan_name": names(response.version.plan), "level": response.level, "grounds": reason}
    tell(RESPONSE, response, "response.changed", by=by, data={**told, **counts}, cause=cause)


@transaction.atomic
def approve_response(
    response_id: int, *, by: Person, consent: Consent | None = None, sign_notice: bool = False
) -> Response:
    """Approve what a township began by itself; what its plan asks of others goes out with it.

    Conflict when it is approved already.
    """
    response = response_for(response_id, by=by)
    incident = response.incident
    require_level(incident, response.level, by=by, version=response.version)
    if response.approved_at:
        raise Conflict(_("This response is approved already."), current=levelling.current_of(incident, response))
    put_on_record(incident, given(incident, "", response.level, consent, by=by), response, by=by)
    note_signature(RESPONSE, response, rule_of(response.version, response.level), by=by)
    take_charge(incident, by)
    _approve(response, by)
    _apply_and_tell(response, by=by, reason=_("approved"), cause=None)
    grounds = f"{response.incident.unit.name}已先行处置：{response.incident.title}"
    announce(response, "started", by=by, grounds=grounds, sign=sign_notice)
    return response


def _approve(response: Response, by: Person) -> None:
    """A response that its approver changes is approved with it."""
    if response.approved_at:
        return
    response.approved_by, response.approved_at = by, now()
    response.save(update_fields=["approved_by", "approved_at"])
    data = {"started_by": names(response.started_by), "level": response.level}
    tell(RESPONSE, response, "response.approved", by=by, data=data)
    notify.settle([RESPONSE.subject(response)], by=by)


@transaction.atomic
def stop_response(response_id: int, *, by: Person, reason: str) -> Response:
    """Stop a response that a township began, instead of approving it: everything not done is called off, and the
    incident is watched again.

    Only while it is not approved (Conflict); afterwards it ends by its conditions.
    """
    response = response_for(response_id, by=by)
    incident = response.incident
    require_level(incident, response.level, by=by, version=response.version)
    if response.approved_at:
        raise Conflict(
            _("This response was approved: it ends when its conditions are met."),
            current=levelling.current_of(incident, response),
        )
    text = reason.strip()
    if not text:
        raise Invalid.field("reason", _("Give the reason: the people called will read it."))
    level = response.level
    note_signature(RESPONSE, response, rule_of(response.version, level), by=by)
    close_response(response, by=by, reason=text)
    data = {"grounds": text, "level": level}
    move(INCIDENT, incident, Incident.Status.MONITORED, by=by, data=data, response_level="")
    return response


def _ask_approval(response: Response, by: Person) -> None:
    incident, version = response.incident, response.version
    told = {
        "ref": incident.ref,
        "level": in_both(LEVEL_WORDS[response.level]),
        "unit": names(incident.unit),
        "by": names(by),
    }
    data = {**told, "level": response.level, "plan_name": names(version.plan)}
    tell(RESPONSE, response, "response.acted_first", by=by, data=data)
    people = reachable(chain_of(rule_of(version, response.level)))
    notify.send_all(
        [
            Notice(
                person.pk,
                "response.acted_first",
                RESPONSE.subject(response),
                incident.unit.path,
                data={**told, "plan": names(version.plan)},
                url=f"/incidents/{incident.pk}/?tab=response",
                alarm=True,
                exercise=incident.exercise,
            )
            for person in people_of(first_called(people))
        ],
        by=by,
    )


def _report_up(response: Response, by: Person) -> None:
    """A township's own response is reported to the county's duty desk; nobody there has to approve it."""
    incident, version = response.incident, response.version
    told = {
        "ref": incident.ref,
        "level": in_both(LEVEL_WORDS[response.level]),
        "unit": names(incident.unit),
        "by": names(by),
    }
    notify.send_all(
        [
            Notice(
                person.pk, "response.reported", RESPONSE.subject(response), incident.unit.path,
                data={**told, "plan": names(version.plan)}, url=f"/incidents/{incident.pk}/?tab=response",
                exercise=incident.exercise,
            )
            for person in county_desk(incident.unit)
        ],
        by=by,
    )  # fmt: skip


def _seq(event: Event | None) -> int | None:
    return event.seq if event else None
