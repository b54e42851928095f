"""The time to wake: the formula against a simulation, the history, and what the preview says."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.actions import acknowledge, issue_order, preview_order
from command.models import Assignment, Order
from command.rules.wake import (
    DOOR,
    TEXT,
    VOICE,
    Attempt,
    Called,
    Circuit,
    Forecast,
    History,
    drawn_rate,
    observed,
    slowest,
)
from command.selectors.ladders import in_force
from command.selectors.wake import as_data, time_to_wake
from database.clock import now
from duty.selectors.fanout import Line, lines_for
from journal.actions import relays
from notify.gateways.contract import VOICE as VOICE_CHANNEL
from notify.models import Account
from org.models import Person, Post, Unit
from tests.support.gateways import account

CERTAIN = 1.0
MOMENT = 0.001


def calls(count: int, rate: float = CERTAIN, delay: float = MOMENT) -> list[Called]:
    return [Called(number, (Attempt(0, VOICE, rate, delay),)) for number in range(count)]


@pytest.mark.parametrize(
    ("people", "lines", "half", "ninety"),
    [
        (506, 130, 45 + 20, 135 + 20),  # Mian County: four rounds of 45 s; 90 % are in the fourth
        (130, 130, 20, 20),
        (131, 130, 20, 20),
        (100, 10, 4 * 45 + 20, 8 * 45 + 20),
        (10, 1, 4 * 45 + 20, 8 * 45 + 20),
    ],
)
def test_calls_take_people_by_seconds_by_lines(people: int, lines: int, half: int, ninety: int) -> None:
    forecast = Forecast(calls(people), Circuit(lines, 45, 20))
    found = (forecast.quantile(0.5), forecast.quantile(0.9))
    assert found == pytest.approx((half, ninety), abs=1)


def test_nobody_reached_is_never_awake() -> None:
    forecast = Forecast([Called("a"), *calls(1)], Circuit(1, 45, 20))
    assert forecast.quantile(0.9) is None
    assert slowest(forecast.units(0.9))[0] == ("a", None)
    assert Forecast([], Circuit(1, 45, 20)).quantile(0.5) is None


ATTEMPTS = st.lists(
    st.builds(
        Attempt, st.sampled_from([0, 180, 300, 600]), st.sampled_from([VOICE, TEXT, DOOR]), st.floats(0.05, 1.0),
        st.floats(1, 600),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@given(st.lists(ATTEMPTS, min_size=1, max_size=8), st.integers(1, 5))
def test_more_lines_and_more_time_never_wake_fewer(people: list[list[Attempt]], lines: int) -> None:
    called = [
        Called(number, tuple(sorted(attempts, key=lambda one: one.at_s))) for number, attempts in enumerate(people)
    ]
    few, many = Forecast(called, Circuit(lines, 45, 20)), Forecast(called, Circuit(1000, 45, 20))
    shares = [few.share(t) for t in range(0, 3600, 60)]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    first, last = few.quantile(0.5), few.quantile(0.9)
    assert last is None or (first is not None and first <= last)
    # A later rung calls those who are still silent, so that only the first round can be compared.
    assert many.share(150) >= few.share(150) - 1e-9


def simulated(people: int, lines: int, rate: float, delay: float, chance: random.Random) -> list[float]:
    """The night itself: who does not answer the first call is called again after 180 s, behind those before them."""
    done: list[float] = []
    silent = people
    for start in (0, 180, 300):
        free = [float(start)] * lines
        still = 0
        for _ in range(silent):
            line = min(range(lines), key=free.__getitem__)
            begun, free[line] = free[line], free[line] + 45
            if chance.random() < rate:
                done.append(begun + 20 + chance.expovariate(1 / delay))
            else:
                still += 1
        silent = still
    return done


@pytest.mark.parametrize("lines", [30, 60, 130])
@pytest.mark.parametrize("rate", [0.7, 0.85])
def test_predicted_is_within_a_fifth_of_simulated(lines: int, rate: float) -> None:
    called = [Called(n, tuple(Attempt(at, VOICE, rate, 25) for at in (0, 180, 300))) for n in range(506)]
    forecast = Forecast(called, Circuit(lines, 45, 20))
    for share in (0.5, 0.9):
        nights = [observed(simulated(506, lines, rate, 25, random.Random(seed)), 506, share) for seed in range(9)]
        true = sorted(night for night in nights if night is not None)[len(nights) // 2]
        assert forecast.quantile(share) == pytest.approx(true, rel=0.2)


def test_history_is_drawn_towards_what_is_known_in_general() -> None:
    assert drawn_rate(History(), 0.7, 4) == 0.7
    assert drawn_rate(History(4, 0), 0.7, 4) == pytest.approx(0.35)
    assert drawn_rate(History(400, 400), 0.7, 4) > 0.99


@pytest.mark.parametrize(
    ("times", "total", "share", "expected"),
    [([1, 2, 3], 4, 0.5, 2), ([1, 2, 3], 4, 0.9, None), ([], 0, 0.5, None), ([5], 1, 0.9, 5), ([], 3, 0.5, None)],
)
def test_observed(times: list[float], total: int, share: float, expected: int | None) -> None:
    assert observed(times, total, share) == expected


# In the system -------------------------------------------------------------------------------------------------------

BODY = {"incident": None, "text": "转移", "units": ["331126"], "descendants": True, "ladder": "red"}


def voice(lines: int) -> None:
    Account.objects.update(enabled=False)
    account("lines", (VOICE_CHANNEL,), lines=lines)


@pytest.mark.django_db
def test_the_preview_says_it_beside_people_and_townships(officer: Person, api: Any) -> None:
    voice(130)
    answer = api(officer).post("/api/v1/orders/preview/", BODY)
    assert answer.status_code == 200, answer.json()
    said = answer.json()
    assert {"people", "vacancies", "townships", "ladder", "wake"} <= said.keys()
    wake = said["wake"]
    assert 0 < wake["p50_s"] <= wake["p90_s"]
    assert len(wake["slowest"]) == 3
    assert all(row["p90_s"] is None or row["p90_s"] > 0 for row in wake["slowest"])
    assert sum(row["people"] for row in said["townships"]) >= said["people"]
    assert sum(row["vacancies"] for row in said["townships"]) == len(said["vacancies"])
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_fewer_lines_take_longer(officer: Person) -> None:
    def draft() -> Any:
        fields = {key: value for key, value in BODY.items() if key != "incident"}
        made = preview_order(by=officer, incident_id=None, posts=(), **fields)  # type: ignore[arg-type]
        return time_to_wake(made.lines, made.ladder)

    voice(200)
    many = draft()
    voice_again = Account.objects.filter(code="lines")
    voice_again.update(lines=5)
    few = draft()
    assert few.p90_s > many.p90_s
    assert few.more_lines.count == 10
    assert few.more_lines.p90_s < few.p90_s


@pytest.mark.django_db
def test_five_hundred_people_within_a_second_and_a_fixed_number_of_queries(
    officer: Person, django_assert_num_queries: Any
) -> None:
    voice(130)
    ladder = in_force("red")
    units = list(Unit.objects.filter(level="village", active=True).defer("boundary"))
    posts = list(Post.objects.filter(level="village"))
    lines = lines_for(units, posts)
    assert len(lines) >= 500
    few: list[Line] = lines[:10]
    time_to_wake(few, ladder)
    with django_assert_num_queries(QUERIES):
        time_to_wake(few, ladder)
    with django_assert_num_queries(QUERIES):
        time_to_wake(lines[:500], ladder)


QUERIES = 10


@pytest.mark.django_db
def test_who_never_answers_at_this_hour_is_expected_later(officer: Person, order_jushui: Any) -> None:
    voice(130)
    order = order_jushui(posts=["village_head"])
    lines = [Line(row.unit, row.post, row.person, row.role) for row in order.assignments.all() if row.person]
    ladder = in_force("red")
    before = time_to_wake(lines, ladder)
    for _ in range(6):
        old = order_jushui(posts=["village_head"])
        yesterday = now() - dt.timedelta(days=1)
        Order.objects.filter(pk=old.pk).update(issued_at=yesterday)
        for row in old.assignments.all():
            row.calls.update(at=yesterday)
    after = time_to_wake(lines, ladder)
    assert after.p50_s is not None
    assert before.p50_s is not None
    assert after.p50_s > before.p50_s


@pytest.mark.django_db
def test_an_order_keeps_its_forecast_beside_what_came(officer: Person, village: Person, api: Any) -> None:
    voice(10)
    order = issue_order(
        by=officer, incident_id=None, text="转移", units=["331126206200"], posts=["village_head"], ladder="red"
    )
    relays.run_pending()
    order.refresh_from_db()
    whole = api(officer).get(f"/api/v1/orders/{order.pk}/").json()
    assert whole["wake"]["predicted"] == order.wake
    assert order.wake is not None
    assert set(order.wake) == {"p50_s", "p90_s", "slowest"}
    assert whole["wake"]["actual"] == {"p50_s": None, "p90_s": None}
    acknowledge(Assignment.objects.get(order=order).pk, by=village)
    actual = api(officer).get(f"/api/v1/orders/{order.pk}/").json()["wake"]["actual"]
    assert actual["p90_s"] is not None


def test_as_data_is_what_the_interface_fixes() -> None:
    from command.selectors.wake import Slow, Wake

    wake = Wake(30, 200, [Slow(Unit(code="331126206200"), 400)])
    assert as_data(wake) == {"p50_s": 30, "p90_s": 200, "slowest": [{"unit": "331126206200", "p90_s": 400}]}
