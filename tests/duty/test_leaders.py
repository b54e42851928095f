"""Leaders' whereabouts and authorisation: who is in the county, and who signs for whom while they are away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duty import actions
from duty.models import Authorisation, LeaderPost, Leave, Whereabouts
from duty.selectors import leaders
from journal.models import Event
from journal.timers import fire_due
from notify.models import Message
from org.models import Appointment, HeadquartersMember, Person, Unit
from tests.support.duty import DAY
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def county(demo_county: Unit) -> Unit:
    return Unit.objects.get(code="331126")


def holder(post: str) -> Person:
    return Appointment.objects.get(unit__code="331126", post__code=post, role="A", valid_to=None).person


@pytest.fixture
def magistrate(county: Unit) -> Person:
    return holder("magistrate")


@pytest.fixture
def secretary(county: Unit) -> Person:
    return holder("party_secretary")


@pytest.fixture
def deputy(county: Unit) -> Person:
    return Person.objects.get(username="leader")


@pytest.fixture
def officer(county: Unit) -> Person:
    return Person.objects.get(username="officer")


def away(person: Person, county: Unit, clock: Any, by: Person | None = None, **more: Any) -> Whereabouts:
    start = clock.now() - HOUR
    fields = {"kind": "away", "start": start, "end": start + 2 * DAY, "place": "杭州", **more}
    return actions.file_absence(by=by or person, person=person, unit=county, **fields)


def authorised(giver: Person, second: Person, county: Unit, clock: Any, **more: Any) -> Authorisation:
    start = clock.now() - HOUR
    fields = {"matters": ["level_II", "level_III"], "start": start, "end": start + 2 * DAY, **more}
    return actions.authorise(**{"by": giver, "giver": giver, "deputy": second, "unit": county, **fields})


class TestWhereabouts:
    def test_on_the_first_day_nobody_has_told_and_nothing_is_claimed(self, county: Unit) -> None:
        found = leaders.leaders_of(county)
        assert found
        assert not any(one.told or one.absent or one.gap for one in found)
        assert [post.code for one in found if one.head for post in one.posts] == ["party_secretary", "magistrate"]

    def test_one_tap_says_in_the_county_until_tomorrow(self, county: Unit, magistrate: Person, clock: Any) -> None:
        row = actions.tell_in_county(by=magistrate, unit=county)
        assert row.filed_by == magistrate
        assert row.during.upper > clock.now() + 9 * HOUR
        assert next(one for one in leaders.leaders_of(county) if one.person == magistrate).stay.kind == "in_county"

    def test_filing_for_somebody_else_names_both_and_how_it_was_heard(
        self, county: Unit, magistrate: Person, officer: Person, clock: Any
    ) -> None:
        with pytest.raises(Invalid) as refused:
            away(magistrate, county, clock, by=officer)
        assert "means" in refused.value.fields
        row = away(magistrate, county, clock, by=officer, means="县长电话告知")
        event = Event.objects.get(subject=f"whereabouts:{row.pk}")
        assert (event.by_name, event.data["person_name"]["zh"]) == (officer.name, magistrate.name)
        assert Message.objects.filter(code="leader.filed", person=magistrate).exists()

    def test_nobody_else_may_file(self, county: Unit, magistrate: Person) -> None:
        stranger = Person.objects.get(username="township")
        with pytest.raises((Forbidden, Invalid)):
            actions.tell_in_county(by=stranger, unit=county, person=magistrate)

    def test_whoever_is_no_leader_has_no_whereabouts(self, county: Unit, officer: Person) -> None:
        with pytest.raises(Invalid):
            actions.tell_in_county(by=officer, unit=county)

    def test_which_posts_is_data(self, county: Unit, officer: Person) -> None:
        LeaderPost.objects.create(post="county_duty_officer", order=90, source="测试")
        assert actions.tell_in_county(by=officer, unit=county).person == officer

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"place": " "}, "place"),
            ({"kind": "in_county"}, "kind"),
            ({"end": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "end"),
            ({"place": "远" * 200}, "place"),
        ],
    )
    def test_bad_input_names_its_field(
        self, county: Unit, magistrate: Person, clock: Any, change: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            away(magistrate, county, clock, **change)
        assert list(refused.value.fields) == [field]
        assert not Whereabouts.objects.exists()

    def test_back_early_ends_the_absence_and_keeps_its_past(self, county: Unit, magistrate: Person, clock: Any) -> None:
        row = away(magistrate, county, clock)
        actions.tell_in_county(by=magistrate, unit=county)
        clock.travel(hours=35)  # at any hour of the day, past the hour of telling on the next
        row.refresh_from_db()
        assert row.during.upper < clock.now()
        assert leaders.stays([magistrate.pk]) == {}, "the next day it must be told anew"

    def test_approved_leave_counts_as_an_absence(self, county: Unit, magistrate: Person, clock: Any) -> None:
        during = (clock.now() - HOUR, clock.now() + DAY)
        Leave.objects.create(
            person=magistrate, unit=county, during=during, abroad=True, reason="x", status="approved",
            asked_by=magistrate, decided_at=clock.now(),
        )  # fmt: skip
        assert leaders.signatory(magistrate, county).signer is None
        with pytest.raises(Conflict):
            actions.tell_in_county(by=magistrate, unit=county)


class TestBothHeads:
    def test_it_is_asked_for_a_confirmation_and_then_rings(
        self, county: Unit, magistrate: Person, secretary: Person, officer: Person, clock: Any
    ) -> None:
        away(secretary, county, clock)
        with pytest.raises(Invalid) as refused:
            away(magistrate, county, clock)
        assert "agreed" in refused.value.fields
        assert secretary.label in str(refused.value.detail)
        assert leaders.both_out(county) == []
        away(magistrate, county, clock, agreed="市委办同意")
        assert len(leaders.both_out(county)) == 2
        assert Message.objects.filter(code="leaders.both_out", person=magistrate).exists()
        assert Event.objects.filter(verb="leaders.both_out").count() == 1
        actions.tell_in_county(by=magistrate, unit=county)
        assert leaders.both_out(county) == []
        assert Event.objects.filter(verb="leaders.head_back").count() == 1

    def test_it_rings_when_the_second_absence_begins(
        self, county: Unit, magistrate: Person, secretary: Person, clock: Any
    ) -> None:
        away(secretary, county, clock)
        away(magistrate, county, clock, start=clock.now() + 3 * HOUR, agreed="市委办同意")
        assert not Event.objects.filter(verb="leaders.both_out").exists()
        clock.travel(seconds=4 * 3600)
        fire_due()
        assert Event.objects.filter(verb="leaders.both_out").count() == 1

    def test_a_deputy_away_is_no_head(self, county: Unit, deputy: Person, secretary: Person, clock: Any) -> None:
        away(secretary, county, clock)
        away(deputy, county, clock)
        assert leaders.both_out(county) == []


class TestSignatory:
    def test_whoever_is_here_signs_themselves(self, county: Unit, magistrate: Person) -> None:
        found = leaders.signatory("magistrate", county, matter="level_II")
        assert (found.signer, found.for_another, found.words) == (magistrate, False, "")

    def test_while_away_the_authorised_deputy_signs_and_the_words_name_both(
        self, county: Unit, magistrate: Person, deputy: Person, clock: Any
    ) -> None:
        authorised(magistrate, deputy, county, clock, document="庆政〔2026〕8号")
        assert leaders.signatory("magistrate", county, matter="level_II").signer == magistrate, "still here"
        away(magistrate, county, clock)
        found = leaders.signatory("magistrate", county, matter="level_II")
        assert found.signer == deputy
        assert found.for_another
        assert deputy.label in found.words
        assert magistrate.label in found.words
        assert "庆政〔2026〕8号" in found.words
        assert leaders.signatory("magistrate", county, matter="level_I").signer is None, "outside the scope"

    def test_without_a_deputy_it_is_listed_as_a_gap(self, county: Unit, magistrate: Person, clock: Any) -> None:
        away(magistrate, county, clock)
        assert [one.person for one in leaders.leaders_of(county) if one.gap] == [magistrate]

    def test_a_deputy_who_is_away_too_does_not_sign(
        self, county: Unit, magistrate: Person, deputy: Person, clock: Any
    ) -> None:
        authorised(magistrate, deputy, county, clock)
        away(magistrate, county, clock)
        away(deputy, county, clock)
        assert leaders.signatory(magistrate, county, matter="level_II").signer is None

    def test_a_revoked_or_expired_authorisation_ends(
        self, county: Unit, magistrate: Person, deputy: Person, clock: Any
    ) -> None:
        row = authorised(magistrate, deputy, county, clock)
        away(magistrate, county, clock)
        actions.revoke_authorisation(row.pk, by=magistrate)
        assert leaders.signatory(magistrate, county, matter="level_II").signer is None
        with pytest.raises(Conflict):
            actions.revoke_authorisation(row.pk, by=magistrate)

    def test_an_oral_one_is_logged_by_somebody_who_is_not_the_deputy(
        self, county: Unit, magistrate: Person, deputy: Person, officer: Person, clock: Any
    ) -> None:
        with pytest.raises(Forbidden):
            authorised(magistrate, deputy, county, clock, by=deputy)
        row = authorised(magistrate, deputy, county, clock, by=officer)
        assert officer.name in leaders.ground_of(row)["zh"]

    def test_nobody_gives_what_they_may_not_do(self, county: Unit, deputy: Person, clock: Any) -> None:
        HeadquartersMember.objects.all().delete()  # what a seat may approve, each plan says; asked when it is decided
        director = holder("command_office_director")
        with pytest.raises(Invalid) as refused:
            authorised(deputy, director, county, clock, matters=["level_II"])
        assert "matters" in refused.value.fields

    @pytest.mark.parametrize("matters", [[], ["everything"]])
    def test_a_scope_is_named(
        self, county: Unit, magistrate: Person, deputy: Person, clock: Any, matters: list[str]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            authorised(magistrate, deputy, county, clock, matters=matters)
        assert list(refused.value.fields) == ["matters"]
