"""How answers and silence are told: calling is never told as answering, and what was logged names who logged it."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
from django.utils import translation

from command import actions
from command.models import Call
from journal.models import Event
from journal.sentences import say
from journal.timers import fire_due
from org.models import Appointment
from tests.support.pages import JUSHUI, of, order_to

pytestmark = pytest.mark.django_db

CATALOGUES = Path(__file__).parents[2] / "locale" / "zh_Hans" / "LC_MESSAGES"


def told(verb: str, subject: str, language: str) -> str:
    event = Event.objects.filter(verb=verb, subject=subject).latest("seq")
    with translation.override(language):
        return say(event.verb, event.by_name, event.data, event.card)


@pytest.mark.parametrize("name", ["django.po", "djangojs.po"])
def test_nobody_who_has_not_answered_is_said_to_be_reached(name):
    """叫应 means called and answered; whoever was only called is 已呼叫, whoever was called instead 已转呼."""
    for entry in polib.pofile(str(CATALOGUES / name)):
        said = [entry.msgstr, *entry.msgstr_plural.values()]
        assert not [text for text in said if "已叫应" in text], entry.msgid


def test_a_climb_says_that_the_deputy_was_called_and_a_reminder_that_the_holder_was_reminded(officer, village, clock):
    row = of(order_to(officer, JUSHUI, ladder="red"), village)
    clock.travel(minutes=3, seconds=30)
    fire_due()
    subject = f"assignment:{row.pk}"
    assert f"已催办{village.name}" in told("assignment.climbed", subject, "zh-hans")
    assert "reminded" in told("assignment.climbed", subject, "en")
    clock.travel(minutes=2)
    fire_due()
    deputy = Call.objects.select_related("person").get(assignment=row, do="deputy").person
    assert f"已转呼{deputy.name}" in told("assignment.climbed", subject, "zh-hans")


def test_a_step_that_finds_nobody_says_so_and_names_no_empty_name(officer, clock):
    """A post without a holder, a deputy or anybody above."""
    order = order_to(officer, JUSHUI, ladder="red", posts=["shelter_keeper"])
    row = order.assignments.order_by("pk").first()
    Appointment.objects.exclude(person=officer).update(valid_to=clock.now())
    clock.travel(minutes=20)
    fire_due()
    event = Event.objects.filter(verb="assignment.climbed", subject=f"assignment:{row.pk}")
    empty = [one for one in event if not one.data["called"]]
    assert empty
    for one in empty:
        with translation.override("zh-hans"):
            assert say(one.verb, one.by_name, one.data, one.card).endswith("未应答，本级无人可呼叫")


def test_an_answer_logged_by_the_officer_says_who_logged_it_for_whom_and_how(officer, village, browse):
    order = order_to(officer, JUSHUI)
    row = of(order, village)
    actions.answer_for(row.pk, by=officer, how="phone")
    said = told("assignment.acknowledged", f"assignment:{row.pk}", "zh-hans")
    assert f"{village.name}）已应答（{officer.name}登记：电话）" in said
    assert f"logged by {officer.name}, by phone" in told("assignment.acknowledged", f"assignment:{row.pk}", "en")
    branch = browse(officer, language="zh-hans").get(f"/orders/{order.pk}/places/{JUSHUI}/").content.decode()
    assert f"{officer.name}登记：电话" in branch
    card = browse(village, language="zh-hans").get(f"/orders/mine/{row.pk}/").content.decode()
    assert f"{officer.name}登记：电话" in card


def test_ones_own_answer_reads_as_before_and_a_stand_in_s_names_them(officer, village, clock):
    order = order_to(officer, JUSHUI, ladder="red")
    own = of(order, village)
    clock.travel(minutes=6)
    fire_due()
    actions.acknowledge(own.pk, by=village)
    assert told("assignment.acknowledged", f"assignment:{own.pk}", "en").endswith("received the order")
    call = Call.objects.filter(assignment__order=order, do="deputy").exclude(assignment=own).first()
    actions.acknowledge(call.assignment_id, by=call.person)
    said = told("assignment.acknowledged", f"assignment:{call.assignment_id}", "zh-hans")
    assert said.startswith(f"{call.person.name}代")


def test_a_step_logged_for_somebody_names_who_logged_it(officer, village):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    actions.progress(row.pk, by=village, step="passed_on")
    actions.progress(row.pk, by=officer, step="in_place")
    assert "logged by" not in told("assignment.passed_on", f"assignment:{row.pk}", "en")
    assert told("assignment.in_place", f"assignment:{row.pk}", "en").endswith(f"(logged by {officer.name})")
