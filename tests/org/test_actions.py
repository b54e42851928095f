"""The actions of the register: who may, what is refused, what is told."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from journal.models import Event
from org import actions
from org.models import Appointment, Person, Post, Responsibility, Unit
from org.rules import announce
from org.selectors.register import held_now
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def jushui(db: None) -> Unit:
    return Unit.objects.get(code="331126206")


@pytest.fixture
def village_unit(db: None) -> Unit:
    return Unit.objects.get(code="331126206217")


def post(code: str) -> Post:
    return Post.objects.get(code=code)


def newest() -> Event:
    return Event.objects.latest("seq")


def test_a_unit_is_created_under_the_one_its_code_names(admin: Person, jushui: Unit) -> None:
    unit = actions.create_unit(code="331126206299", name="新设村", name_en="Xinshe Village", population=12, by=admin)
    assert (unit.parent_id, unit.path, unit.level, unit.population) == (jushui.pk, "33.11.26.206.299", "village", 12)
    assert (newest().verb, newest().subject, newest().by) == (
        "org.unit_created",
        f"unit:{unit.pk}",
        f"person:{admin.pk}",
    )


@pytest.mark.parametrize(
    ("code", "name", "error", "field"),
    [
        ("12", "x", Invalid, "code"),
        ("331126888001", "x", Invalid, "code"),
        ("331126206299", " ", Invalid, "name"),
        ("331126206200", "x", Conflict, None),
    ],
)
def test_a_unit_that_cannot_be_is_refused(admin: Person, code: str, name: str, error: Any, field: str | None) -> None:
    before = Unit.objects.count(), Event.objects.count()
    with pytest.raises(error) as refused:
        actions.create_unit(code=code, name=name, by=admin)
    assert (Unit.objects.count(), Event.objects.count()) == before
    assert field is None or field in refused.value.fields


def test_a_unit_is_changed_but_never_moved(admin: Person, jushui: Unit) -> None:
    actions.update_unit(jushui, by=admin, phone="0578-0000001", name_en="Jushui")
    jushui.refresh_from_db()
    assert (jushui.phone, jushui.name_en, newest().data["changed"]) == ("0578-0000001", "Jushui", ["name_en", "phone"])
    with pytest.raises(Invalid) as refused:
        actions.update_unit(jushui, by=admin, code="331126999")
    assert "code" in refused.value.fields


def test_a_unit_in_use_is_not_taken_out_of_use(admin: Person, jushui: Unit, village_unit: Unit) -> None:
    with pytest.raises(Conflict) as refused:
        actions.deactivate_unit(jushui, by=admin)
    assert refused.value.current["units"] == 13, "six villages, their five natural villages and two grids"
    with pytest.raises(Conflict):
        actions.deactivate_unit(village_unit, by=admin)
    spare = actions.create_unit(code="331126206299", name="空村", by=admin)
    assert not actions.deactivate_unit(spare, by=admin).active


def test_the_townships_keeper_keeps_the_township_and_nothing_else(township: Person, village_unit: Unit) -> None:
    actions.update_unit(village_unit, by=township, phone="0578-0000002")
    with pytest.raises(NotFound):
        actions.update_unit(Unit.objects.get(code="331126101201"), by=township, phone="")
    with pytest.raises(NotFound):
        actions.create_unit(code="331126101999", name="x", by=township)


def test_whoever_sees_a_unit_without_keeping_it_is_forbidden(village: Person, officer: Person, jushui: Unit) -> None:
    with pytest.raises(Forbidden):
        actions.update_unit(jushui, by=officer, phone="")
    with pytest.raises(Forbidden):
        actions.update_unit(Unit.objects.get(code="331126206200"), by=village, phone="")


def test_somebody_is_registered_with_a_checked_number(admin: Person, jushui: Unit) -> None:
    made = actions.register_person(username="new", name="新人", phone="199 0009 0009", unit=jushui, by=admin)
    assert (made.phone, made.has_usable_password()) == ("19900090009", False)
    assert (newest().verb, newest().data["person"], newest().unit_path) == (
        "org.person_registered",
        made.pk,
        jushui.path,
    )
    with pytest.raises(Conflict):
        actions.register_person(username="new", name="又一人", unit=jushui, by=admin)
    with pytest.raises(Invalid) as refused:
        actions.register_person(username="bad", name="坏号", phone="12", unit=jushui, by=admin)
    assert list(refused.value.fields) == ["phone"]


def test_a_new_number_is_unconfirmed_until_it_is_rung(admin: Person, village: Person) -> None:
    actions.change_phone(village, phone="199-0009-0001", by=admin)
    village.refresh_from_db()
    assert (village.phone, village.phone_confirmed_at) == ("19900090001", None)
    assert (newest().verb, newest().data["person"]) == ("org.phone_changed", village.pk)
    assert "19900090001" not in str(newest().data)
    actions.confirm_phone(village, by=admin)
    village.refresh_from_db()
    assert village.phone_confirmed_at is not None
    assert newest().verb == "org.phone_confirmed"


def test_the_same_number_again_changes_nothing(admin: Person, village: Person) -> None:
    before = Event.objects.count()
    actions.change_phone(village, phone=f"+86{village.phone}", by=admin)
    assert Event.objects.count() == before


def test_one_may_change_ones_own_number_and_the_duty_desk_anybodys(
    village: Person, officer: Person, township: Person
) -> None:
    actions.change_phone(village, phone="19900090001", by=village)
    actions.confirm_phone(village, by=officer)
    with pytest.raises(NotFound):
        actions.change_phone(officer, phone="19900090002", by=village)
    with pytest.raises(NotFound):
        actions.change_phone(officer, phone="19900090002", by=township)


def test_a_keeper_does_not_touch_an_administrator(admin: Person, jushui: Unit, township: Person) -> None:
    actions.appoint(person=admin, post=post("township_duty"), unit=jushui, role="B", by=admin)
    with pytest.raises(Forbidden):
        actions.update_person(admin, name="改", by=township)
    with pytest.raises(Forbidden):
        actions.deactivate_person(admin, by=township)


def test_powers_cannot_be_written_through_update_person(admin: Person, village: Person) -> None:
    with pytest.raises(Invalid):
        actions.update_person(village, is_superuser=True, by=admin)
    village.refresh_from_db()
    assert not village.is_superuser


def test_leaving_the_register_ends_every_post_and_shuts_the_account(
    admin: Person, village: Person, browse: Callable
) -> None:
    client = browse(village)
    posts = held_now(Appointment.objects.filter(person=village)).count()
    assert posts == 2
    actions.deactivate_person(village, by=admin)
    village.refresh_from_db()
    assert not village.is_active
    assert not held_now(Appointment.objects.filter(person=village)).exists()
    sentences = list(
        Event.objects.filter(subject=f"person:{village.pk}").order_by("seq").values_list("verb", flat=True)
    )
    assert sentences == ["org.appointment_ended"] * posts + ["org.person_deactivated"]
    assert client.get("/register/").status_code == 302


def test_nobody_takes_themselves_off_the_register(admin: Person) -> None:
    with pytest.raises(Forbidden):
        actions.deactivate_person(admin, by=admin)


def test_an_appointment_opens_sight_at_once_and_its_end_closes_it(admin: Person, jushui: Unit) -> None:
    made = actions.register_person(username="new", name="新人", unit=jushui, by=admin)
    held = actions.appoint(person=made, post=post("township_duty"), unit=jushui, role="B", by=admin)
    assert (newest().verb, newest().data["person"], newest().data["role"]) == ("org.appointed", made.pk, "B")
    assert Unit.objects.filter(path="33.11.26.206.200").filter(_sight(made)).exists()
    actions.end_appointment(held, by=admin)
    assert (newest().verb, newest().data["person"]) == ("org.appointment_ended", made.pk)
    assert not Unit.objects.filter(_sight(made)).exists()


def _sight(person: Person) -> Any:
    from org.selectors.jurisdiction import visible_to

    return visible_to(Person.objects.get(pk=person.pk), "path")


def test_an_appointment_in_the_future_counts_from_its_day(admin: Person, jushui: Unit, clock: Any) -> None:
    made = actions.register_person(username="new", name="新人", unit=jushui, by=admin)
    start = clock.now() + dt.timedelta(hours=2)
    actions.appoint(person=made, post=post("township_duty"), unit=jushui, valid_from=start, by=admin)
    assert not held_now(made.appointments.all()).exists()
    clock.travel(hours=2, minutes=1)
    assert held_now(made.appointments.all()).exists()


def test_the_end_of_a_span_is_no_longer_part_of_it(admin: Person, jushui: Unit, clock: Any) -> None:
    made = actions.register_person(username="new", name="新人", unit=jushui, by=admin)
    end = clock.now() + dt.timedelta(hours=1)
    actions.appoint(person=made, post=post("township_duty"), unit=jushui, valid_to=end, by=admin)
    assert held_now(made.appointments.all()).exists()
    clock.travel(hours=1)
    assert not held_now(made.appointments.all()).exists()


@pytest.mark.parametrize(("code", "role", "field"), [("village_head", "A", "post"), ("township_duty", "C", "role")])
def test_an_appointment_that_cannot_be_is_refused(
    admin: Person, jushui: Unit, code: str, role: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.appoint(person=admin, post=post(code), unit=jushui, role=role, by=admin)
    assert list(refused.value.fields) == [field]


def test_a_post_is_held_once_by_one_person(admin: Person, township: Person, jushui: Unit) -> None:
    with pytest.raises(Conflict):
        actions.appoint(person=township, post=post("township_station"), unit=jushui, by=admin)


def test_what_has_ended_does_not_end_again(admin: Person, township: Person) -> None:
    held = township.appointments.get(role="A")
    actions.end_appointment(held, by=admin)
    with pytest.raises(Conflict):
        actions.end_appointment(held, by=admin)


def test_a_keeper_cannot_appoint_above_themselves(township: Person) -> None:
    county = Unit.objects.get(code="331126")
    with pytest.raises(NotFound):
        actions.appoint(person=township, post=post("magistrate"), unit=county, by=township)


def test_the_register_of_responsibility_keeps_one_entry_a_site(
    admin: Person, village: Person, village_unit: Unit
) -> None:
    for lead in (village, admin):
        actions.set_responsibility(unit=village_unit, hazard_kind="cut_slope", site="屋后", lead=lead, by=admin)
    assert Responsibility.objects.get(unit=village_unit, hazard_kind="cut_slope", site="屋后").lead == admin
    assert newest().verb == "org.responsibility_set"
    with pytest.raises(Invalid):
        actions.set_responsibility(unit=village_unit, hazard_kind="cut_slope", lead=admin, deputy=admin, by=admin)
    with pytest.raises(Invalid):
        actions.set_responsibility(unit=village_unit, hazard_kind="Cut slope!", by=admin)


def test_without_a_listener_nothing_changes(admin: Person, jushui: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "registered", None)
    with pytest.raises(RuntimeError, match="announcer"):
        actions.update_unit(jushui, by=admin, phone="0578-0000009")
    jushui.refresh_from_db()
    assert jushui.phone != "0578-0000009"


def test_a_failed_announcement_takes_the_change_with_it(
    admin: Person, jushui: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise DatabaseError("journal unavailable")

    monkeypatch.setattr(announce, "registered", fail)
    with pytest.raises(DatabaseError), transaction.atomic():
        actions.create_unit(code="331126206299", name="新设村", by=admin)
    assert not Unit.objects.filter(code="331126206299").exists()


def test_every_verb_of_org_has_a_sentence_in_both_languages() -> None:
    from journal.sentences import VERBS
    from org import sentences

    named = {value for name, value in vars(sentences).items() if name.isupper() and isinstance(value, str)}
    assert named == set(sentences.SENTENCES)
    assert named <= set(VERBS)
