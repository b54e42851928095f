"""Two at once, on real connections: one wins, the other is told who holds it; somebody is always responsible."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from icalendar import Calendar
from rest_framework.test import APIClient

from duty import actions
from duty.models import Handover, Override, Shift, Slot, Stint, Swap
from duty.selectors import watch
from journal.actions.recording import SYSTEM
from journal.timers import fire_due
from org.models import Person, Unit
from tests.support.duty import BEIJING, beijing
from web.errors import ActionError, Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; their results, or whatever they raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            results[n] = act()
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture(autouse=True)
def february(transactional_db: None, at_time: Any) -> None:
    at_time("2027-02-10 09:00")


def test_one_person_for_two_shifts_at_once_is_booked_once(shift_of: Any, people: Any, team: Any) -> None:
    """Six shifts of six hours on one afternoon want the same free person; each is another transaction."""
    first = shift_of("2027-03-01 08:30", 0, hours=12)
    results = at_once(*[
        lambda n=n: actions.override(
            by=Person.objects.get(username="admin"), unit=Unit.objects.get(code=f"33112620{n}"), post="main",
            person=people[5], start=beijing("2027-03-01 12:00"), end=beijing("2027-03-01 18:00"), reason="x",
        )
        for n in range(6)
    ])  # fmt: skip
    assert sum(isinstance(result, Override) for result in results) == 1
    lost = [result for result in results if not isinstance(result, Override)]
    assert all(isinstance(result, Conflict) for result in lost), lost
    assert Stint.objects.filter(person=people[5]).count() == 1
    assert first.live


def test_the_loser_of_a_post_gets_409_over_the_api_with_the_present_holder(
    shift_of: Any, people: Any, team: Any, township: Person
) -> None:
    """Two shifts that overlap want the station head; by HTTP, at once."""
    one, two = shift_of("2027-03-01 08:30", 0, hours=6), shift_of("2027-03-01 14:30", 0, hours=6)
    wanted = people[3]

    def put(shift: Shift) -> Any:
        client = APIClient(headers={"accept-language": "en"})
        client.force_login(township, backend="emergency.authentication.sessions.PeopleBackend")
        start = shift.during.lower.isoformat()
        body = {"unit": "331126206", "post": "reserve" if shift == two else "main", "person": wanted.pk,
                "start": start, "end": beijing("2027-03-01 16:00").isoformat(), "reason": "x"}  # fmt: skip
        return client.post("/api/v1/overrides/", body, format="json")

    answers = at_once(lambda: put(one), lambda: put(two))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    lost = next(answer.json() for answer in answers if answer.status_code == 409)
    assert lost["code"] in ("taken", "raced")
    if lost["code"] == "taken":
        assert wanted.name_en in lost["detail"] or wanted.name in lost["detail"]


def test_two_who_take_one_swap_get_one_200_and_one_409(shift_of: Any, people: Any, team: Any) -> None:
    shift = shift_of("2027-03-01", 0)
    swap = actions.request_swap(by=team[0]["main"], slot_id=shift.slots.get(post="main").pk, reason="x")

    def take(person: Person) -> Any:
        client = APIClient()
        client.force_login(person, backend="emergency.authentication.sessions.PeopleBackend")
        return client.post(f"/api/v1/swaps/{swap.pk}/take/", {}, format="json")

    for _round in range(1):
        answers = at_once(lambda: take(people[3]), lambda: take(people[5]))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        lost = next(answer for answer in answers if answer.status_code == 409).json()
        assert lost["current"]["taken_by"] == Swap.objects.get(pk=swap.pk).taken_by_id


def test_one_month_published_twice_at_once_is_published_once(town: Unit, people: Any) -> None:
    rotation = {"leader": people[0:2], "main": people[2:4], "deputy": people[4:6]}
    first, until = dt.date(2027, 3, 1), dt.date(2027, 4, 1)
    actions.set_pattern(by=SYSTEM, unit=town, name="x", rotation=rotation, valid_from=first)
    actions.generate_now(by=SYSTEM, unit=town, first=first, until=until)
    results = at_once(*[lambda: actions.publish(by=SYSTEM, unit=Unit.objects.get(pk=town.pk), month=first)] * 3)
    assert sum(isinstance(result, list) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 2
    assert Stint.objects.filter(unit=town).count() == 31 * 3


def test_two_batches_that_draft_the_same_days_draft_them_once(town: Unit, people: Any) -> None:
    rotation = {"leader": people[0:2], "main": people[2:4], "deputy": people[4:6]}
    first, until = dt.date(2027, 3, 1), dt.date(2027, 4, 1)
    actions.set_pattern(by=SYSTEM, unit=town, name="x", rotation=rotation, valid_from=first)
    at_once(*[lambda: actions.generate_now(by=SYSTEM, unit=Unit.objects.get(pk=town.pk), first=first, until=until)] * 3)
    assert Shift.objects.filter(unit=town).count() == 31
    assert Slot.objects.count() == 31 * 3


def test_both_who_sign_at_once_make_one_acceptance(shift_of: Any, at_time: Any, team: Any) -> None:
    shift_of("2027-03-01", 0)
    second = shift_of("2027-03-02", 1)
    at_time("2027-03-02 08:20")
    fire_due()
    row = Handover.objects.get(shift=second)
    results = at_once(
        *[lambda who=who: actions.sign_handover(row.pk, by=who)
          for who in (team[0]["main"], team[0]["deputy"], team[1]["main"], team[1]["deputy"])]
    )  # fmt: skip
    assert sum(isinstance(result, Handover) for result in results) == 2
    assert all(isinstance(result, (Handover, ActionError)) for result in results), results
    row.refresh_from_db()
    assert row.status == "accepted"


ROUNDS = 200
HOUR = dt.timedelta(hours=1)
POSTS = {"leader", "main", "deputy"}


class Witness:
    """Asks the selector that pages use, the API and the calendar feed, and wants one person a post from each."""

    def __init__(self, town: Unit, admin: Person) -> None:
        self.town, self.seen = town, 0
        self.wrong: list[Any] = []
        self.client, self.admin = APIClient(), admin
        self.feed = actions.issue_feed(by=admin, unit=town)

    def look(self) -> dict[str, int]:
        """By the selector."""
        rows = watch.on_duty([self.town])
        self.seen += 1
        if len(rows) != len(POSTS) or {row.post for row in rows} != POSTS:
            self.wrong.append([(row.post, row.person_id) for row in rows])
        return {row.post: row.person_id for row in rows}

    def by_api(self) -> dict[str, int]:
        self.client.force_authenticate(self.admin)  # a session would be over after a week of the moved clock
        answer = self.client.get("/api/v1/shifts/on-duty/", {"unit": self.town.code})
        rows = answer.json()["results"]
        if sorted(row["post"] for row in rows) != sorted(POSTS):
            self.wrong.append(rows)
        return {row["post"]: row["person"]["id"] for row in rows}

    def by_calendar(self, at: dt.datetime) -> dict[str, str]:
        """Post label → person's name of the events that hold ``at``."""
        answer = Client(headers={"accept-language": "en"}).get(f"/duty/ical/{self.feed}.ics")
        found_events: list[Any] = Calendar.from_ical(answer.content).walk("VEVENT")
        events = [e for e in found_events if e["dtstart"].dt <= at < e["dtend"].dt]
        found = {str(e["summary"]).split(" · ")[1]: str(e["summary"]).split(" · ")[2] for e in events}
        if len(events) != len(POSTS) or len(found) != len(POSTS):
            self.wrong.append([str(e["summary"]) for e in events])
        return found


def _close(together: threading.Barrier) -> None:
    """Each of the pool's threads closes its own connection."""
    together.wait(20)
    connection.close()


def _travel(offset: dt.timedelta) -> None:
    """Move this connection's clock: the threads keep their connections over all rounds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sanji.clock_offset', %s, false)", [f"{offset.total_seconds()} seconds"])


def test_in_200_rounds_of_acceptance_against_override_exactly_one_person_is_responsible(
    town: Unit, team: Any, shift_of: Any, admin: Person, clock: Any, crew_of: Any
) -> None:
    begin = beijing("2027-03-01 00:00")
    crews = [{post: team[n % 2][post] for post in POSTS} for n in range(2)]
    for n in range(ROUNDS + 1):
        start = begin + n * HOUR
        shift_of(f"{start.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}", crews[n % 2], hours=1)
    shifts = list(Shift.objects.filter(unit=town).order_by("during"))
    substitutes = crew_of("331126204")[:2]
    witness = Witness(town, admin)
    with ThreadPoolExecutor(3) as pool:
        for n, shift in enumerate(shifts[1:], start=1):
            clock.travel(seconds=(shift.during.lower + dt.timedelta(minutes=2) - clock.now()).total_seconds())
            _one_round(pool, clock.offset, shift, crews[(n - 1) % 2], crews[n % 2], substitutes[n % 2], admin, witness)
            if n % 20 == 0:
                _all_agree(witness, clock)
        together = threading.Barrier(3)
        for closed in [pool.submit(_close, together) for _thread in range(3)]:
            closed.result(20)
    assert witness.wrong == []
    assert witness.seen > ROUNDS
    assert Handover.objects.filter(status="accepted").count() == ROUNDS


def _one_round(
    pool: ThreadPoolExecutor, offset: dt.timedelta, shift: Shift, out: Any, coming: Any, other: Person, admin: Person,
    witness: Witness,
) -> None:  # fmt: skip
    """The incoming officer signs while the administrator puts somebody else in, and a third keeps looking."""
    from duty.actions.hand_over import open_handover

    row = open_handover(shift)
    actions.sign_handover(row.pk, by=out["main"], side="out")
    barrier, over = threading.Barrier(3), threading.Event()

    def sign() -> None:
        _travel(offset)
        barrier.wait(20)
        actions.sign_handover(row.pk, by=coming["deputy"], side="in")

    def put() -> None:
        _travel(offset)
        start = shift.during.lower
        barrier.wait(20)
        end = start + dt.timedelta(minutes=10)
        actions.override(by=admin, unit=shift.unit, post="main", person=other, start=start, end=end, reason="x")

    def look() -> None:
        _travel(offset)
        barrier.wait(20)
        for _ in range(40):
            witness.look()
            if over.wait(0.03):  # leave the processor to the two that race
                break

    looking, acts = pool.submit(look), [pool.submit(sign), pool.submit(put)]
    try:
        for act in acts:
            act.result(60)
    finally:
        over.set()
        looking.result(60)
    on = witness.look()
    assert on == {post: person.pk for post, person in coming.items()} | {"main": other.pk}


def _all_agree(witness: Witness, clock: Any) -> None:
    """Selector, API and calendar feed name the same people at this moment."""
    clock.travel(seconds=0)
    on, told = witness.look(), witness.by_api()
    in_feed = witness.by_calendar(clock.now())
    assert told == on
    names = {person.pk: person.name_en or person.name for person in Person.objects.filter(pk__in=on.values())}
    assert sorted(in_feed.values()) == sorted(names[pk] for pk in on.values())
