"""A night that is real or belongs to an exercise: warning, proposal, response, orders, hazards, done by actions only.

``Night(feed, rng, exercise)`` does one thing after another; which, for whom and how far is drawn from ``rng``.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from typing import Any
from uuid import UUID

from PIL import Image

from command import actions as command
from command.actions.hazard_links import open_from_hazard
from command.actions.photos import progress_with_photo
from command.models import Assignment, Incident, Order, Proposal, Response
from database.clock import now
from early_warning.actions import receive
from early_warning.models import Feed, Warning
from hazards import actions as hazards
from hazards.actions.file import file_hazard
from hazards.actions.photograph import add_photo
from hazards.models import Hazard
from hazards.rules.filing import Filing
from journal import timers
from journal.actions.relays import run_pending
from org.models import Appointment, Person
from tests.early_warning import messages
from tests.support.hazards import point_in

TRIGGERS = {
    "orange": [{"signal": "warning", "colour": ["yellow", "orange"], "events": ["rainstorm", "typhoon"]}],
    "red": [{"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}],
}
JUSHUI, VILLAGE = "331126206", "331126206200"
COLOURS = {"red": "红色", "orange": "橙色", "yellow": "黄色"}


def holder(unit: str, post: str) -> Person:
    rows = Appointment.objects.filter(unit__code=unit, post__code=post, role="A", valid_to=None)
    return rows.select_related("person").order_by("pk")[0].person


def picture(number: int) -> Any:
    """A JPEG of its own."""
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), (number % 256, number // 256 % 256, 90)).save(kept, "JPEG")
    kept.seek(0)
    return kept


class Night:
    """``exercise``: None for a real one. Everything is done by people of the county who may do it."""

    def __init__(self, feed: Feed, rng: random.Random, exercise: int | None) -> None:
        self.feed, self.rng, self.exercise = feed, rng, exercise
        self.officer = Person.objects.get(username="officer")
        self.village = Person.objects.get(username="village")
        self.township = Person.objects.get(username="township")

    # Roots -------------------------------------------------------------------------------------------------------

    def warning(self, colour: str = "") -> Warning:
        name = colour or self.rng.choice([*COLOURS])
        said = f"<parameter><valueName>预警颜色</valueName><value>{COLOURS[name]}</value></parameter>"
        expires = (now() + dt.timedelta(hours=self.rng.randint(2, 9))).isoformat(timespec="seconds")
        block = messages.info(extra=f"<expires>{expires}</expires>" + said, headline="暴雨预警")
        identifier = f"night-{self.rng.getrandbits(60)}"
        received = receive(messages.message(block, identifier=identifier), by=self.feed, exercise=self.exercise)
        assert received.warning is not None
        run_pending()
        return received.warning

    def incident(self) -> Incident:
        return command.open_incident(
            by=self.officer,
            title=f"山洪 {self.rng.randint(1, 999)}",
            category="natural_disaster",
            unit=self.rng.choice(["331126", JUSHUI]),
            exercise=self.exercise,
        )

    def hazard(self) -> Hazard:
        filing = Filing(
            client_id=UUID(int=self.rng.getrandbits(128)),
            kind="timber_houses",
            description="木屋连片，电线老化",
            point=point_in(VILLAGE),
            found_at=now(),
            people_at_risk=self.rng.randint(0, 40),
        )
        made, _new = file_hazard(filing, by=self.village, door="phone", exercise=self.exercise)
        return Hazard.objects.get(pk=made.pk)

    # What lies below them ----------------------------------------------------------------------------------------

    def order(self, incident: Incident | None, **changes: Any) -> Order:
        fields: dict[str, Any] = {
            "text": "立即巡查山塘水库",
            "units": [JUSHUI],
            "descendants": self.rng.random() < 0.5,
            "posts": ["township_station", "village_head"],
            "ladder": self.rng.choice(["red", "orange", "yellow"]),
        }
        pk = incident.pk if incident else None
        return command.issue_order(by=self.officer, incident_id=pk, exercise=self.exercise, **{**fields, **changes})

    def accept(self, proposal: Proposal) -> Response:
        approver = {"red": "magistrate", "orange": "deputy_magistrate"}[proposal.level]
        response = command.accept_proposal(proposal.pk, by=holder("331126", approver))
        run_pending()
        return response

    def answers(self, order: Order) -> None:
        """Each assignment goes some steps; some stay silent."""
        for row in order.assignments.order_by("pk")[: self.rng.randint(1, 8)]:
            steps = self.rng.randint(0, 3)
            if steps > 0 and row.status == Assignment.Status.CALLED:
                command.answer_for(row.pk, by=self.officer, how="phone")
            if steps > 1:
                photo = picture(self.rng.getrandbits(16)) if self.rng.random() < 0.2 else None
                self._progress(row, photo)
            if steps > 2:
                command.verify(row.pk, by=self.officer, note="已核实")

    def _progress(self, row: Assignment, photo: Any) -> None:
        progress_with_photo(row.pk, by=self.officer, step="done", note="已完成", figure=3, photo=photo)

    def works_on(self, hazard: Hazard) -> None:
        hazards.register(hazard.pk, by=self.village)
        hazards.grade(hazard.pk, by=self.township, grade="general", grounds="可当场整改")
        add_photo(hazard.pk, picture(self.rng.getrandbits(16)), by=self.village, shows="before")
        if self.rng.random() < 0.5:
            self.becomes_incident(hazard)

    def becomes_incident(self, hazard: Hazard) -> Incident:
        values = {"title": "险情", "category": "accident", "unit": JUSHUI}
        return open_from_hazard(hazard.pk, by=self.officer, **values)

    # A whole night -----------------------------------------------------------------------------------------------

    def whole(self) -> None:
        """Roots and what follows from them, in an order of its own."""
        found = [self.hazard() for _ in range(self.rng.randint(1, 2))]
        self.warning()
        proposals = Proposal.objects.filter(exercise=self.exercise, status="open")
        for proposal in list(proposals)[: self.rng.randint(0, 1)]:
            self.accept(proposal)
        incident = self.incident()
        for root in (incident, None):
            order = self.order(root)
            self.answers(order)
            if self.rng.random() < 0.3:
                command.remind(order.pk, by=self.officer)
        self.works_on(found[0])

    @staticmethod
    def time_passes(clock: Any, hours: float) -> None:
        clock.travel(hours=hours)
        timers.fire_due()
        run_pending()
