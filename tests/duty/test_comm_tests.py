"""Communication tests: who is asked, how a text or a key answers, what the window leaves, which numbers are stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from database.clock import now
from duty.actions import answer_comm_test, plan_comm_tests, start_comm_test
from duty.actions.comm_tests import close_comm_tests, next_due
from duty.models import CommTest, CommTestLine
from duty.selectors import comm_tests
from journal.models import Event, Timer
from journal.sentences import say
from journal.timers import fire_due
from notify.actions.inbound import take_reply
from notify.gateways.contract import SMS, VOICE, Refused, Reply
from notify.models import Account, Delivery, Message, ReachRule
from org.models import Appointment, Person, Post
from tests.support.county import Clock
from tests.support.gateways import Nowhere, deliver, gateway
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db

TOWNSHIP = "331126206"


@pytest.fixture
def phones(demo_county: Any) -> Iterator[Nowhere]:
    with gateway((SMS, VOICE)) as made:
        yield made


@pytest.fixture
def test_row(officer: Person, phones: Nowhere) -> CommTest:
    return start_comm_test(by=officer, unit=TOWNSHIP, levels=["village"], window_min=15)


def lines(test: CommTest) -> list[CommTestLine]:
    return list(comm_tests.lines_of(test))


def test_everybody_there_is_asked_once_by_a_text_that_says_that_it_is_a_test(
    test_row: CommTest, phones: Nowhere
) -> None:
    deliver()
    asked = lines(test_row)
    assert len(asked) > 10
    assert len({line.person_id for line in asked}) == len(asked)
    assert {line.unit.level for line in asked} == {"village"}
    assert sorted(phones.addresses) == sorted(line.phone for line in asked if line.phone)
    code = Message.objects.filter(code="duty.comm_test").first().reply_code
    assert f"{code}" in phones.texts[0]
    assert not Message.objects.filter(code="duty.comm_test", alarm=True).exists(), "nothing rings"
    assert not Timer.objects.filter(kind="command.climb", state="pending").exists()


def test_a_text_answers_and_so_does_a_key(test_row: CommTest, phones: Nowhere) -> None:
    deliver()
    box = Account.objects.get(code="nowhere")
    line = next(line for line in lines(test_row) if line.phone)
    done = take_reply(box, Reply(line.phone, text="1"))
    assert (done.understood, done.subject) == (True, f"comm_test_line:{line.pk}")
    line.refresh_from_db()
    assert line.answered_at is not None
    assert Event.objects.get(verb="comm_test.answered").data == {"how": "text"}
    assert not Message.objects.filter(subject=f"comm_test_line:{line.pk}", state="open").exists()


def test_a_call_of_a_test_asks_for_one_key_and_not_for_people(officer: Person, phones: Nowhere) -> None:
    ReachRule.objects.filter(prefix="duty.comm_test").update(channels=["voice"])
    start_comm_test(by=officer, unit=TOWNSHIP, levels=["township"], window_min=15)
    deliver()
    assert phones.sent
    assert {one.channel for one in phones.sent} == {"voice"}
    assert all("1" in one.question for one in phones.sent)
    assert not any("人" in one.question for one in phones.sent)


def test_when_the_window_is_over_each_line_says_what_came_of_it(
    test_row: CommTest, phones: Nowhere, clock: Clock
) -> None:
    asked = [line for line in lines(test_row) if line.phone]
    phones.error, phones.fails_for = Refused("none", permanent=True, outcome="bad_number"), {asked[1].phone}
    deliver()
    answer_comm_test(asked[0].pk, by=asked[0].person)
    clock.travel(minutes=16)
    fire_due()
    found = {line.pk: line.outcome for line in lines(test_row)}
    assert found[asked[0].pk] == "answered"
    assert found[asked[1].pk] == "bad_number"
    assert found[asked[2].pk] == "no_answer"
    closed = Event.objects.get(verb="comm_test.closed").data
    assert (closed["answered"], closed["bad_numbers"]) == (1, 1)
    assert not Message.objects.filter(code="duty.comm_test", state="open").exists()
    with pytest.raises(Conflict):
        answer_comm_test(asked[2].pk, by=asked[2].person)


def test_a_wrong_number_is_stale_at_once_and_silence_the_second_time(
    officer: Person, phones: Nowhere, clock: Clock
) -> None:
    for number in (1, 2):
        test = start_comm_test(by=officer, unit=TOWNSHIP, levels=["village"], window_min=15)
        asked = [line for line in lines(test) if line.phone]
        phones.error, phones.fails_for = Refused("none", permanent=True, outcome="bad_number"), {asked[1].phone}
        deliver()
        answer_comm_test(asked[0].pk, by=asked[0].person)
        clock.travel(minutes=16)
        close_comm_tests([test.pk])
        stale = {line.person_id for line in comm_tests.stale_numbers(officer)}
        assert asked[1].person_id in stale
        assert asked[0].person_id not in stale
        assert (asked[2].person_id in stale) is (number == 2)
    Person.objects.filter(pk=asked[1].person_id).update(phone="13900000001")
    assert asked[1].person_id not in {line.person_id for line in comm_tests.stale_numbers(officer)}, "a new number"


def test_the_results_by_unit_add_up(test_row: CommTest) -> None:
    asked = lines(test_row)
    answer_comm_test(asked[0].pk, by=asked[0].person)
    units = comm_tests.by_unit(lines(test_row))
    assert sum(row["people"] for row in units) == len(asked)
    assert sum(row["answered"] for row in units) == 1


def test_one_at_a_time_and_only_by_whoever_may(
    test_row: CommTest, officer: Person, person: Callable[[str], Person]
) -> None:
    with pytest.raises(Conflict):
        start_comm_test(by=officer, unit=TOWNSHIP, levels=["village"], window_min=15)
    with pytest.raises((Forbidden, Invalid)):
        start_comm_test(by=person("village"), unit=TOWNSHIP, levels=["village"], window_min=15)
    with pytest.raises(Invalid):
        start_comm_test(by=officer, unit="331126200", levels=["continent"], window_min=15)
    line = lines(test_row)[0]
    with pytest.raises(NotFound):
        answer_comm_test(line.pk, by=officer)


def test_each_month_by_a_clock(officer: Person, phones: Nowhere, clock: Clock) -> None:
    plan = plan_comm_tests(by=officer, unit=TOWNSHIP, levels=["village"], day=1, hour=9, window_min=30)
    plan = plan_comm_tests(by=officer, unit=TOWNSHIP, levels=["village"], day=2, hour=9, window_min=30)
    assert plan.generation == 2
    clock.travel(days=32)
    fire_due()
    test = CommTest.objects.get()
    assert (test.monthly, test.started_by) == (True, None)
    waiting = Timer.objects.filter(kind="duty.comm_test_monthly", state="pending")
    assert waiting.count() == 1, "the next month's"


def test_a_plan_names_a_post_and_asks_its_holders_alone(officer: Person, phones: Nowhere, clock: Clock) -> None:
    head = Post.objects.get(code="village_head")
    with pytest.raises(Invalid) as refused:
        plan_comm_tests(by=officer, unit=TOWNSHIP, levels=["township"], day=2, hour=9, window_min=30, post=head)
    assert list(refused.value.fields) == ["post"]
    plan_comm_tests(by=officer, unit=TOWNSHIP, levels=["village"], day=2, hour=9, window_min=30, post=head)
    event = Event.objects.get(verb="comm_test.planned")
    assert event.data["post_name"] == {"zh": head.name, "en": head.name_en}
    with translation.override("en"):
        assert head.name_en in say(event.verb, event.by_name, event.data, event.card)
    clock.travel(days=32)
    fire_due()
    test = CommTest.objects.get()
    assert (test.monthly, test.post) == (True, head)
    asked = {line.person_id for line in lines(test)}
    held = Appointment.objects.filter(post=head, unit__path__startswith="33.11.26.206.", valid_to=None)
    assert asked == set(held.values_list("person", flat=True))


def test_a_month_in_which_nobody_holds_the_post_is_left_out(officer: Person, phones: Nowhere, clock: Clock) -> None:
    head = Post.objects.get(code="village_head")
    plan_comm_tests(by=officer, unit=TOWNSHIP, levels=["village"], day=2, hour=9, window_min=30, post=head)
    Appointment.objects.filter(post=head).update(valid_to=now())
    clock.travel(days=32)
    fire_due()
    assert not CommTest.objects.exists()
    assert Timer.objects.filter(kind="duty.comm_test_monthly", state="pending").count() == 1, "the next month's"


def test_the_page_plans_a_post_and_shows_the_plan(client: Client, officer: Person) -> None:
    client.force_login(officer)
    head = Post.objects.get(code="village_head")
    given = {"unit": "331126206", "levels": ["village"], "window_min": 30, "day": 3, "hour": 9, "post": head.pk}
    assert client.post("/duty/comm-tests/plan/", {**given, "levels": ["county"]}).status_code == 400
    assert client.post("/duty/comm-tests/plan/", given).status_code == 302
    page = client.get("/duty/comm-tests/")
    assert [plan.post for plan in page.context["plans"]] == [head]
    assert head.name in page.content.decode()


def test_the_next_moment_of_a_plan() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    at = lambda *parts: dt.datetime(*parts, tzinfo=zone)  # noqa: E731
    assert next_due(15, 9, at(2026, 11, 30, 8)) == at(2026, 12, 15, 9)
    assert next_due(30 - 2, 9, at(2026, 11, 28, 9)) == at(2026, 12, 28, 9)
    assert next_due(28, 9, at(2026, 11, 28, 8, 59)) == at(2026, 11, 28, 9)
    assert next_due(1, 0, at(2026, 12, 31, 23)) == at(2027, 1, 1, 0)


def test_the_pages(client: Client, test_row: CommTest, officer: Person, django_assert_max_num_queries: Any) -> None:
    client.force_login(officer)
    assert client.get("/duty/comm-tests/").status_code == 200
    with django_assert_max_num_queries(30):
        page = client.get(f"/duty/comm-tests/{test_row.pk}/")
    assert page.status_code == 200
    assert lines(test_row)[0].person.label in page.content.decode()
    answer = client.post(
        "/duty/comm-tests/start/", {"unit": "331126200", "levels": ["village"], "window_min": 15}, follow=True
    )
    assert answer.status_code == 200
    assert CommTest.objects.count() == 2
    assert Delivery.objects.filter(message__code="duty.comm_test").exists()
