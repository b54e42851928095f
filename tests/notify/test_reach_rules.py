"""Rules of reach: which one counts, what is refused because an alarm would be silent, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from journal.models import Event
from journal.sentences import say
from notify.actions import reach
from notify.models import ReachRule
from notify.rules.default_reach import rows
from notify.rules.notices import Notice
from notify.rules.reach import best, fault_of
from notify.selectors.policy import Policy
from org.models import Person
from tests.support.gateways import gateway
from web.errors import Conflict, Forbidden, Invalid, NotFound


def rule(prefix: str, colour: str = "", *, alarm: bool = True, asked: str = "message") -> Any:
    return SimpleNamespace(prefix=prefix, colour=colour, alarm=alarm, asked=asked, channels=["sms"])


@pytest.mark.parametrize(
    ("code", "colour", "alarm", "asked", "found"),
    [
        ("order.called", "red", True, "message", ("order.", "red")),
        ("order.called", "blue", True, "message", ("order.", "")),
        ("duty.gap", "red", True, "message", ("", "red")),
        ("duty.gap", "", True, "message", ("", "")),
        ("order.called", "red", True, "phone", ("", "")),
        ("duty.gap", "", False, "message", None),
    ],
)
def test_the_narrower_kind_counts_and_then_the_colour(
    code: str, colour: str, alarm: bool, asked: str, found: tuple[str, str] | None
) -> None:
    rules = [rule(""), rule("", "red"), rule("order."), rule("order.", "red"), rule("", asked="phone")]
    chosen = best(rules, code, colour, alarm=alarm, asked=asked)
    assert (chosen and (chosen.prefix, chosen.colour)) == found


@pytest.mark.parametrize(
    ("channels", "alarm", "bad"),
    [
        (["sms"], True, False), (["app", "voice"], True, False), ([], False, False), (["email"], False, False),
        ([], True, True), (["app", "email"], True, True), (["sms", "sms"], True, True), (["loudspeaker"], True, True),
        (["pigeon", "sms"], False, True),
    ],
)  # fmt: skip
def test_an_alarm_needs_a_text_or_a_call(channels: list[str], alarm: bool, bad: bool) -> None:
    assert bool(fault_of(channels, alarm=alarm)) is bad


@pytest.fixture
def keeper(officer: Person) -> Person:
    Person.objects.filter(pk=officer.pk).update(is_superuser=True)
    return Person.objects.get(pk=officer.pk)


def base() -> ReachRule:
    return ReachRule.objects.get(prefix="", colour="", alarm=True, asked="message")


@pytest.mark.django_db
class TestActs:
    def test_a_rule_is_changed_with_its_event_and_messages_go_by_it(self, keeper: Person, village: Person) -> None:
        row = reach.change_rule(base().pk, ["app", "voice", "sms"], by=keeper, seen=["sms", "voice", "push"])
        assert ReachRule.objects.get(pk=row.pk).channels == ["app", "voice", "sms"]
        event = Event.objects.get(verb="reach.changed")
        assert (event.data["before"], event.data["channels"]) == (["sms", "voice", "push"], ["app", "voice", "sms"])
        with translation.override("en"):
            assert "app → call → text, before text → call" in say(event.verb, event.by_name, event.data, event.card)
        with gateway(("sms", "voice")):
            ways = Policy().ways(Notice(village.pk, "duty.gap", "gap:1", "33", alarm=True), village, None)
        assert [way.channel for way in ways] == ["voice", "sms"], "nobody serves the app"
        reach.change_rule(row.pk, row.channels, by=keeper)
        assert Event.objects.filter(verb="reach.changed").count() == 1, "nothing has changed"

    def test_whoever_comes_second_is_told_how_it_stands(self, keeper: Person) -> None:
        reach.change_rule(base().pk, ["voice"], by=keeper, seen=["sms", "voice", "push"])
        with pytest.raises(Conflict) as refused:
            reach.change_rule(base().pk, ["sms"], by=keeper, seen=["sms", "voice", "push"])
        assert refused.value.current["channels"] == ["voice"]
        assert base().channels == ["voice"]

    @pytest.mark.parametrize("channels", [[], ["email"], ["loudspeaker"], ["sms", "sms"]])
    def test_what_would_silence_an_alarm_is_refused(self, keeper: Person, channels: list[str]) -> None:
        with pytest.raises(Invalid) as refused:
            reach.change_rule(base().pk, channels, by=keeper)
        assert list(refused.value.fields) == ["channels"]
        with pytest.raises(Invalid):
            reach.add_rule("order.", "red", channels, by=keeper)
        assert base().channels == ["sms", "voice", "push"]
        assert not Event.objects.filter(verb__startswith="reach.").exists()

    def test_a_rule_of_one_colour_is_added_and_taken_away(self, keeper: Person) -> None:
        row = reach.add_rule("order.", "red", ["voice", "sms"], by=keeper)
        with pytest.raises(Conflict):
            reach.add_rule("order.", "red", ["sms"], by=keeper)
        for wrong in (("nonsense.", "red"), ("order.", "pink")):
            with pytest.raises(Invalid):
                reach.add_rule(*wrong, ["sms"], by=keeper)
        reach.remove_rule(row.pk, by=keeper)
        assert not ReachRule.objects.filter(pk=row.pk).exists()
        with pytest.raises(NotFound):
            reach.remove_rule(row.pk, by=keeper)
        told = Event.objects.filter(subject=f"reach_rule:{row.pk}").order_by("seq")
        assert list(told.values_list("verb", flat=True)) == ["reach.added", "reach.removed"]

    def test_the_rules_on_which_alarms_fall_back_cannot_go(self, keeper: Person) -> None:
        for row in ReachRule.objects.filter(prefix="", alarm=True):
            with pytest.raises(Invalid):
                reach.remove_rule(row.pk, by=keeper)
        assert ReachRule.objects.filter(prefix="", alarm=True).count() == 2

    def test_the_defaults_come_back_and_the_journal_keeps_what_was(self, keeper: Person) -> None:
        reach.change_rule(base().pk, ["voice"], by=keeper)
        reach.add_rule("order.", "red", ["voice"], by=keeper)
        assert reach.restore_rules(by=keeper) == len(rows())
        kept = [
            {name: getattr(row, name) for name in ("prefix", "colour", "alarm", "asked", "channels", "source")}
            for row in ReachRule.objects.all()
        ]
        key = lambda row: (row["prefix"], row["alarm"], row["asked"])  # noqa: E731
        assert sorted(kept, key=key) == sorted(rows(), key=key)
        before = Event.objects.get(verb="reach.restored").data["before"]
        assert {"prefix": "order.", "colour": "red", "alarm": True, "asked": "message", "channels": ["voice"]} in before

    def test_only_whoever_keeps_the_county_s_register(self, person: Callable[[str], Person]) -> None:
        for act in (
            lambda by: reach.change_rule(base().pk, ["voice"], by=by),
            lambda by: reach.add_rule("order.", "red", ["sms"], by=by),
            lambda by: reach.restore_rules(by=by),
        ):
            with pytest.raises(Forbidden):
                act(person("township"))
        assert base().channels == ["sms", "voice", "push"]
