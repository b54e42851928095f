"""Reading a response for the screens: actions × townships against the clock, tasks one by one, conditions, proposals.

Query counts are fixed. A task is shown in one state: held, waiting (called, not answered), silent, going (answered),
done, verified or withdrawn; ``overdue`` is beside it: past its T+ and not done.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from command.models import Assignment, Call, EndCondition, Incident, Proposal, Response, Task
from command.selectors import visible
from command.selectors.approvers import may_decide, rule_of
from command.selectors.levelling import FINISHED, GRAVITY
from command.selectors.places import PLACE, Place, at_place, place_of, with_place
from database.clock import DatabaseNow
from journal.rules.world import REAL, World
from journal.selectors.attachments import photos_of
from org.models import Person
from plans.models import Action
from plans.rules.words import Phase

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Shown(TypedDict):
        shown: str
        overdue: bool

    TaskShown = WithAnnotations[Task, _Shown]

STATES = {
    "held": pgettext_lazy("task", "held back"),
    "waiting": pgettext_lazy("task", "not answered yet"),
    "silent": pgettext_lazy("task", "silent"),
    "going": pgettext_lazy("task", "under way"),
    "done": pgettext_lazy("task", "done"),
    "verified": pgettext_lazy("task", "verified"),
    "withdrawn": pgettext_lazy("task", "withdrawn"),
}
OVERDUE = _("overdue")
SHOWN_TASKS = 300


@dataclass
class Cell:
    """How many tasks are in which state. ``total`` counts no withdrawn ones."""

    counts: dict[str, int] = field(default_factory=dict)
    overdue: int = 0

    @property
    def total(self) -> int:
        return sum(count for state, count in self.counts.items() if state != "withdrawn")

    @property
    def done(self) -> int:
        return self.counts.get("done", 0) + self.counts.get("verified", 0)

    def add(self, counts: dict[str, int], overdue: int) -> None:
        for state, count in counts.items():
            self.counts[state] = self.counts.get(state, 0) + count
        self.overdue += overdue


@dataclass
class Line:
    """An action of the plan: a row of the board. ``cells``: the place's code → its tasks."""

    action: Action
    due_at: dt.datetime
    cells: dict[str, Cell] = field(default_factory=dict)
    total: Cell = field(default_factory=Cell)


@dataclass
class PhaseLines:
    code: str
    label: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Board:
    """The whole of a response as the reader may see it."""

    response: Response
    phases: list[PhaseLines] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    total: Cell = field(default_factory=Cell)
    by_place: dict[str, Cell] = field(default_factory=dict)


def response_of(person: Person, incident: Incident) -> Response | None:
    """The response that runs, or the last one; None when there was none or the person does not see the incident."""
    rows = visible.responses_visible_to(person).filter(incident=incident)
    rows = rows.select_related(
        "version__plan__unit", "incident__unit", "started_by", "approved_by", "consent_by", "headquarters"
    )
    rows = rows.defer("incident__area", "incident__unit__boundary", "version__plan__unit__boundary")
    return rows.order_by("-pk").first()


def _shown(person: Person, response: Response, *, withdrawn: bool = False) -> QuerySet[TaskShown]:
    """The tasks that the person sees, with ``.shown`` (a state of STATES) and ``.overdue``."""
    of_it = Assignment.objects.filter(task=OuterRef("pk")).exclude(status=Assignment.Status.CALLED_OFF)
    open_ones = of_it.exclude(status__in=FINISHED)
    rows = visible.tasks_visible_to(person).filter(response=response)
    if not withdrawn:
        rows = rows.exclude(status=Task.Status.WITHDRAWN)
    rows = rows.annotate(
        unfinished=Exists(open_ones),
        unverified=Exists(of_it.exclude(status=Assignment.Status.VERIFIED)),
        called=Exists(of_it.filter(status=Assignment.Status.CALLED)),
        silent=Exists(of_it.filter(visible.is_silent())),
    )
    shown = Case(
        When(status=Task.Status.WITHDRAWN, then=Value("withdrawn")),
        When(status=Task.Status.HELD, then=Value("held")),
        When(unverified=False, then=Value("verified")),
        When(unfinished=False, then=Value("done")),
        When(silent=True, then=Value("silent")),
        When(called=True, then=Value("waiting")),
        default=Value("going"),
        output_field=CharField(),
    )
    late = Q(due_at__lt=DatabaseNow()) & (Q(status=Task.Status.HELD) | Q(status=Task.Status.OUT, unfinished=True))
    return rows.annotate(shown=shown, overdue=Case(When(late, then=Value(True)), default=Value(False)))


def _filtered(
    rows: QuerySet[TaskShown], *, phase: str = "", township: str = "", state: str = "", action: str = "", text: str = ""
) -> QuerySet[TaskShown]:
    """``township``: the code of a place of the board; ``state``: one of STATES, or "overdue"."""
    if phase:
        rows = rows.filter(action__phase=phase)
    if action:
        rows = rows.filter(action__code=action)
    if township:
        rows = rows.filter(at_place(township))
    if state:
        rows = rows.filter(overdue=True) if state == "overdue" else rows.filter(shown=state)
    if text:
        rows = rows.filter(
            Q(unit__name__icontains=text) | Q(unit__name_en__icontains=text) | Q(action__text__icontains=text)
        )
    return rows


def response_board(
    response: Response,
    person: Person,
    *,
    phase: str = "",
    township: str = "",
    state: str = "",
    text: str = "",
) -> Board:
    """Actions by phase × places, each cell counted by state; two queries."""
    rows = _filtered(
        _shown(person, response, withdrawn=state == "withdrawn"), phase=phase, township=township, state=state, text=text
    )
    counted = with_place(rows.order_by()).values("action", "shown", *PLACE)
    counted = counted.annotate(n=Count("pk"), late=Count("pk", filter=Q(overdue=True)), due=Min("due_at"))
    return _board(response, list(counted.order_by("place_path")))


def _board(response: Response, counted: list[dict]) -> Board:
    board = Board(response)
    actions = Action.objects.in_bulk({row["action"] for row in counted})
    lines: dict[int, Line] = {}
    places: dict[str, Place] = {}
    for row in counted:
        code = row["place_code"]
        places.setdefault(code, place_of(row))
        line = lines.setdefault(row["action"], Line(actions[row["action"]], row["due"]))
        line.due_at = min(line.due_at, row["due"])
        cells = (line.cells.setdefault(code, Cell()), line.total, board.total, board.by_place.setdefault(code, Cell()))
        for cell in cells:
            cell.add({row["shown"]: row["n"]}, row["late"])
    board.places = list(places.values())
    by_phase: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines.values(), key=lambda line: (line.due_at, line.action.position, line.action.pk)):
        by_phase[line.action.phase].append(line)
    board.phases = [PhaseLines(code, str(Phase(code).label), by_phase[code]) for code in Phase.values if by_phase[code]]
    return board


@dataclass
class TaskRow:
    """A task with those asked. ``photos`` counts pictures, ``figure`` adds up what was reported."""

    task: TaskShown
    assignments: list[Assignment]
    photos: int
    glyph: str = ""

    @property
    def state(self) -> str:
        return self.task.shown

    @property
    def overdue(self) -> bool:
        return self.task.overdue

    @property
    def figure(self) -> int | None:
        figures = [row.figure for row in self.assignments if row.figure is not None]
        return sum(figures) if figures else None

    @property
    def notes(self) -> list[str]:
        return [row.note for row in self.assignments if row.note]


def response_tasks(
    response: Response,
    person: Person,
    *,
    phase: str = "",
    township: str = "",
    state: str = "",
    action: str = "",
    text: str = "",
    limit: int = SHOWN_TASKS,
) -> list[TaskRow]:
    """Tasks one by one, by due time; three queries whatever their number."""
    rows = _filtered(
        _shown(person, response, withdrawn=state == "withdrawn"),
        phase=phase, township=township, state=state, action=action, text=text,
    )  # fmt: skip
    return _rows(rows.order_by("due_at", "action__position", "unit__path", "pk")[:limit])


def _rows(tasks: QuerySet[TaskShown]) -> list[TaskRow]:
    assignments = visible.with_card_parts(Assignment.objects.order_by("pk"))
    found = list(
        tasks.select_related("action", "unit__parent", "post")
        .defer("unit__boundary", "unit__parent__boundary")
        .prefetch_related(Prefetch("assignments", queryset=assignments, to_attr="asked"))
    )
    photos = _photos(row for task in found for row in task.asked)
    return [
        TaskRow(task, task.asked, sum(photos.get(f"assignment:{row.pk}", 0) for row in task.asked)) for task in found
    ]


def _photos(assignments: Iterable[Assignment]) -> dict[str, int]:
    subjects = [f"assignment:{row.pk}" for row in assignments]
    counted = photos_of(subjects).order_by().values("subject").annotate(n=Count("pk"))
    return {row["subject"]: row["n"] for row in counted} if subjects else {}


def called_for(person: Person) -> Q:
    """A Q over assignments: called for it, directly or by the ladder, and not handed on since."""
    return Q(person=person) | Q(calls__person=person, calls__ended_at=None)


def my_tasks(person: Person, response: Response) -> list[TaskRow]:
    """The person's checklist: what they were asked, directly or by the ladder, and what their unit's posts will be
    asked once it may begin; by due time. Each row's ``assignments`` are the person's own alone.
    """
    called = Call.objects.filter(person=person, assignment__task=OuterRef("pk"), ended_at=None)
    mine = Assignment.objects.filter(person=person, task=OuterRef("pk"))
    held = Q(status=Task.Status.HELD, unit__appointments__person=person, post=F("unit__appointments__post"))
    still = Q(unit__appointments__valid_to=None) | Q(unit__appointments__valid_to__gt=DatabaseNow())
    ahead = Task.objects.filter(held & still, response=response).values("pk")
    rows = _shown(person, response).filter(Exists(mine) | Exists(called) | Q(pk__in=ahead))
    found = _rows(rows.order_by("due_at", "action__position", "pk"))
    own = set(Assignment.objects.filter(called_for(person), task__response=response).values_list("pk", flat=True))
    return [TaskRow(row.task, [one for one in row.assignments if one.pk in own], row.photos) for row in found]


def my_responses(person: Person, world: World = REAL) -> QuerySet[Response]:
    """Running responses that asked the person for something; the newest first."""
    asked = Assignment.objects.filter(called_for(person), task__response=OuterRef("pk"))
    rows = Response.objects.filter(world.rows("incident__"), Exists(asked), status=Response.Status.RUNNING)
    return rows.select_related("incident", "version__plan").defer("incident__area")


def conditions(response: Response) -> list[EndCondition]:
    """Each condition of ending, met or not, with who said so."""
    return list(response.conditions.select_related("said_by").order_by("id"))


def with_proposal_parts(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    rows = rows.select_related("version__plan__unit", "unit", "incident", "decided_by")
    rows = rows.prefetch_related("version__levels")
    return rows.defer("unit__boundary", "version__plan__unit__boundary", "incident__area")


def open_proposals(person: Person, world: World = REAL) -> list[Proposal]:
    """Undecided ones that the person sees, the gravest first, each with ``.may``: the person may decide it."""
    rows = visible.proposals_visible_to(person).filter(world.rows(), status=Proposal.Status.OPEN)
    found = sorted(with_proposal_parts(rows), key=lambda row: (-GRAVITY[row.level], -row.pk))
    for row in found:
        row.may = may_decide(person, rule_of(row.version, row.level))
    return found
