"""Orders reach named people, and nobody is dropped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command import actions
from command.models import Assignment, Call, Incident, Ladder, Order
from database.clock import DatabaseNow
from journal.models import Event, Timer
from journal.timers import fire_due
from notify.models import Message
from org import actions as register
from org.models import Appointment, Person, Post, Unit
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db


def test_an_order_to_the_whole_county_takes_at_most_25_statements(officer: Person, incident: Incident) -> None:
    with CaptureQueriesContext(connection) as statements:
        order = actions.issue_order(
            by=officer,
            incident_id=incident.pk,
            text="全县进入防汛状态",
            units=["331126"],
            descendants=True,
            ladder="red",
        )
    assert len(statements) <= 25
    assert len({row.unit_id for row in order.lines}) >= 220
    assert len({row.person_id for row in order.lines if row.person_id}) >= 500


def test_the_number_of_statements_does_not_grow_with_the_people(officer: Person, incident: Incident) -> None:
    counts = []
    for units in (["331126206"], ["331126"]):
        with CaptureQueriesContext(connection) as statements:
            actions.issue_order(
                by=officer, incident_id=incident.pk, text="巡查", units=units, descendants=True, ladder="red"
            )
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_three_townships_with_descendants_reach_every_named_holder(officer: Person, incident: Incident) -> None:
    towns = list(Unit.objects.filter(level="township").order_by("code")[:3])
    order = actions.issue_order(
        by=officer, incident_id=incident.pk, text="转移群众", units=[t.code for t in towns], descendants=True,
        posts=["village_head"], ladder="orange",
    )  # fmt: skip
    villages = Unit.objects.filter(parent__in=towns, level="village", active=True)
    heads = Appointment.objects.filter(unit__in=villages, post__code="village_head", role="A", valid_to=None)
    assert {row.person_id for row in order.lines} == set(heads.values_list("person_id", flat=True))
    assert {row.unit_id for row in order.lines} == set(villages.values_list("pk", flat=True))


def test_the_b_role_is_called_where_the_a_role_is_vacant(
    officer: Person, admin: Person, order_jushui: Callable[..., Order]
) -> None:
    held = Appointment.objects.get(unit__code="331126206", post__code="township_station", role="A", valid_to=None)
    stand_in = Appointment.objects.filter(unit=held.unit, post=held.post, role="B", valid_to=None).first()
    if stand_in is None:
        other = Person.objects.filter(appointments__unit=held.unit).exclude(pk=held.person_id).first()
        stand_in = Appointment.objects.create(
            person=other, post=held.post, unit=held.unit, role="B", valid_from=held.valid_from
        )
    Appointment.objects.filter(pk=held.pk).update(valid_to=DatabaseNow())
    row = next(row for row in order_jushui().lines if row.post.code == "township_station")
    assert (row.person_id, row.role) == (stand_in.person_id, "B")


def vacate(*posts: str) -> None:
    held = Appointment.objects.filter(unit__code="331126206200", post__code__in=posts)
    held.update(valid_to=DatabaseNow())


def test_a_vacancy_is_an_assignment_without_a_person_and_its_deputy_is_called_at_once(
    order_jushui: Callable[..., Order],
) -> None:
    vacate("village_head")
    order = order_jushui(posts=["village_head"])
    row = next(row for row in order.lines if row.unit.code == "331126206200")
    assert (row.person, order.vacancy_count) == (None, 1)
    fire_due()
    row.refresh_from_db()
    assert row.climbed_to == "deputy"
    assert Call.objects.get(assignment=row).person.appointments.filter(post__code="village_deputy").exists()


def test_without_a_deputy_either_the_township_is_called_at_once(order_jushui: Callable[..., Order]) -> None:
    vacate("village_head", "village_deputy")
    order = order_jushui(posts=["village_head"])
    row = next(row for row in order.lines if row.unit.code == "331126206200")
    fire_due()
    row.refresh_from_db()
    assert row.climbed_to == "runner"
    assert Call.objects.filter(assignment=row, person__appointments__unit__code="331126206").exists()


def test_every_person_called_has_one_open_alarm_and_every_line_one_timer(order_jushui: Callable[..., Order]) -> None:
    order = order_jushui()
    subjects = [f"assignment:{row.pk}" for row in order.lines]
    assert Timer.objects.filter(subject__in=subjects, state="pending").count() == len(subjects)
    messages = Message.objects.filter(subject__in=subjects, state="open", alarm=True)
    assert sorted(messages.values_list("person_id", flat=True)) == sorted(
        row.person_id for row in order.lines if row.person_id
    )


def test_one_event_for_the_order_and_one_for_each_unit(order_jushui: Callable[..., Order]) -> None:
    order = order_jushui()
    events = Event.objects.filter(subject=f"order:{order.pk}")
    issued = events.get(verb="order.issued")
    called = events.filter(verb="order.called")
    assert {event.unit_path for event in called} == {row.unit.path for row in order.lines}
    assert {event.cause for event in called} == {issued.seq}
    assert issued.card["assignments"] == len(order.lines)


def test_the_order_keeps_the_ladder_that_it_started_with(order_jushui: Callable[..., Order], officer: Person) -> None:
    order = order_jushui()
    newest = Ladder.objects.get(colour="red", fast=False)
    newer = {**{f.name: getattr(newest, f.name) for f in Ladder._meta.fields if f.name != "id"}, "version": 2}
    Ladder.objects.create(**{**newer, "ack_within_s": 60})
    order.refresh_from_db()
    assert order.ladder["ack_within_s"] == 300
    assert order_jushui().ladder["ack_within_s"] == 60


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "字" * 2001}, "text"),
        ({"units": []}, "units"),
        ({"units": ["33112"]}, "units"),
        ({"units": ["999999"]}, "units"),
        ({"posts": ["no_such_post"]}, "posts"),
        ({"posts": ["magistrate"], "descendants": False}, "posts"),
        ({"ladder": "purple"}, "ladder"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(
    changes: dict, field: str, order_jushui: Callable[..., Order]
) -> None:
    before = (Event.objects.count(), Order.objects.count())
    with pytest.raises(Invalid) as refusal:
        order_jushui(**changes)
    assert list(refusal.value.fields) == [field]
    assert (Event.objects.count(), Order.objects.count()) == before


def test_a_township_orders_its_own_villages_only(township: Person) -> None:
    order = actions.issue_order(
        by=township, incident_id=None, text="巡查", units=["331126206"], descendants=True, posts=["village_head"],
        ladder="blue",
    )  # fmt: skip
    assert order.unit.code == "331126206"
    with pytest.raises(Invalid):
        actions.issue_order(by=township, incident_id=None, text="巡查", units=["331126207"], ladder="blue")


def test_a_village_head_may_not_order(village: Person) -> None:
    with pytest.raises(Forbidden):
        actions.issue_order(by=village, incident_id=None, text="巡查", units=["331126206200"], ladder="blue")


def test_calling_off_stops_clocks_and_alarms_but_keeps_what_is_done(
    officer: Person, village: Person, order_jushui: Callable[..., Order]
) -> None:
    order = order_jushui()
    done = order.assignments.get(person=village)
    actions.acknowledge(done.pk, by=village)
    actions.progress(done.pk, by=village, step="done")
    actions.call_off(order.pk, by=officer, reason="雨停了")
    done.refresh_from_db()
    assert done.status == "done"
    others = order.assignments.exclude(pk=done.pk)
    assert set(others.values_list("status", flat=True)) == {"called_off"}
    subjects = [f"assignment:{row.pk}" for row in others]
    assert not Timer.objects.filter(subject__in=subjects, state="pending").exists()
    assert not Message.objects.filter(subject__in=subjects, state="open").exists()
    with pytest.raises(Conflict) as refusal:
        actions.call_off(order.pk, by=officer, reason="again")
    assert refusal.value.current["status"] == "called_off"


def test_a_reminder_reaches_only_the_silent(
    officer: Person, village: Person, order_jushui: Callable[..., Order]
) -> None:
    order = order_jushui()
    actions.acknowledge(order.assignments.get(person=village).pk, by=village)
    assert actions.remind(order.pk, by=officer) == len(order.lines) - 1
    assert not Message.objects.filter(person=village, code="order.reminded").exists()


def test_posts_left_out_are_those_that_the_colour_calls(officer: Person, order_jushui: Callable[..., Order]) -> None:
    blue = {row.post.code for row in order_jushui(posts=[], ladder="blue").lines}
    red = {row.post.code for row in order_jushui(posts=[], ladder="red").lines}
    assert blue == {"township_station", "village_head"}
    assert blue < red
    assert Post.objects.filter(code__in=red).count() == len(red)


def test_a_deactivated_holder_is_not_called(admin: Person, village: Person, order_jushui: Callable[..., Order]) -> None:
    register.deactivate_person(village, by=admin)
    row = next(r for r in order_jushui(posts=["village_head"]).lines if r.unit.code == "331126206200")
    assert row.person_id != village.pk
    assert Assignment.objects.filter(pk=row.pk).exists()
