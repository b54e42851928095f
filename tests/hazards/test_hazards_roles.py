"""Three roles, grading on the same day, three signatures, criteria and risk grades, the same elsewhere."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from hazards import actions
from hazards.models import ClosureSignature, Criterion, Elsewhere, Hazard, Route
from hazards.rules.classes import size_word
from hazards.rules.words import Kind
from hazards.selectors import signatures, tickets
from hazards.selectors.routing import placed
from norms.models import Number
from norms.rules import deadlines
from notify.models import Message
from org.models import Person, Unit
from tests.support.hazards import COUNTY, NEIGHBOUR, TOWN, VILLAGE, WATER, fresh, holder, point_in
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
FIRE = "331126D04"


def all_sign() -> None:
    Number.objects.filter(code="signatures_general").update(value=3)


class TestRoles:
    @pytest.mark.parametrize(
        ("kind", "owner", "regulator"),
        [("reservoir", VILLAGE, WATER), ("timber_houses", VILLAGE, FIRE), ("bridge_road", "331126D07", "331126D07"),
         ("heritage", TOWN, "331126D16"), ("dust_explosion", TOWN, "331126D01"), ("other", VILLAGE, None)],
    )  # fmt: skip
    def test_a_new_hazard_has_its_rectifier_its_ground_and_its_department(
        self, kind: str, owner: str, regulator: str | None
    ) -> None:
        found = placed(*point_in(VILLAGE), kind)
        assert (found.unit.code, found.owner.code) == (VILLAGE, owner)
        assert (found.regulator.code if found.regulator else None) == regulator

    def test_every_kind_but_other_has_a_department_that_watches_over_it(self) -> None:
        assert set(Route.objects.filter(role="regulator").values_list("kind", flat=True)) == set(Kind.values) - {
            "other"
        }

    def test_the_department_sees_what_it_watches_over_and_another_does_not(self, found: Callable[..., Hazard]) -> None:
        hazard = found("reservoir")
        assert tickets.hazards_visible_to(holder(WATER, "department_head")).filter(pk=hazard.pk).exists()
        assert not tickets.hazards_visible_to(holder("331126D09", "department_head")).filter(pk=hazard.pk).exists()

    def test_an_older_ticket_keeps_its_rectifier_and_gets_its_department(self, found: Callable[..., Hazard]) -> None:
        pond, bridge = found("reservoir"), found("bridge_road")
        Hazard.objects.update(regulator=None)
        Hazard.objects.filter(pk=pond.pk).update(owner=Unit.objects.get(code=WATER))
        import_module("hazards.migrations.0012_three_roles_and_signatures").name_departments(apps, None)
        assert (fresh(pond).owner.code, fresh(pond).regulator.code) == (WATER, WATER)
        assert fresh(bridge).regulator.code == "331126D07"

    def test_whoever_verifies_names_another_department_and_whose_it_is(
        self, found: Callable[..., Hazard], township: Person, village: Person
    ) -> None:
        hazard = found("reservoir")
        actions.assign_roles(hazard.pk, by=township, regulator=FIRE, principal="某竹木加工厂")
        assert (fresh(hazard).regulator.code, fresh(hazard).principal) == (FIRE, "某竹木加工厂")
        with pytest.raises(Forbidden):
            actions.assign_roles(hazard.pk, by=village, regulator=FIRE)
        with pytest.raises(Invalid):
            actions.assign_roles(hazard.pk, by=township, regulator=TOWN)


class TestTheSameDay:
    def test_people_threatened_are_registered_and_graded_on_the_same_day_and_it_says_why(
        self, found: Callable[..., Hazard], village: Person, at_time: Callable[[str], Any]
    ) -> None:
        at_time("2027-03-05 09:00")
        hazard = found(people_at_risk=25)
        actions.register(hazard.pk, by=village)
        row = hazard.deadlines.get(what="grade", ended_at=None)
        assert (deadlines.day_of(row.due_at).isoformat(), row.rule) == ("2027-03-05", "threatened")
        assert "25" in deadlines.say(row.why)
        assert {one.rule for one in hazard.deadlines.all()} == {"threatened"}

    def test_people_found_to_be_threatened_only_when_it_is_registered_count_too(
        self, found: Callable[..., Hazard], village: Person
    ) -> None:
        hazard = found(people_at_risk=0)
        assert hazard.deadlines.get().rule == "register"
        actions.register(hazard.pk, by=village, people_at_risk=3)
        assert hazard.deadlines.get(what="grade").rule == "threatened"

    def test_where_nobody_is_threatened_the_working_days_stay(
        self, found: Callable[..., Hazard], village: Person
    ) -> None:
        hazard = found(people_at_risk=0)
        actions.register(hazard.pk, by=village)
        assert hazard.deadlines.get(what="grade").rule == "grade"


class TestSignatures:
    def test_a_county_that_wants_three_closes_only_when_all_three_sides_have_signed(
        self, ticket: Callable[..., Hazard], village: Person, township: Person
    ) -> None:
        all_sign()
        hazard = ticket("inspected")
        with pytest.raises(Conflict) as refused:
            actions.close(hazard.pk, by=township)
        assert refused.value.code == "unsigned"
        actions.sign_closure(hazard.pk, by=village, role="owner")
        actions.sign_closure(hazard.pk, by=township, role="territory")
        assert signatures.lacking(fresh(hazard)) == ["regulator"]
        actions.sign_closure(hazard.pk, by=holder(FIRE, "department_duty"), role="regulator", note="现场核查")
        actions.close(hazard.pk, by=township)
        assert fresh(hazard).status == "closed"

    def test_nobody_signs_for_two_sides_twice_for_one_for_another_s_or_too_early(
        self, ticket: Callable[..., Hazard], village: Person, township: Person, officer: Person
    ) -> None:
        all_sign()
        hazard = ticket("inspected")
        with pytest.raises(Forbidden):
            actions.sign_closure(hazard.pk, by=village, role="territory")
        with pytest.raises(Forbidden):
            actions.sign_closure(hazard.pk, by=village, role="regulator")
        actions.sign_closure(hazard.pk, by=officer, role="territory")
        with pytest.raises(Forbidden):
            actions.sign_closure(hazard.pk, by=officer, role="regulator")
        with pytest.raises(Conflict):
            actions.sign_closure(hazard.pk, by=township, role="territory")
        with pytest.raises(Invalid):
            actions.sign_closure(hazard.pk, by=township, role="x")
        with pytest.raises(Conflict):
            actions.sign_closure(ticket("rectifying").pk, by=village, role="owner")
        assert ClosureSignature.objects.count() == 1

    def test_what_is_inspected_anew_is_signed_anew(self, ticket: Callable[..., Hazard], village: Person) -> None:
        all_sign()
        hazard = ticket("inspected")
        actions.sign_closure(hazard.pk, by=village, role="owner")
        Hazard.objects.filter(pk=hazard.pk).update(status="submitted")
        actions.inspect(hazard.pk, by=holder(COUNTY, "county_duty_officer"))
        assert signatures.lacking(fresh(hazard)) == ["owner", "territory", "regulator"]

    def test_a_major_one_needs_three_and_a_general_one_none_until_the_county_says_so(
        self, ticket: Callable[..., Hazard]
    ) -> None:
        hazard = ticket("graded")
        assert signatures.needed(hazard) == []
        hazard.grade = "major"
        assert signatures.needed(hazard) == ["owner", "territory", "regulator"]
        hazard.regulator_id = None
        assert signatures.needed(hazard) == ["owner", "territory"], "no department, no third signature"

    def test_the_page_offers_to_sign_and_shows_who_has_not(
        self, ticket: Callable[..., Hazard], browse: Callable[..., Client], village: Person, township: Person
    ) -> None:
        all_sign()
        hazard = ticket("inspected")
        client = browse(village)
        page = client.get(f"/hazards/{hazard.pk}/")
        assert "sign" in page.context["possible"]
        assert "close" not in browse(township).get(f"/hazards/{hazard.pk}/").context["possible"]
        assert client.post(f"/hazards/{hazard.pk}/acts/sign/", {"role": "owner"}).status_code == 302
        assert client.get(f"/hazards/{hazard.pk}/").context["lacking"] != page.context["lacking"]

    def test_the_api_signs_and_tells_what_is_missing(
        self, ticket: Callable[..., Hazard], api: Callable[..., Any], village: Person
    ) -> None:
        all_sign()
        hazard = ticket("inspected")
        body = api(village).post(f"/api/v1/hazards/{hazard.pk}/sign/", {"role": "owner"}, format="json").json()
        assert [one["role"] for one in body["signatures"]] == ["owner"]
        assert body["signatures_lacking"] == ["territory", "regulator"]


class TestJudging:
    def test_a_risk_grade_belongs_to_its_kind(
        self, found: Callable[..., Hazard], village: Person, township: Person
    ) -> None:
        hazard = found("timber_houses")
        actions.register(hazard.pk, by=village)
        with pytest.raises(Invalid):
            actions.grade(hazard.pk, by=township, grade="general", grounds="x", risk="high")
        criterion = Criterion.objects.get(kind="timber_houses")
        wrong = Criterion.objects.get(kind="mine")
        with pytest.raises(Invalid):
            actions.grade(hazard.pk, by=township, grade="general", grounds="x", criterion=wrong.pk)
        actions.grade(hazard.pk, by=township, grade="general", grounds="x", risk="D", criterion=criterion.pk)
        assert (fresh(hazard).risk, fresh(hazard).criterion) == ("D", criterion)

    def test_a_standard_is_named_and_its_wording_left_to_the_county(self) -> None:
        assert Criterion.objects.exists()
        assert not Criterion.objects.exclude(text="").exists()
        assert not Criterion.objects.filter(source="").exists()

    @pytest.mark.parametrize(("people", "same_as"), [(999, 500), (100, 499), (0, 99)])
    def test_a_geological_point_has_a_size_by_its_people(self, people: int, same_as: int) -> None:
        assert size_word("geological_point", people) == size_word("geological_point", same_as)
        assert size_word("geological_point", 1000) != size_word("geological_point", 999)
        assert size_word("gas", 1000) == ""

    def test_the_plan_says_where_the_money_comes_from(
        self, ticket: Callable[..., Hazard], planned: Callable[..., dict[str, Any]], village: Person
    ) -> None:
        hazard = ticket("graded")
        with pytest.raises(Invalid):
            actions.plan(hazard.pk, by=village, **planned(fund_source="x"))
        assert actions.plan(hazard.pk, by=village, **planned(fund_source="village")).fund_source == "village"


class TestElsewhere:
    def test_one_act_sends_townships_to_look_and_tells_their_stations(
        self, found: Callable[..., Hazard], officer: Person, township: Person
    ) -> None:
        hazard = found()
        made = actions.look_elsewhere(hazard.pk, by=officer, units=[TOWN, NEIGHBOUR[:9]])
        assert [row.unit.code for row in made] == sorted([TOWN, NEIGHBOUR[:9]])
        assert Message.objects.filter(code="hazard.look_elsewhere", person=township).exists()
        with pytest.raises(Conflict):
            actions.look_elsewhere(hazard.pk, by=officer, units=[TOWN])

    def test_only_the_actor_s_own_townships_can_be_sent(self, found: Callable[..., Hazard], township: Person) -> None:
        for units in ([NEIGHBOUR[:9]], [VILLAGE], [COUNTY], [], ["nonsense"]):
            with pytest.raises(Invalid):
                actions.look_elsewhere(found().pk, by=township, units=units)

    def test_the_township_says_once_what_it_looked_at_and_found(
        self, found: Callable[..., Hazard], officer: Person, township: Person, village: Person
    ) -> None:
        (row,) = actions.look_elsewhere(found().pk, by=officer, units=[TOWN])
        with pytest.raises(NotFound):
            actions.done_elsewhere(row.pk, by=holder("331126D09", "department_head"), looked_at=1, found=0)
        with pytest.raises(Invalid):
            actions.done_elsewhere(row.pk, by=township, looked_at=3, found=4)
        actions.done_elsewhere(row.pk, by=township, looked_at=12, found=2)
        with pytest.raises(Conflict):
            actions.done_elsewhere(row.pk, by=township, looked_at=12, found=2)
        assert Elsewhere.objects.get().found == 2

    def test_the_page_sends_and_answers(
        self, found: Callable[..., Hazard], browse: Callable[..., Client], officer: Person, township: Person
    ) -> None:
        hazard = found()
        assert browse(officer).post(f"/hazards/{hazard.pk}/acts/elsewhere/", {"units": [TOWN]}).status_code == 302
        row = Elsewhere.objects.get()
        client = browse(township)
        assert f"/hazards/elsewhere/{row.pk}/" in client.get(f"/hazards/{hazard.pk}/").content.decode()
        posted = client.post(f"/hazards/elsewhere/{row.pk}/", {"looked_at": 4, "found": 1, "note": ""})
        assert posted.status_code == 302
        assert Elsewhere.objects.get().done_by == township
