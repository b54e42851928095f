"""The three-minute brief for the video call: each section's lines, every line with the page that it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from board.rules.brief import SECTIONS
from board.screens.worrying import worries
from board.selectors import brief as facts
from board.selectors.situation import on_duty, proposals_waiting, warnings_going
from command.models import Assignment, Incident, Response
from command.selectors.responses import response_of
from duty.selectors.leaders import counties_of
from journal.models import Event
from journal.rules.world import world_of
from org.models import Person, in_language
from plans.rules.words import LEVEL_WORDS

MOST = 6
"""Lines of a section: the whole is one sheet, and three minutes."""


@dataclass(frozen=True)
class Line:
    text: str
    href: str = ""


@dataclass(frozen=True)
class Section:
    """``last``: the event of the newest wording by a person; where it has a text, that stands in place of the lines."""

    code: str
    title: str
    lines: list[Line]
    last: Event | None

    @property
    def typed(self) -> str:
        return self.last.data["text"] if self.last else ""

    @property
    def wording(self) -> str:
        return self.typed or "\n".join(line.text for line in self.lines)


def brief(person: Person, incident: Incident) -> list[Section]:
    """All sections; a fixed number of queries."""
    response = response_of(person, incident)
    owing = facts.silent_villages(person, incident)
    lines = {
        "in_force": list(_in_force(person, incident, response)),
        "silent": _cut(_silent(owing), len(owing)) or [Line(_("Everybody has answered, or still has time."))],
        "late": list(_late(person, incident)) or [Line(_("No department is behind time."))],
        "doubt": [_doubt(person, incident)],
        "absent": list(_absent(person)) or [_nobody_away(person)],
        "gaps": list(_gaps(person)) or [Line(_("Every duty is filled."), "/duty/")],
        "next": list(_next(person, incident, response)) or [Line(_("No clock is running and no decision waits."))],
        "ask": list(_ask(person, incident, owing)) or [Line(_("Nothing particular."))],
    }
    typed = facts.edited(incident)
    return [Section(code, str(title), lines[code], typed.get(code)) for code, title in SECTIONS.items()]


def _cut(lines: list[Line], total: int) -> list[Line]:
    more = total - MOST
    rest = [Line(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}, "/?show=silent")] if more > 0 else []
    return [*lines[:MOST], *rest]


def _clock(at: object) -> str:
    return localtime(at).strftime("%m-%d %H:%M")  # type: ignore[arg-type]


def _in_force(person: Person, incident: Incident, response: Response | None) -> Iterator[Line]:
    for row in warnings_going(person, world_of(incident))[:3]:
        words = {"headline": row.headline, "since": _clock(row.in_force_since or row.received_at)}
        yield Line(_("%(headline)s, since %(since)s") % words, f"/warnings/{row.pk}/")
    href = f"/incidents/{incident.pk}/"
    if response is not None and response.status == Response.Status.RUNNING:
        words = {"level": str(LEVEL_WORDS[response.level]), "since": _clock(response.started_at)}
        words["issuer"] = response.issuer
        yield Line(_("%(issuer)s: %(level)s, since %(since)s") % words, href)
    else:
        yield Line(_("No response level is in force."), href)
    if incident.commander:
        yield Line(_("In command: %(name)s") % {"name": incident.commander.label}, href)
    else:
        yield Line(_("Nobody is in command yet; at the desk: %(name)s") % {"name": incident.desk_officer.label}, href)


def _silent(owing: list[Assignment]) -> list[Line]:
    return [
        Line(
            _("%(unit)s, due at %(due)s") % {"unit": _place(row), "due": _clock(row.ack_due_at)},
            f"/orders/{row.order_id}/",
        )
        for row in owing
    ]


def _place(row: Assignment) -> str:
    within = row.unit.parent.label + " " if row.unit.level == "village" and row.unit.parent else ""
    return within + row.unit.label


def _late(person: Person, incident: Incident) -> Iterator[Line]:
    for row in facts.late_departments(person, incident)[:MOST]:
        words = {"name": in_language(row.name, row.name_en), "n": row.tasks}
        said = ngettext("%(name)s: %(n)s task overdue", "%(name)s: %(n)s tasks overdue", row.tasks) % words
        yield Line(said, f"/incidents/{incident.pk}/?tab=response&township={row.code}")


def _doubt(person: Person, incident: Incident) -> Line:
    found = facts.doubtful_figure(person, incident)
    if found is None:
        return Line(_("None: no reported figure fell, and all that can be added up do."))
    words = {"unit": found.unit.label, "before": found.before, "after": found.after}
    said = _("%(unit)s reported %(before)s, then %(after)s") if found.fell else _(
        "%(unit)s reports %(before)s, its villages together %(after)s"
    )  # fmt: skip
    return Line(said % words, f"/orders/{found.order}/")


def _absent(person: Person) -> Iterator[Line]:
    for one in facts.absent_leaders(person)[:MOST]:
        if one.listed:
            yield Line(one.signatory.words, "/duty/leaders/")
            continue
        stay = one.signatory.stay
        where = in_language(stay.words["zh"], stay.words["en"]) if stay else ""
        words = {"unit": one.held.unit.label, "post": one.held.post.label, "name": one.held.person.label}
        yield Line(_("%(unit)s, %(post)s %(name)s: %(where)s") % {**words, "where": where}, "/duty/leave/")


def _nobody_away(person: Person) -> Line:
    """Leads to the page of the county's leaders, or to the one of leave where no county is in sight."""
    href = "/duty/leaders/" if counties_of(person).exists() else "/duty/leave/"
    return Line(_("Nobody who leads is recorded as away."), href)


def _gaps(person: Person) -> Iterator[Line]:
    gaps = on_duty(person).gaps
    for one in gaps[:MOST]:
        words = {"unit": one.unit, "posts": _(", ").join(one.missing_words)}
        yield Line(_("%(unit)s has nobody as: %(posts)s") % words, "/duty/?show=gaps")


def _next(person: Person, incident: Incident, response: Response | None) -> Iterator[Line]:
    climb = facts.next_climb(person, incident)
    if climb is not None and climb.next_climb_at:
        words = {"at": _clock(climb.next_climb_at), "unit": climb.unit.label, "ref": climb.order.ref}
        yield Line(_("%(at)s: the call to %(unit)s (%(ref)s) escalates") % words, f"/orders/{climb.order_id}/")
    running = response.pk if response is not None and response.status == Response.Status.RUNNING else None
    review = facts.next_review(running, world_of(incident))
    if review is not None:
        yield Line(_("%(at)s: the response is looked at again") % {"at": _clock(review.due_at)},
                   f"/incidents/{incident.pk}/?tab=response")  # fmt: skip
    for row in proposals_waiting(person, world_of(incident))[:3]:
        words = {"at": _clock(row.made_at), "level": str(LEVEL_WORDS[row.level])}
        yield Line(_("Proposed at %(at)s, not decided: %(level)s") % words, f"/proposals/{row.pk}/")


def _ask(person: Person, incident: Incident, owing: list[Assignment]) -> Iterator[Line]:
    by_town: dict[str, list[Assignment]] = defaultdict(list)
    for row in owing:
        town = row.unit.parent if row.unit.level == "village" and row.unit.parent else row.unit
        by_town[town.label].append(row)
    for name, rows in list(by_town.items())[:MOST]:
        words = {"town": name, "villages": _(", ").join(row.unit.label for row in rows[:5])}
        yield Line(
            _("%(town)s: who has gone to %(villages)s, and when will they be there?") % words,
            f"/orders/{rows[0].order_id}/",
        )
    for worry in worries(person, world_of(incident))[:3]:
        n = worry.point.facts.people or 0
        about = {"unit": worry.point.unit.label, "name": worry.name, "n": n}
        said = ngettext(
            "%(unit)s, %(name)s: has the %(n)s person been moved out, and who keeps watch?",
            "%(unit)s, %(name)s: have all %(n)s people been moved out, and who keeps watch?", n,
        )  # fmt: skip
        if worry.point.hazard:
            yield Line(said % about, worry.href)
