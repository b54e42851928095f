"""Incidents and orders in a real browser: composing, the live tree, acts in dialogs, drafts, and every page's looks."""

from __future__ import annotations

import re

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from playwright.sync_api import expect

from command import actions
from command.models import Assignment, Incident, Order
from org.models import Person, Unit

pytestmark = pytest.mark.browser

LONG = "立即组织转移滑坡隐患点下方、溪边低洼处和老旧土木房屋内的全部群众，逐户敲门核实，" * 5


def person(username):
    return Person.objects.get(username=username)


@pytest.fixture(autouse=True)
def _nothing_else_is_asked(server):
    """The server is the module's: what an earlier test ordered is called off first."""
    for order in Order.objects.filter(status="in_force"):
        actions.call_off(order.pk, by=order.issued_by, reason="下一项测试")


def flood(**more):
    values = {"title": "举水乡山洪", "category": "natural_disaster", "unit": "331126", "grade": "III", **more}
    return actions.open_incident(by=person("officer"), **values)


def order_to(*units, incident=None, text="转移低洼处群众", ladder="orange"):
    return actions.issue_order(
        by=person("officer"), incident_id=incident.pk if incident else None, text=text, units=units, descendants=True,
        ladder=ladder,
    )  # fmt: skip


def assignment_of(order, username):
    return Assignment.objects.get(order=order, person__username=username)


def test_an_order_reaches_the_phone_and_its_answer_changes_the_desk_without_a_reload(server, sign_in):
    incident = flood()
    desk = sign_in(server, "officer")
    phone = sign_in(server, "village", width=360, height=740)
    phone.goto("/orders/mine/")
    expect(phone.get_by_text("Nothing for you right now")).to_be_visible()

    desk.goto(f"/orders/new/?incident={incident.pk}")
    desk.get_by_label("Order text").fill("封闭桥头漫水路段")
    for township in ("Jushui Township", "Lingtou Township", "Zhangcun Township"):
        desk.locator("#unit-search").fill(township.split()[0])
        desk.get_by_role("checkbox", name=township, exact=True).check()
    desk.get_by_text("Red escalation rule").click()
    expect(desk.locator("[data-units-chosen]")).to_have_text("3 townships")
    expect(desk.locator("#order-preview .preview-figures")).to_be_visible()
    desk.get_by_role("button", name="Send the order").click()
    question = desk.get_by_role("heading", name=re.compile(r"Send this order to \d+ people\?"))
    expect(question).to_be_visible()
    # The question waits for the figures of what is chosen now, and both say the same.
    people = desk.locator("#order-preview .preview-figures b").first.inner_text()
    expect(question).to_have_text(f"Send this order to {people} people?")
    desk.locator("#confirm-dialog [data-confirm-yes]").click()
    desk.wait_for_url(re.compile(r"/orders/\d+/$"))
    desk.evaluate("window.sameDocument = true")

    card = phone.locator("[data-card]")
    expect(card).to_contain_text("封闭桥头漫水路段")
    desk.locator("summary", has_text="Jushui").click()
    order = Order.objects.latest("pk")
    row = assignment_of(order, "village")
    line = desk.locator(f"#assignment-{row.pk}")
    expect(line).to_contain_text("Called")
    phone.get_by_role("button", name="Received").first.click()
    expect(card).to_contain_text("Passed on")
    expect(line).to_contain_text("Received")
    assert desk.evaluate("window.sameDocument") is True
    total = order.assignments.count()
    expect(desk.locator(".figure-line").first).to_contain_text(f"1of {total}")


def test_an_open_menu_and_a_half_typed_search_survive_the_refresh(server, sign_in):
    incident = flood()
    order = order_to("331126206", incident=incident)
    desk = sign_in(server, "officer")
    desk.goto(f"/incidents/{incident.pk}/?tab=people")
    desk.locator("#people-text").fill("月山")
    desk.locator("#incident-menu summary").click()
    actions.acknowledge(assignment_of(order, "village").pk, by=person("village"))
    expect(desk.locator(f"#person-{assignment_of(order, 'village').pk}")).to_contain_text("Received")
    expect(desk.locator("#people-text")).to_have_value("月山")
    expect(desk.locator("#incident-menu")).to_have_attribute("open", "")


def test_an_answer_is_logged_for_somebody_in_two_taps(server, sign_in):
    order = order_to("331126206")
    row = assignment_of(order, "village")
    desk = sign_in(server, "officer")
    desk.goto(f"/orders/{order.pk}/")
    desk.locator("summary", has_text="Jushui").click()
    line = desk.locator(f"#assignment-{row.pk}")
    line.get_by_text("Log an answer").click()
    line.get_by_role("button", name="door-knock").click()
    expect(line).to_contain_text("door-knock")
    expect(desk.locator(".toast-item")).to_contain_text("Answer of")
    row.refresh_from_db()
    assert row.answered_how == "door_knock"


def test_a_level_that_changed_meanwhile_keeps_the_typed_grounds(server, sign_in):
    incident = flood()
    leader = sign_in(server, "leader")
    leader.goto(f"/incidents/{incident.pk}/level/")
    leader.locator(".level-choice", has_text="Response level III").click()
    leader.get_by_label("Grounds").fill("三小时雨量一百一十二毫米")
    actions.set_response_level(incident.pk, by=person("leader"), level="IV", grounds="先行启动")
    leader.expected_errors.append("409")
    leader.get_by_role("button", name="Put into effect").click()
    expect(leader.locator("main")).to_contain_text("In effect now: level IV emergency response.")
    expect(leader.get_by_label("Grounds")).to_have_value("三小时雨量一百一十二毫米")


def test_the_dialog_is_worked_by_keyboard_and_gives_the_focus_back(server, sign_in):
    incident = flood()
    desk = sign_in(server, "officer")
    desk.goto(f"/incidents/{incident.pk}/")
    link = desk.locator("#incident-menu summary")
    link.focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator("#act-dialog")).to_be_visible()
    desk.keyboard.type("水位上涨")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator("#act-dialog")).not_to_be_visible()
    expect(desk.locator(".incident-clocks")).to_contain_text("warned")


def test_a_draft_comes_back_and_is_forgotten_once_sent(server, sign_in):
    desk = sign_in(server, "officer")
    desk.goto("/incidents/new/")
    desk.get_by_label("What happened").fill("桥头漫水")
    desk.get_by_label("What is known (optional)").fill("十一户临溪")
    desk.goto("/orders/")
    desk.goto("/incidents/new/")
    expect(desk.get_by_label("What happened")).to_have_value("桥头漫水")
    expect(desk.get_by_text("Your draft was restored.")).to_be_visible()
    desk.locator(".picker-map").click(position={"x": 120, "y": 120})
    expect(desk.locator("[data-point-shown]")).to_contain_text("° N")
    desk.get_by_role("button", name="Open the incident").dblclick()
    desk.wait_for_url(re.compile(r"/incidents/\d+/$"))
    assert Incident.objects.get(title="桥头漫水").point is not None
    desk.goto("/incidents/new/")
    expect(desk.get_by_label("What happened")).to_have_value("")


def test_without_a_connection_the_order_stays_as_typed(server, sign_in):
    desk = sign_in(server, "officer")
    before = Order.objects.count()
    desk.goto("/orders/new/?units=331126206")
    desk.get_by_label("Order text").fill("巡查溪边")
    expect(desk.locator("#order-preview .preview-figures")).to_be_visible()
    desk.expected_errors.extend(["ERR_INTERNET_DISCONNECTED", "WebSocket"])
    desk.context.set_offline(True)
    desk.get_by_role("button", name="Send the order").click()
    desk.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(desk.locator(".toast-item").last).to_contain_text("What you typed is kept")
    desk.context.set_offline(False)
    desk.get_by_role("button", name="Send the order").click()
    desk.locator("#confirm-dialog [data-confirm-yes]").click()
    desk.wait_for_url(re.compile(r"/orders/\d+/$"))
    assert Order.objects.count() == before + 1


def test_units_in_the_incidents_area_are_ticked_in_one_act(server, sign_in):
    square = Polygon.from_bbox((119.10, 27.66, 119.22, 27.76))
    square.srid = 4326
    incident = flood(area=MultiPolygon(square, srid=4326))
    desk = sign_in(server, "officer")
    desk.goto(f"/orders/new/?incident={incident.pk}")
    desk.get_by_role("button", name="In the incident's area").click()
    expect(desk.locator("[data-units-chosen]")).to_contain_text("villages")


def test_the_question_before_sending_names_townships_text_and_ladder_and_only_what_would_be_sent(server, sign_in):
    incident = flood(grade="I", area=Unit.objects.get(code="331126206").boundary)
    desk = sign_in(server, "officer")
    desk.goto(f"/orders/new/?incident={incident.pk}")
    expect(desk.locator("[name=ladder][value=red]")).to_be_checked()
    desk.get_by_role("button", name="In the incident's area").click()
    expect(desk.locator("[data-units-said]")).to_contain_text("covers")
    desk.get_by_label("Order text").fill("全部转移到避灾场所")
    desk.get_by_role("button", name="Send the order").click()  # before the preview has caught up
    dialog = desk.locator("#confirm-dialog")
    expect(dialog.locator(".places li")).to_have_count(1)
    expect(dialog.locator(".places li")).to_contain_text("Jushui Township")
    expect(dialog).to_contain_text("全部转移到避灾场所")
    expect(dialog).to_contain_text("answer within 5 min")
    named = int(dialog.locator("[data-confirm-text]").inner_text().split()[0])
    dialog.locator("[data-confirm-yes]").click()
    desk.wait_for_url(re.compile(r"/orders/\d+/$"))
    assert Order.objects.latest("pk").assignments.values("unit").distinct().count() == named


def test_another_incident_brings_its_own_ladder_until_one_is_chosen_by_hand(server, sign_in):
    red, blue = flood(grade="I"), flood(grade="IV")
    desk = sign_in(server, "officer")
    desk.goto("/orders/new/?units=331126206")
    desk.locator("#id_incident").select_option(str(red.pk))
    expect(desk.locator("[name=ladder][value=red]")).to_be_checked()
    desk.get_by_text("Orange escalation rule").first.click()
    desk.locator("#id_incident").select_option(str(blue.pk))
    expect(desk.locator("[name=ladder][value=orange]")).to_be_checked()


PAGES = (
    "/incidents/",
    "/incidents/?state=closed",
    "/incidents/new/?point=119.15,27.7",
    "/incidents/{incident}/",
    "/incidents/{incident}/?tab=timeline",
    "/incidents/{incident}/?tab=map",
    "/incidents/{incident}/?tab=people",
    "/incidents/{incident}/level/",
    "/incidents/{incident}/end/",
    "/orders/",
    "/orders/new/?incident={incident}&units=331126206",
    "/orders/{order}/",
    "/orders/{order}/?show=silent",
    "/orders/{order}/print/",
    "/orders/{order}/call-off/",
    "/me/",
)
LOOKS = (("en", "dark", 1440, 900), ("zh-hans", "light", 390, 844))


@pytest.mark.parametrize(("language", "theme", "width", "height"), LOOKS)
def test_every_page_is_accessible_and_fits(server, sign_in, axe, language, theme, width, height):
    incident = flood(
        title="百山祖镇黄皮垟坑底自然村与石磨下联合村山体滑坡并阻断县道、威胁下游十一户三十六人", description=LONG
    )
    order = order_to("331126206", incident=incident, text=LONG[:200], ladder="red")
    page = sign_in(server, "officer", language=language, theme=theme, width=width, height=height)
    wrong = []
    for path in PAGES:
        page.goto(path.format(incident=incident.pk, order=order.pk))
        for branch in page.locator("details[data-lazy] > summary").all():
            branch.click()
        expect(page.locator("details[data-lazy] .skeleton")).to_have_count(0)
        wrong += [f"{path}: {problem}" for problem in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path}: scrolls sideways")
    assert not wrong, "\n".join(wrong)
