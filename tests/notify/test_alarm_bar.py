"""The alarm bar: what stands on top, how much is rendered, and which of its buttons is an answer."""

from __future__ import annotations

import pytest

from command import actions
from command.models import Assignment
from journal.actions.recording import SYSTEM
from journal.timers import fire_due
from notify.actions.messages import send_all
from notify.models import Message
from notify.rules.notices import Notice
from notify.selectors.acts import do_act
from notify.selectors.messages import open_messages
from tests.support.pages import JUSHUI, of, order_to

pytestmark = pytest.mark.django_db

PATH = "33.11.26.206"


def send(person, code, n, colour="", *, alarm=True):
    data = {"ref": f"{code}-{n}", "headline": {"zh": "暴雨", "en": "rain"}, **({"colour": colour} if colour else {})}
    notice = Notice(person.pk, code, f"test:{code}{colour}{n}", PATH, data=data, alarm=alarm)
    return send_all([notice], by=SYSTEM)[0].pk


def test_a_red_warning_that_has_just_come_stands_above_three_hundred_older_alarms(officer, browse):
    climbs = [
        Notice(officer.pk, "order.silent_below", f"test:{n}", PATH, data={"ref": n, "colour": "red"}, alarm=True)
        for n in range(300)
    ]
    send_all(climbs, by=SYSTEM)
    checks = send(officer, "spot_check.called", 1)
    red = send(officer, "warning.received", 1, "red")
    assert open_messages(officer)[0].pk == red
    answer = browse(officer).get("/me/alarms/")
    assert answer.context["rows"][0]["message"].pk == red
    assert open_messages(officer).last().pk == checks


def test_the_order_is_kind_then_newest(officer):
    sent = {
        name: send(officer, code, name, colour, alarm=alarm)
        for name, code, colour, alarm in (
            ("note", "plan.overdue", "", False),
            ("red before", "warning.received", "red", True),
            ("check", "spot_check.called", "", True),
            ("silent", "order.silent_below", "red", True),
            ("blue order", "order.called", "blue", True),
            ("decide", "proposal.made", "", True),
            ("red order", "order.called", "red", True),
            ("old order", "order.called", "", True),
            ("yellow", "warning.received", "yellow", True),
            ("red", "warning.received", "red", True),
        )
    }
    names = {pk: name for name, pk in sent.items()}
    assert [names[message.pk] for message in open_messages(officer)] == [
        "red", "red before", "yellow", "red order", "blue order", "old order", "decide", "silent", "check", "note",
    ]  # fmt: skip


def test_twenty_are_rendered_and_the_rest_is_counted_in_a_fixed_number_of_statements(
    officer, browse, django_assert_num_queries
):
    client = browse(officer)
    order = order_to(officer, JUSHUI)
    rows = list(order.assignments.values_list("pk", flat=True))
    subjects = [*(f"assignment:{pk}" for pk in rows), *(f"test:{n}" for n in range(300 - len(rows)))]
    send_all(
        [Notice(officer.pk, "order.silent_below", one, PATH, {"ref": "x"}, alarm=True) for one in subjects], by=SYSTEM
    )
    client.get("/me/alarms/")
    with django_assert_num_queries(6):  # one of them for the line of the log: whose unit
        answer = client.get("/me/alarms/")
    page = answer.content.decode()
    assert page.count("data-alarm-row") == 20
    assert "299 more" in page
    assert "280 more are not shown" in page


def test_the_bar_s_received_is_the_answer_to_my_own_order_and_ends_the_alarm(officer, village, browse):
    order = order_to(officer, JUSHUI, ladder="red")
    row = of(order, village)
    message = Message.objects.get(person=village, subject=f"assignment:{row.pk}")
    client = browse(village, language="zh-hans")
    page = client.get("/me/alarms/").content.decode()
    assert f'data-answer="/orders/mine/{row.pk}/act/"' in page
    assert "收到" in page
    assert "确认" not in page
    after = client.post(f"/me/alarms/{message.pk}/answer/")
    row.refresh_from_db()
    assert (row.status, row.answered_how, row.answered_by) == ("received", "self", village)
    assert b"data-alarm-row" not in after.content
    assert client.post(f"/me/alarms/{message.pk}/answer/").status_code == 200, "a repeat is no error"


def test_whatever_is_no_answer_says_silence(officer, village, browse, clock):
    """To the officer the silence of a village is told: to be reached, not to be answered in their place."""
    order_to(officer, JUSHUI, ladder="red")
    clock.travel(minutes=16)
    fire_due()
    told = Message.objects.filter(state="open", code__in=["order.county_calls", "order.silent_below"]).first()
    page = browse(told.person, language="zh-hans").get("/me/alarms/").content.decode()
    assert f"/me/alarms/{told.pk}/answer/" not in page
    assert "静音" in page
    assert "确认" not in page


def test_who_stands_in_for_a_silent_holder_answers_in_the_bar_as_well(officer, village, browse, clock):
    row = of(order_to(officer, JUSHUI, ladder="red"), village)
    clock.travel(minutes=6)
    fire_due()
    told = Message.objects.filter(subject=f"assignment:{row.pk}", code="order.deputy_called").first()
    do_act(told.pk, by=told.person)
    row.refresh_from_db()
    assert (row.status, row.answered_by) == ("received", told.person)


def test_silencing_answers_nothing_and_says_so(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    message = Message.objects.get(person=village, subject=f"assignment:{row.pk}")
    browse(village).post(f"/me/alarms/{message.pk}/acknowledge/")
    row.refresh_from_db()
    assert row.status == Assignment.Status.CALLED


def test_an_order_called_off_meanwhile_is_told_in_the_bar(officer, village, browse):
    order = order_to(officer, JUSHUI)
    message = Message.objects.get(person=village, subject=f"assignment:{of(order, village).pk}")
    actions.call_off(order.pk, by=officer, reason="雨停")
    answer = browse(village).post(f"/me/alarms/{message.pk}/answer/")
    assert answer.status_code == 200
    assert "called off" in answer.content.decode()


def test_nobody_answers_another_s_alarm_or_one_without_an_act(officer, township, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    message = Message.objects.get(person=village, subject=f"assignment:{row.pk}")
    assert browse(township).post(f"/me/alarms/{message.pk}/answer/").status_code == 404
    other = send(village, "warning.received", 1, "red")
    assert browse(village).post(f"/me/alarms/{other}/answer/").status_code == 404
    assert browse(village).get(f"/me/alarms/{message.pk}/answer/").status_code == 405
    row.refresh_from_db()
    assert row.status == "called"
