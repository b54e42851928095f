"""A village whose head has more orders to acknowledge than a test has time for."""

from __future__ import annotations

from command.actions import issue_order
from command.models import Assignment
from org.models import Person
from tests.chaos.visitors import Visitor
from tests.support.hazards import VILLAGE
from tests.support.pages_open import session_of


class Village:
    """The head of a village, and orders enough for every tap to be a first one."""

    def __init__(self, port: int) -> None:
        head = Person.objects.get(username="village")
        self.visitor = Visitor(port, session_of("village"))
        officer = Person.objects.get(username="officer")
        for _number in range(80):
            issue_order(
                by=officer, incident_id=None, text="立即转移危险区人员", units=[VILLAGE], ladder="red",

            )  # fmt: skip
        rows = Assignment.objects.filter(status=Assignment.Status.CALLED, person=head)
        self.waiting = list(rows.values_list("pk", flat=True))
        assert len(self.waiting) >= 80

    def tap(self) -> float:
        status, _content, seconds = self.visitor.post(f"/orders/mine/{self.waiting.pop()}/act/", step="received")
        assert status in (200, 302)
        return seconds
