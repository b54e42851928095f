"""Two reports of one danger: found by distance, kind and time, and merged without losing anything."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from PIL import Image

from hazards import actions
from hazards.actions.photograph import add_photo
from hazards.actions.reinspect import order_reinspections
from hazards.api import representations
from hazards.models import Extension, Hazard, Plan
from hazards.selectors import tickets
from journal.actions.recording import SYSTEM
from journal.models import Event
from notify.models import Message
from org.models import Person
from tests.support.hazards import NEIGHBOUR, VILLAGE, fresh, holder, point_in
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db

DEGREE_M = 111_195
"""Metres of a degree of latitude on the sphere."""


def north(metres: float) -> tuple[float, float]:
    lon, lat = point_in(VILLAGE)
    return lon, lat + metres / DEGREE_M


@pytest.fixture
def photo() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(content, "JPEG")
    content.seek(0)
    return content


class TestDuplicates:
    def near(self, hazard: Hazard, reader: Person) -> list[int]:
        return [row.pk for row in tickets.duplicates_of(hazard, reader)]

    def test_near_of_the_same_kind_and_time_the_nearest_first(self, found: Any, township: Person) -> None:
        one, far, close = found(), found(point=north(90)), found(point=north(20))
        found(point=north(130))
        found("cut_slope", point=north(10))
        assert self.near(one, township) == [close.pk, far.pk]
        assert round(tickets.duplicates_of(one, township)[0].metres) == 20

    def test_a_vague_position_reaches_further(self, found: Any, township: Person) -> None:
        one = found()
        vague = found(point=north(130), accuracy_m=50)
        assert self.near(one, township) == [vague.pk]
        assert self.near(vague, township) == [one.pk]
        found(point=north(900), accuracy_m=100_000)
        assert self.near(one, township) == [vague.pk]

    def test_long_ago_is_another(self, found: Any, township: Person, clock: Any) -> None:
        one = found()
        found(found_at=clock.now() - dt.timedelta(days=91))
        within = found(found_at=clock.now() - dt.timedelta(days=89))
        assert self.near(one, township) == [within.pk]

    def test_what_has_ended_is_none(self, found: Any, township: Person) -> None:
        one, other = found(), found()
        actions.close(other.pk, by=township, how="otherwise", grounds="x")
        assert self.near(one, township) == []

    def test_only_what_the_reader_sees(self, found: Any) -> None:
        one = found()
        found()
        assert self.near(one, holder(NEIGHBOUR, "township_head")) == []


class TestMerging:
    def test_nothing_is_lost(
        self,
        ticket: Any,
        found: Any,
        photo: Any,
        village: Person,
        township: Person,
        clock: Any,
        tmp_path: Any,
        settings: Any,
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        source, target = ticket("rectifying", people_at_risk=30), found()
        add_photo(source.pk, photo, by=village)
        until = (clock.now() + dt.timedelta(days=30)).date()
        asked = actions.ask_extension(source.pk, by=village, until=until, reason="x")
        before = list(Event.objects.filter(subject=f"hazard:{source.pk}").values_list("seq", flat=True))
        kept = actions.merge(source.pk, by=township, into=target.pk, grounds="同一处")
        assert kept.pk == target.pk
        assert fresh(target).people_at_risk == 30
        gone = fresh(source)
        assert (gone.status, gone.merged_into_id, gone.next_due_at) == ("merged", target.pk, None)
        assert Plan.objects.get(hazard=source) in tickets.plans_of(target)
        assert [one.hazard_id for one in tickets.photos_of(target)] == [source.pk]
        assert set(before) <= set(tickets.timeline(target).values_list("seq", flat=True))
        assert fresh(asked).status == Extension.Status.LAPSED
        whole = representations.hazard_whole(fresh(target), township)
        assert whole["merged"] == [source.pk]
        assert len(whole["plans"]) == len(whole["photos"]) == len(whole["extensions"]) == 1

    def test_the_larger_number_of_people_stays(self, found: Any, township: Person) -> None:
        small, large = found(people_at_risk=3), found(people_at_risk=50)
        actions.merge(small.pk, by=township, into=large.pk)
        assert fresh(large).people_at_risk == 50

    def test_what_was_merged_before_comes_along(self, found: Any, township: Person) -> None:
        first, second, third = found(), found(), found()
        actions.merge(first.pk, by=township, into=second.pk)
        actions.merge(second.pk, by=township, into=third.pk)
        assert {row.pk for row in Hazard.objects.filter(merged_into=third)} == {first.pk, second.pk}

    def test_not_into_itself_nor_into_what_has_ended(self, found: Any, township: Person) -> None:
        one, ended, held = found(), found(), found(door="public")
        actions.close(ended.pk, by=township, how="otherwise", grounds="x")
        with pytest.raises(Invalid):
            actions.merge(one.pk, by=township, into=one.pk)
        for into in (ended, held):
            with pytest.raises(Conflict) as refused:
                actions.merge(one.pk, by=township, into=into.pk)
            assert refused.value.current["id"] == into.pk

    def test_not_by_the_village_nor_into_what_one_does_not_see(
        self, found: Any, village: Person, township: Person
    ) -> None:
        one, other = found(), found()
        with pytest.raises(Forbidden):
            actions.merge(one.pk, by=village, into=other.pk)
        elsewhere = found(code=NEIGHBOUR)
        with pytest.raises(NotFound):
            actions.merge(one.pk, by=township, into=elsewhere.pk)


class TestPeopleAtRisk:
    def test_the_most_people_first_with_whom_to_call(self, found: Any, township: Person, village: Person) -> None:
        few, many = found(people_at_risk=3), found(people_at_risk=80)
        found(people_at_risk=0)
        lines = tickets.people_at_risk(tickets.hazards_visible_to(township))
        assert [line["hazard"].pk for line in lines] == [many.pk, few.pk]
        assert (lines[0]["people"], lines[0]["keeper"].id, lines[0]["phone"]) == (80, village.pk, village.phone)

    def test_a_warning_has_them_looked_at_again(self, found: Any, ticket: Any, village: Person) -> None:
        inside, over = found(), ticket("closed")
        elsewhere = found(code=NEIGHBOUR)
        rows = tickets.open_within(None, [inside.unit.path])
        assert {row.pk for row in rows} == {inside.pk}
        told = order_reinspections(
            [inside.pk, over.pk], by=SYSTEM, reason={"zh": "暴雨红色预警。", "en": "Red rainstorm warning."}
        )
        assert [row.pk for row in told] == [inside.pk]
        assert Event.objects.filter(verb="hazard.reinspection_ordered").count() == 1
        message = Message.objects.get(code="hazard.look_again", person=village)
        assert message.alarm
        assert message.data["people"] == 12
        assert elsewhere.pk not in {row.pk for row in told}
