"""The facts of the brief for the video call: what the journal and the tables say of one incident (no writes)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, Min, Q, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Lag

from board.selectors.assignments import on_the_board, silent
from command.models import Assignment, Incident
from command.selectors.levelling import FINISHED
from database.clock import DatabaseNow, now
from duty.models import LeaderPost, Leave, Whereabouts
from duty.selectors.leaders import Signatory, signatories
from journal.models import Event, Timer
from journal.rules.world import World, world_of
from org.models import Appointment, Person, Unit
from org.selectors.jurisdiction import visible_to
from org.selectors.register import held_now

EDITED = "brief.edited"
LEADING = ("county", "township")


@dataclass(frozen=True)
class Late:
    """A department with tasks past their time."""

    name: str
    name_en: str
    code: str
    tasks: int
    since: dt.datetime


@dataclass(frozen=True)
class Doubt:
    """A figure that fell (``before`` → ``after``), or of a township that is not the sum of its villages' figures."""

    unit: Unit
    order: int
    before: int
    after: int
    fell: bool


@dataclass(frozen=True)
class Absent:
    """Somebody who leads and is away, and who signs for them. ``listed``: among the leaders whose authority is kept."""

    held: Appointment
    signatory: Signatory
    listed: bool


def silent_villages(person: Person, incident: Incident) -> list[Assignment]:
    """One for each unit that owes an answer past its time, the longest wait first."""
    rows = silent(person, incident.pk, world_of(incident)).select_related("unit__parent", "order", "post")
    rows = rows.defer("unit__boundary", "unit__parent__boundary", "order__ladder").order_by("ack_due_at", "pk")
    first: dict[int, Assignment] = {}
    for row in rows:
        first.setdefault(row.unit_id, row)
    return list(first.values())


def late_departments(person: Person, incident: Incident) -> list[Late]:
    """Those with tasks of the plan past their time, or with an answer that they owe; the most tasks first."""
    owed = Q(task__due_at__lt=DatabaseNow()) | Q(status="called", ack_due_at__lt=DatabaseNow())
    rows = on_the_board(person, incident.pk, world_of(incident)).filter(owed, unit__level=Unit.Level.DEPARTMENT)
    by_unit = rows.exclude(status__in=FINISHED).order_by().values("unit__name", "unit__name_en", "unit__code")
    counted = by_unit.annotate(n=Count("pk"), since=Min("ack_due_at")).order_by("-n", "unit__code")
    return [Late(r["unit__name"], r["unit__name_en"], r["unit__code"], r["n"], r["since"]) for r in counted]


def doubtful_figure(person: Person, incident: Incident) -> Doubt | None:
    """One figure that fell between two answers, else one that does not add up; two queries."""
    rows = on_the_board(person, incident.pk, world_of(incident)).filter(figure__isnull=False)
    rows = rows.select_related("unit", "task").defer("unit__boundary").order_by("unit__path", "pk")
    figures = {row.pk: row for row in rows}
    figure = Cast(KeyTextTransform("figure", "card"), IntegerField())
    told = Event.objects.filter(
        visible_to(person, "unit_path"), root=f"incident:{incident.pk}", subject__startswith="assignment:",
        card__figure__isnull=False,
    ).exclude(card__figure=None)  # fmt: skip
    told = told.annotate(said=figure, before=Window(Lag(figure), F("subject"), order_by="seq"))
    for subject, said, before in told.order_by("-seq").values_list("subject", "said", "before"):
        row = figures.get(int(subject.partition(":")[2]))
        if row is not None and before is not None and said is not None and said < before:
            return Doubt(row.unit, row.order_id, before, said, fell=True)
    return _unequal(list(figures.values()))


def _unequal(rows: list[Assignment]) -> Doubt | None:
    below: dict[tuple[int | None, str], int] = defaultdict(int)
    for row in rows:
        if row.unit.level == Unit.Level.VILLAGE:
            below[_asked(row), row.unit.path.rpartition(".")[0]] += row.figure or 0
    for row in rows:
        key = (_asked(row), row.unit.path)
        if key in below and below[key] != row.figure:
            return Doubt(row.unit, row.order_id, row.figure or 0, below[key], fell=False)
    return None


def _asked(row: Assignment) -> int | None:
    return row.task.action_id if row.task else -row.order_id


def absent_leaders(person: Person) -> list[Absent]:
    """Whoever holds a post of the county or a township and is away now, each once; by what was told of them last."""
    at = now()
    on_leave = Leave.objects.filter(status=Leave.Status.APPROVED, during__contains=at).values("person")
    told = Whereabouts.objects.filter(withdrawn_at=None, during__contains=at).values("person")
    away = Q(person__in=on_leave) | Q(person__in=told)
    rows = held_now(Appointment.objects.filter(away, visible_to(person), unit__level__in=LEADING))
    rows = rows.select_related("unit", "post", "person").defer("unit__boundary")
    first: dict[int, Appointment] = {}
    for row in rows.order_by("unit__path", "post__rank", "pk"):
        first.setdefault(row.person_id, row)
    signs = signatories([row.person for row in first.values()], at=at)
    listed = set(LeaderPost.objects.values_list("post", flat=True))
    return [
        Absent(row, signs[pk], listed=row.unit.level == Unit.Level.COUNTY and row.post.code in listed)
        for pk, row in first.items()
        if (stay := signs[pk].stay) and stay.absent
    ]


def next_climb(person: Person, incident: Incident) -> Assignment | None:
    rows = on_the_board(person, incident.pk, world_of(incident)).filter(status="called", next_climb_at__isnull=False)
    rows = rows.select_related("unit", "order").defer("unit__boundary", "order__ladder")
    return rows.order_by("next_climb_at", "pk").first()


def next_review(response: int | None, world: World) -> Timer | None:
    """The next clock of the response itself, if one is set."""
    if response is None:
        return None
    rows = Timer.objects.filter(world.rows(), state=Timer.State.PENDING, subject=f"response:{response}")
    return rows.order_by("due_at").first()


def edited(incident: Incident) -> dict[str, Event]:
    """Section → the newest wording that a person gave it, from the journal."""
    rows = Event.objects.filter(subject=f"incident:{incident.pk}", verb=EDITED).order_by("-seq")[:200]
    found: dict[str, Event] = {}
    for event in rows:
        found.setdefault(event.data["section"], event)
    return found
