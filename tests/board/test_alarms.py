"""The alarm bar of every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from command.models import Assignment, Order
from notify.models import Message
from org.models import Person

pytestmark = pytest.mark.django_db


def test_the_called_person_sees_the_alarm_and_acknowledging_it_clears_the_bar(
    browse: Callable[..., Client], village: Person, order: Order
) -> None:
    client = browse(village)
    page = client.get("/me/alarms/").content.decode()
    message = Message.objects.get(person=village, state="open")
    assert f"alarm-{message.pk}" in page
    assert 'data-alarm-row="alarm"' in page
    after = client.post(f"/me/alarms/{message.pk}/acknowledge/")
    assert after.status_code == 200
    assert b"data-alarm-row" not in after.content
    # Taking note is not an answer: the assignment is still called.
    assert Assignment.objects.get(order=order, person=village).status == "called"


def test_acknowledging_what_is_shown_leaves_others_alarms_alone(
    browse: Callable[..., Client], village: Person, township: Person, order: Order
) -> None:
    mine = list(Message.objects.filter(person=village, state="open").values_list("pk", flat=True))
    others = Message.objects.filter(person=township, state="open").first()
    assert browse(village).post("/me/alarms/acknowledge/", {"message": [others.pk]}).status_code == 404
    browse(village).post("/me/alarms/acknowledge/", {"message": mine})
    assert not Message.objects.filter(person=village, state="open").exists()
    others.refresh_from_db()
    assert others.state == "open"


def test_an_alarm_is_acknowledged_by_post_only(browse: Callable[..., Client], village: Person, order: Order) -> None:
    message = Message.objects.filter(person=village).first()
    assert browse(village).get(f"/me/alarms/{message.pk}/acknowledge/").status_code == 405
