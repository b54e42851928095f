"""From an overdue hazard to the signed letter as PDF, in the browser: drafted by rule, signed in two taps."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from database.clock import now
from hazards.actions.file import file_hazard
from hazards.models import Deadline, Hazard, Supervision
from hazards.rules.filing import Filing
from hazards.states import HAZARD
from journal.timers import Setting, cancel, fire_due, set_timers
from norms.rules.deadlines import ON_THE_DAY
from norms.screens.papers import paper_of
from norms.selectors.numbers import number
from norms.selectors.papers import signers_of
from org.models import Person
from tests.support.hazards import TOWN, point_in
from tests.support.jobs import run_jobs
from tests.support.pages_open import Server
from web.models import Job
from web.selectors import file_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SignIn = Callable[..., Page]


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: this database is its server's."""


def overdue() -> Supervision:
    """A hazard whose deadline was missed by as many days as bring the county's letter."""
    filing = Filing(
        client_id=uuid4(), kind="cut_slope", description="切坡未支护", point=point_in(TOWN), found_at=now(),
        people_at_risk=3,
    )  # fmt: skip
    hazard, _new = file_hazard(filing, by=Person.objects.get(username="township"), door="desk")
    days = number("climb_county")
    with transaction.atomic():
        late = now() - dt.timedelta(days=days, hours=1)
        Deadline.objects.filter(hazard=hazard, ended_at=None).update(due_at=late, set_at=late - dt.timedelta(days=1))
        generation = Hazard.objects.values_list("generation", flat=True).get(pk=hazard.pk)
        cancel([HAZARD.subject(hazard)])
        set_timers([Setting("hazards.due", HAZARD.subject(hazard), now(), ON_THE_DAY + days, generation)])
    fire_due()
    return Supervision.objects.select_related("paper").get(hazard=hazard, form="letter")


def test_from_an_overdue_hazard_to_the_signed_letter_as_pdf(server: Server, sign_in: SignIn, axe: Any) -> None:
    letter = overdue()
    director = signers_of(paper_of(Person.objects.get(username="officer"), letter.paper_id))[0][0]
    assert letter.paper.status == "drafted"
    page = sign_in(server, director.username, width=390, height=844)
    page.goto("/papers/")
    assert axe(page) == []
    page.locator(f"#paper-{letter.paper_id} a").click()
    expect(page.get_by_text("自本函送达之日起")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("督〔")
    letter.paper.refresh_from_db()
    assert (letter.paper.status, letter.paper.signed_by) == ("served", director)
    page.goto(f"/papers/{letter.paper_id}/pdf/")
    run_jobs()
    job = Job.objects.filter(kind="norms.paper", owner=director).latest("created_at")
    with default_storage.open(file_of(director, job.pk).file) as file:
        content = file.read()
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
    assert str(letter.paper.number) in text
    assert director.name in text
