"""An orange or red warning over open hazards has them looked at again, once."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from command.models import Order
from early_warning.actions import receive
from early_warning.actions.hazard_watch import look_again
from early_warning.selectors.hazard_watch import at_risk
from hazards.actions import assign_leader
from journal.actions.relays import run_pending
from journal.models import Event
from journal.sentences import say
from notify.models import Message
from tests.early_warning.messages import area, box, info, message, update
from tests.hazards import conftest as hazards
from tests.support.hazards import NEIGHBOUR, VILLAGE, holder

found, planned, ticket = hazards.found, hazards.planned, hazards.ticket

ORDERED = "hazard.reinspection_ordered"


def ordered() -> list[str]:
    return list(Event.objects.filter(verb=ORDERED).order_by("seq").values_list("subject", flat=True))


def warn(feed, body: bytes):
    warning = receive(body, by=feed).warning
    run_pending()
    return warning


def test_it_orders_the_owners_and_says_so_on_the_ticket(feed, found, ticket, village):
    inside, ended, elsewhere = found(), ticket("closed"), found(code=NEIGHBOUR)
    warning = warn(feed, message())
    assert warning.colour == "orange"
    assert ordered() == [f"hazard:{inside.pk}"]
    assert elsewhere.unit.code != inside.unit.code
    assert ended.status == "closed"
    order = Order.objects.get()
    assert (order.colour, order.unit.code) == ("orange", "331126")
    assert inside.ref in order.text
    assert (order.issued_by, order.rule["code"]) == (None, "early_warning.look_again"), "in nobody's name"
    issued = Event.objects.get(verb="order.issued")
    assert (issued.by, issued.by_name) == ("system", "")
    for language, said in (("zh-hans", "系统按规则自动下达指令"), ("en", "the system, by rule, issued order")):
        with override(language):
            assert say(issued.verb, issued.by_name, issued.data, issued.card).startswith(said)
    reason = Event.objects.get(verb=ORDERED)
    assert (reason.by, reason.data["rule"]["code"]) == ("system", "early_warning.look_again")
    assert list(order.assignments.values_list("unit__code", "person")) == [(VILLAGE, village.pk)]
    told = Event.objects.get(verb=ORDERED)
    assert warning.ref in told.data["reason"]["en"]
    assert told.cause == Event.objects.get(verb="warning.received").seq


def test_the_named_leader_is_told_beside_the_order(feed, found, township, officer):
    hazard = found()
    leader = holder("331126206", "township_head")
    assign_leader(hazard.pk, by=township, person=leader.pk)
    warn(feed, message())
    assert Message.objects.filter(person=leader, code="hazard.look_again", alarm=True).count() == 1


def test_an_update_orders_only_what_it_adds(feed, found):
    first = found()
    warn(feed, message())
    second = found()
    newer = warn(feed, update())
    assert newer.ref
    assert ordered() == [f"hazard:{first.pk}", f"hazard:{second.pk}"]
    assert Order.objects.count() == 2
    event = Event.objects.filter(verb="warning.received").latest("seq")
    assert look_again(newer, cause=event.seq) == []


@pytest.mark.parametrize(
    "changed", [{"status": "Test"}, {"infos": info(severity="Minor", headline="蓝色预警", event="暴雨")}]
)
def test_a_test_or_a_blue_one_orders_nothing(feed, found, changed):
    found()
    warning = warn(feed, message(**changed))
    assert warning.test or warning.colour not in ("red", "orange")
    assert ordered() == []
    assert not Order.objects.exists()


def test_a_drawn_area_takes_only_what_lies_in_it(feed, found):
    hazard = found()
    x, y = hazard.point.x, hazard.point.y
    away = box(x + 0.2, y + 0.2, x + 0.21, y + 0.21)
    near = box(x - 0.001, y - 0.001, x + 0.001, y + 0.001)
    warn(feed, message(info(area(polygon=away))))
    assert ordered() == []
    warn(feed, message(info(area(polygon=near)), identifier="test-9"))
    assert ordered() == [f"hazard:{hazard.pk}"]


def test_the_page_lists_the_people_at_risk_that_its_reader_sees(feed, found, officer, client):
    hazard = found(people_at_risk=37)
    warning = warn(feed, message())
    assert at_risk(warning, officer)["people"] == 37
    assert at_risk(warning, holder(NEIGHBOUR, "township_station"))["hazards"] == 0
    client.force_login(officer, backend="emergency.authentication.sessions.PeopleBackend")
    page = client.get(f"/warnings/{warning.pk}/").content.decode()
    assert f'href="/hazards/{hazard.pk}/"' in page
    assert hazard.ref in page


def test_an_order_by_rule_shows_the_system_and_the_rule_and_no_leader(feed, found, officer, village, browse, api):
    found()
    warn(feed, message())
    order = Order.objects.get()
    director = holder("331126", "command_office_director")
    page = browse(officer).get(f"/orders/{order.pk}/").content.decode()
    assert "the system, by rule" in page
    assert "not approved yet" in page
    phone = browse(village).get(f"/orders/mine/{order.assignments.get().pk}/").content.decode()
    assert "the system, by rule" in phone
    for text in (page.split("order-head-side")[0], phone):
        assert director.name not in text
        assert (director.name_en or director.name) not in text
    shown = api(officer).get(f"/api/v1/orders/{order.pk}/").json()
    assert shown["issued_by"] is None
    assert shown["rule"]["text"]["zh"].startswith("发布橙色、红色预警")
    assert "the system, by rule" in browse(officer).get(f"/orders/{order.pk}/print/").content.decode()
