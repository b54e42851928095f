"""The posts of a county: official names, optional ones, and what becomes of those of an older database."""

from importlib import import_module

import pytest
from django.apps import apps

from duty.selectors.fanout import lines_for
from org.actions import end_appointment
from org.models import Appointment, Person, Post, Unit
from org.selectors.register import held_now, holders, vacancies

pytestmark = pytest.mark.django_db

CALLED = {
    "village_head": "村（社区）党组织书记（主任）",
    "township_party_secretary": "乡镇党委书记（街道党工委书记）",
    "township_head": "乡镇长（街道办事处主任）",
    "township_deputy": "分管应急消防的副书记（副乡镇长）",
    "command_office_director": "县防指（专项指挥部）办公室主任",
    "geological_watch": "地质灾害群测群防员",
}


def migrate() -> None:
    import_module("org.migrations.0006_posts_of_a_county").bring_up_to_date(apps, None)


def test_the_posts_have_their_official_names() -> None:
    assert dict(Post.objects.filter(code__in=CALLED).values_list("code", "name")) == CALLED


def test_an_older_database_gets_the_new_names_and_the_posts_that_it_lacks() -> None:
    Post.objects.filter(code="village_head").update(name="村（社区）主任", name_en="Village Head")
    Post.objects.filter(code="militia_leader").delete()
    migrate()
    assert Post.objects.get(code="village_head").name == CALLED["village_head"]
    assert Post.objects.get(code="militia_leader").optional
    migrate()


def test_a_name_that_the_county_chose_itself_stays() -> None:
    Post.objects.filter(code="village_head").update(name="村支书", capabilities=["view"])
    migrate()
    post = Post.objects.get(code="village_head")
    assert (post.name, post.capabilities) == ("村支书", ["view"])


def test_an_optional_post_that_nobody_holds_is_no_vacancy_and_asks_nobody() -> None:
    village, post = Unit.objects.get(code="331126206218"), Post.objects.get(code="headteacher")
    assert lines_for([village], [post]) == []
    assert holders(Unit.objects.filter(pk=village.pk), ["headteacher"]) == []
    assert "headteacher" not in {row.post_code for row in vacancies("33.11.26")}


def test_a_post_that_every_unit_has_is_a_vacancy_once_its_people_are_gone(admin: Person) -> None:
    for row in held_now(Appointment.objects.filter(unit__code="331126D14", post__code="department_liaison")):
        end_appointment(row, by=admin)
    assert [(row.unit_code, row.post_code) for row in vacancies("33.11.26.D14")] == [
        ("331126D14", "department_liaison")
    ]


def test_each_department_has_a_head_a_liaison_and_somebody_on_duty() -> None:
    rows = holders(Unit.objects.filter(level="department"))
    posts = {"department_head", "department_liaison", "department_duty"}
    assert {row.post_code for row in rows} == posts
    assert len(rows) == 3 * 28
    assert all(row.person_id for row in rows)
