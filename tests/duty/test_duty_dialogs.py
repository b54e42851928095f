"""Dialogs of duty name the shift they are about and start from what is usual; an open gap is told above who is on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from duty import actions
from duty.models import Shift
from org.models import Person

pytestmark = pytest.mark.django_db

TOWN = "331126206"
Browse = Callable[..., Client]
Make = Callable[..., Shift]


def _text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_many_posts_are_assigned_on_every_weekday_unless_some_are_unticked(browse: Browse, township: Person) -> None:
    page = _text(browse(township), f"/duty/units/{TOWN}/2027-03/bulk/")
    boxes = re.findall(r'<input type="checkbox" name="weekdays"[^>]*>', page)
    assert len(boxes) == 7
    assert all("checked" in box for box in boxes)


def test_moving_replacing_and_calling_off_name_the_shift(
    browse: Browse, township: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    shift = shift_of("2027-03-03")
    slot = shift.slots.get(post="main")
    for address in (f"shifts/{shift.pk}/move/", f"shifts/{shift.pk}/call-off/", f"slots/{slot.pk}/instead/"):
        page = _text(browse(township), f"/duty/{address}")
        assert "2027-03-03 08:30 – 03-04 08:30" in page, address


def test_asking_for_and_taking_a_swap_name_post_and_time(
    browse: Browse, people: list[Person], shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    slot = shift_of("2027-03-03").slots.get(post="main")
    asker = slot.person
    words = "main officer · 2027-03-03 08:30 – 03-04 08:30"
    assert words in _text(browse(asker), f"/duty/slots/{slot.pk}/swap/")
    swap = actions.request_swap(by=asker, slot_id=slot.pk, reason="a wedding")
    taker = next(one for one in people if not one.duty_slots.filter(shift=slot.shift_id).exists())
    assert words in _text(browse(taker), f"/duty/swaps/{swap.pk}/take/")


def test_no_unit_is_checked_by_mere_haste(browse: Browse, officer: Person) -> None:
    answer = browse(officer).post("/duty/spot-checks/start/", {"unit": "", "post": "main", "method": "phone"})
    assert answer.status_code == 400
    assert "This field is required" in answer.content.decode()


def test_somebody_out_of_reach_is_told_on_top_of_who_is_on(
    browse: Browse, officer: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-03 09:00")
    shift = shift_of("2027-03-03")
    absent = shift.slots.select_related("person").get(post="main").person
    assert "gap-alarms" not in _text(browse(officer), "/duty/today/")
    actions.report_unreachable(by=officer, unit=TOWN, post="main")
    page = _text(browse(officer), "/duty/today/")
    alarm = page[page.index("gap-alarms") : page.index("today-wrap")]
    assert absent.label in alarm
    assert "unreachable" in alarm


def test_posts_that_a_shift_lacks_are_listed_as_the_language_does(
    browse: Browse, township: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    shift = shift_of("2027-03-03", published=False)
    shift.slots.exclude(post="leader").delete()
    page = _text(browse(township), f"/duty/units/{TOWN}/2027-03/publish/")
    assert "lacks: main officer, deputy officer." in page


def test_a_month_lists_the_posts_that_nobody_holds_as_the_language_does() -> None:
    """What ``_month.html`` says of hours for which some posts alone are held."""
    page = Template("{% load duty_ui %}{{ posts|listed }}")
    for language, said in (("en", "a, b"), ("zh-hans", "a、b")):
        with override(language):
            assert page.render(Context({"posts": ["a", "b"]})) == said
