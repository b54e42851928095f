"""A year's roster for every unit, and who is on in all of them, beside bare SQL over the same rows."""

from __future__ import annotations

import datetime as dt
from time import perf_counter

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.report import beside
from duty import actions
from duty.models import Generation, RosterPattern, Shift
from duty.selectors import rosters, watch
from journal.actions.recording import SYSTEM
from journal.timers import fire_due
from org.models import Appointment, Person, Unit

FIRST, UNTIL = dt.date(2028, 1, 1), dt.date(2029, 1, 1)
ASKED = dt.datetime(2028, 1, 20, 21, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
CREW = ("leader", "main", "deputy")


def run() -> None:
    _patterns()
    county = Unit.objects.get(level="county")
    row, seconds = _generated(county)
    raw = _copied(row)
    print(f"{row.total} units, {row.shifts} shifts, {row.shifts * 3} slots, progress told {row.done} of {row.total}")
    beside("a year drafted in one action", seconds * 1000, "raw inserts", raw * 1000, "ms")
    began = perf_counter()
    published = actions.publish(by=SYSTEM, unit=county, month=FIRST, descendants=True, leave_faulty=True)
    print(f"a month of {len(published)} units published in {perf_counter() - began:.1f} s")
    _asked(county)


def _patterns() -> None:
    """Round the clock for the county and the townships, nights for the villages, whoever serves there."""
    people: dict[int, list[int]] = {}
    held = Appointment.objects.filter(valid_to=None).order_by("unit__path", "role", "post__rank", "pk")
    for unit_id, person_id in held.values_list("unit_id", "person_id"):
        people.setdefault(unit_id, []).append(person_id)
    with transaction.atomic():
        RosterPattern.objects.filter(active=True).update(active=False)
        for unit in Unit.objects.filter(active=True).exclude(level="department").defer("boundary"):
            crew = list(dict.fromkeys(people.get(unit.pk, [])))
            turns = 2 if len(crew) >= 6 else 1
            if len(crew) < 3:
                continue
            rotation = {post: crew[n * turns : (n + 1) * turns] for n, post in enumerate(CREW)}
            hours = {} if turns == 2 else {"starts": [dt.time(20)], "length": dt.timedelta(hours=12)}
            actions.set_pattern(by=SYSTEM, unit=unit, name="bench", rotation=rotation, valid_from=FIRST, **hours)


def _generated(county: Unit) -> tuple[Generation, float]:
    """One action; the batches are run as the firers would."""
    admin = Person.objects.get(username="admin")
    began = perf_counter()
    row = actions.generate(by=admin, unit=county, first=FIRST, until=UNTIL, descendants=True)
    while row.status == Generation.Status.RUNNING:
        fire_due()
        row.refresh_from_db()
    return row, perf_counter() - began


def _copied(row: Generation) -> float:
    """The same shifts and slots into empty tables with the same indexes, one statement each."""
    ours = Shift.objects.filter(unit__in=row.unit_ids, roster__month__gte=FIRST, roster__month__lt=UNTIL)
    with connection.cursor() as cursor:
        for table in ("duty_shift", "duty_slot"):
            cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
        ids = list(ours.values_list("pk", flat=True))
        began = perf_counter()
        cursor.execute("INSERT INTO bench_duty_shift SELECT * FROM duty_shift WHERE id = ANY(%s)", [ids])
        cursor.execute("INSERT INTO bench_duty_slot SELECT * FROM duty_slot WHERE shift_id = ANY(%s)", [ids])
        return perf_counter() - began


def _asked(county: Unit) -> None:
    times = []
    for _ in range(5):
        with CaptureQueriesContext(connection) as caught:
            began = perf_counter()
            on = watch.on_duty(at=ASKED)
            times.append((perf_counter() - began) * 1000)
    print(f"{len({watcher.unit_id for watcher in on})} units, {len(on)} people on at {ASKED:%Y-%m-%d %H:%M}")
    beside("statements", len(caught), "limit", 1, "")
    beside("who is on in all units", min(times), "bare read of their slots", _bare(), "ms")
    began = perf_counter()
    found = watch.gaps(None, ASKED, ASKED + dt.timedelta(days=30))
    print(f"{len(found)} gaps of the 30 days ahead found in {(perf_counter() - began) * 1000:.0f} ms")
    began = perf_counter()
    rosters.statistics(county, FIRST)
    print(f"a month's statistics of all units in {(perf_counter() - began) * 1000:.0f} ms")


def _bare() -> float:
    """Who is booked at the moment, with names, and nothing of handovers, overrides or people who left."""
    sql = """
        SELECT u.code, u.name, sl.post, p.name, p.phone FROM duty_shift s JOIN duty_slot sl ON sl.shift_id = s.id
        JOIN org_unit u ON u.id = s.unit_id JOIN org_person p ON p.id = sl.person_id
        WHERE s.live AND s.during @> %s::timestamptz
    """
    times = []
    with connection.cursor() as cursor:
        for _ in range(5):
            began = perf_counter()
            cursor.execute(sql, [ASKED])
            cursor.fetchall()
            times.append((perf_counter() - began) * 1000)
    return min(times)
