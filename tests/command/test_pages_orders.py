"""The pages of orders: composing with a preview, one order with its tree, the print sheet, and the desk's acts."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command import actions
from command.models import Assignment, Order
from journal.timers import fire_due
from org.actions.founding import ensure_posts
from org.models import Unit
from tests.support.pages import JUSHUI, LINGTOU, flood, of, order_to, somebody_of

HTMX = {"HX-Request": "true"}


def form(**more):
    return {"token": uuid.uuid4(), "text": "检查桥头", "units": [JUSHUI], "descendants": "on", "ladder": "red", **more}


def test_an_order_is_sent_to_named_people_and_leads_to_its_page(officer, browse):
    incident = flood(officer)
    answer = browse(officer).post("/orders/new/", form(incident=incident.pk))
    order = Order.objects.get()
    assert answer.url == f"/orders/{order.pk}/"
    assert order.incident == incident
    assert order.assignments.filter(unit__level="village").exists()


def test_a_form_sent_twice_issues_one_order(officer, browse):
    data = form()
    first, second = (browse(officer).post("/orders/new/", data, headers=HTMX) for _ in range(2))
    assert Order.objects.count() == 1
    assert first["HX-Redirect"] == second["HX-Redirect"]


def test_two_forms_issue_two_orders(officer, browse):
    for _ in range(2):
        browse(officer).post("/orders/new/", form())
    assert Order.objects.count() == 2


def test_a_refused_form_can_be_sent_again_with_the_same_token(officer, browse):
    data = form(text="")
    assert browse(officer).post("/orders/new/", data).status_code == 400
    assert browse(officer).post("/orders/new/", {**data, "text": "检查桥头"}).status_code == 302


def test_the_chosen_ladder_and_posts_reach_the_order(officer, browse):
    browse(officer).post("/orders/new/", form(ladder="blue", posts=["village_head"]))
    order = Order.objects.get()
    assert order.colour == "blue"
    assert set(order.assignments.values_list("post__code", flat=True)) == {"village_head"}


def test_the_fast_ladder_is_for_demonstrations_alone(officer, browse, settings):
    settings.DEMO = False
    browse(officer).post("/orders/new/", form(fast="on"))
    assert Order.objects.get().ladder["ack_within_s"] == 300
    settings.DEMO = True
    browse(officer).post("/orders/new/", form(fast="on"))
    assert Order.objects.first().ladder["ack_within_s"] < 60


def test_errors_keep_the_typed_text_and_the_ticked_units(officer, browse):
    answer = browse(officer).post("/orders/new/", form(units=[JUSHUI, "331126999"], text="封闭漫水路段"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "封闭漫水路段" in page
    assert "331126999" in page
    assert re.search(rf'value="{JUSHUI}"\s+data-level="township"\s+checked', page)


def test_the_preview_tells_people_vacancies_and_ladder_before_anything_is_written(officer, browse):
    page = browse(officer).post("/orders/preview/", form(units=["331126204"])).content.decode()
    assert 'data-vacant="1"' in page
    assert "Zhangcun" in page
    assert "5 min" in page
    assert not Order.objects.exists()


def test_the_preview_counts_the_same_people_as_the_order_then_reaches(officer, browse):
    answer = browse(officer).post("/orders/preview/", form())
    draft = answer.context["draft"]
    browse(officer).post("/orders/new/", form())
    assert Assignment.objects.count() == len(draft.lines)


def test_the_preview_works_before_there_is_a_text(officer, browse):
    assert 'data-people="' in browse(officer).post("/orders/preview/", form(text="")).content.decode()


def test_the_preview_says_what_is_wrong_without_an_error(officer, browse):
    answer = browse(officer).post("/orders/preview/", form(units=["331126999"]))
    assert answer.status_code == 200
    assert "331126999" in answer.content.decode()


def test_composing_offers_only_units_that_the_person_may_order(township, village, browse):
    page = browse(township).get("/orders/new/").content.decode()
    assert JUSHUI in page
    assert f'value="{LINGTOU}"' not in page
    assert "Your posts do not issue orders" in browse(village).get("/orders/new/").content.decode()


def test_a_county_order_to_two_townships_is_the_countys_and_neither_can_call_it_off(officer, township, browse):
    browse(officer).post("/orders/new/", form(units=[JUSHUI, "331126209"]))
    order = Order.objects.get()
    assert order.unit.code == "331126"
    answer = browse(township).post(f"/orders/{order.pk}/call-off/", {"reason": "不想做"}, headers=HTMX)
    assert answer.status_code == 403
    assert "不想做" in answer.content.decode()


def test_a_township_cannot_order_another_township(township, browse):
    answer = browse(township).post("/orders/new/", form(units=[LINGTOU]))
    assert answer.status_code == 400
    assert not Order.objects.exists()


def test_the_tree_has_the_most_silent_township_first_and_opens_branch_by_branch(officer, browse, clock):
    order = order_to(officer, JUSHUI, LINGTOU)
    for row in order.assignments.filter(unit__code=LINGTOU, person__isnull=False):
        actions.answer_for(row.pk, by=officer, how="phone")
    for row in order.assignments.filter(unit__parent__code=LINGTOU, person__isnull=False):
        actions.answer_for(row.pk, by=officer, how="phone")
    clock.travel(minutes=30)
    page = browse(officer).get(f"/orders/{order.pk}/").content.decode()
    assert page.index("Jushui") < page.index("Lingtou")
    branch = browse(officer).get(f"/orders/{order.pk}/places/{JUSHUI}/").content.decode()
    assert "Yueshan Village" in branch
    assert "tel:" in branch


def test_the_silent_filter_shows_the_silent_alone(officer, village, browse, clock):
    order = order_to(officer, JUSHUI)
    actions.acknowledge(of(order, village).pk, by=village)
    clock.travel(minutes=30)
    branch = browse(officer).get(f"/orders/{order.pk}/places/{JUSHUI}/?show=silent").content.decode()
    assert f"assignment-{of(order, village).pk}" not in branch
    assert branch.count('class="row-item assignment"') == order.assignments.filter(status="called").count()


def test_the_branch_tells_whom_the_ladder_called(officer, village, browse, clock):
    order = order_to(officer, JUSHUI, ladder="red")
    clock.travel(minutes=6)
    fire_due()
    row = of(order, village)
    called = row.calls.filter(do="deputy").select_related("person").first()
    branch = browse(officer).get(f"/orders/{order.pk}/places/{JUSHUI}/").content.decode()
    assert called.person.name_en in branch


def test_an_answer_is_logged_for_somebody_in_one_post(officer, village, browse):
    order = order_to(officer, JUSHUI)
    row = of(order, village)
    answer = browse(officer).post(f"/assignments/{row.pk}/answer/", {"how": "door_knock"}, headers=HTMX)
    assert answer.status_code == 204
    row.refresh_from_db()
    assert (row.status, row.answered_how) == ("received", "door_knock")


def test_an_answer_that_came_meanwhile_is_told_with_the_state_as_it_is(officer, village, browse):
    order = order_to(officer, JUSHUI)
    row = of(order, village)
    actions.acknowledge(row.pk, by=village)
    data = {"how": "phone", "note": "电话确认"}
    answer = browse(officer).post(f"/assignments/{row.pk}/answer/", data, headers=HTMX)
    assert answer.status_code == 409
    assert "电话确认" in answer.content.decode()


def test_done_is_verified_by_somebody_else_or_sent_back_with_what_is_missing(officer, village, browse):
    order = order_to(officer, JUSHUI)
    row = of(order, village)
    actions.acknowledge(row.pk, by=village)
    actions.progress(row.pk, by=village, step="done")
    assert browse(officer).post(f"/assignments/{row.pk}/send-back/", {"note": ""}, headers=HTMX).status_code == 400
    assert (
        browse(officer).post(f"/assignments/{row.pk}/send-back/", {"note": "还差三户"}, headers=HTMX).status_code == 204
    )
    actions.progress(row.pk, by=village, step="done")
    assert browse(village).post(f"/assignments/{row.pk}/verify/", {}, headers=HTMX).status_code == 403
    assert browse(officer).post(f"/assignments/{row.pk}/verify/", {}, headers=HTMX).status_code == 204
    row.refresh_from_db()
    assert row.status == "verified"


def test_reminding_says_how_many_were_reminded(officer, browse):
    order = order_to(officer, JUSHUI)
    answer = browse(officer).post(f"/orders/{order.pk}/remind/", headers=HTMX)
    waiting = order.assignments.filter(status="called", person__isnull=False).count()
    assert f"{waiting} reminders" in json.loads(answer["HX-Trigger"])["acted"]["said"]


def test_calling_off_asks_for_a_reason_and_names_what_it_ends(officer, browse):
    order = order_to(officer, JUSHUI)
    dialog = browse(officer).get(f"/orders/{order.pk}/call-off/", headers=HTMX).content.decode()
    assert f"{order.assignments.count()} assignments" in dialog
    assert browse(officer).post(f"/orders/{order.pk}/call-off/", {"reason": ""}).status_code == 400
    browse(officer).post(f"/orders/{order.pk}/call-off/", {"reason": "雨停"})
    order.refresh_from_db()
    assert order.status == "called_off"
    again = browse(officer).post(f"/orders/{order.pk}/call-off/", {"reason": "雨停了"}, headers=HTMX)
    assert again.status_code == 409
    assert "雨停了" in again.content.decode()


def test_the_sheet_for_print_names_everybody_with_their_phone(officer, browse):
    order = order_to(officer, JUSHUI)
    page = browse(officer).get(f"/orders/{order.pk}/print/").content.decode()
    for phone in order.assignments.filter(person__isnull=False).values_list("person__phone", flat=True):
        assert phone in page


def test_the_longest_order_is_shown_whole(officer, browse):
    order = order_to(officer, JUSHUI, text="转" * 2000)
    assert "转" * 2000 in browse(officer).get(f"/orders/{order.pk}/").content.decode()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{% now %}", "“引号”&lt;"])
def test_an_orders_text_is_shown_as_text(officer, browse, text):
    order = order_to(officer, JUSHUI, text=text)
    assert "<script>alert" not in browse(officer).get(f"/orders/{order.pk}/").content.decode()


@pytest.mark.parametrize("path", ["", "print/", f"places/{LINGTOU}/", "remind/", "call-off/"])
def test_an_order_that_did_not_reach_the_township_is_not_there(officer, township, browse, path):
    order = order_to(officer, LINGTOU)
    assert browse(township).get(f"/orders/{order.pk}/{path}").status_code == 404


def test_a_township_sees_its_own_branch_of_a_county_order_only(officer, township, browse):
    order = order_to(officer, JUSHUI, LINGTOU)
    client = browse(township)
    assert client.get(f"/orders/{order.pk}/places/{JUSHUI}/").status_code == 200
    assert client.get(f"/orders/{order.pk}/places/{LINGTOU}/").status_code == 404
    assert "Lingtou" not in client.get(f"/orders/{order.pk}/print/").content.decode()


@pytest.mark.parametrize("verb", ["answer", "verify", "send-back"])
def test_another_townships_assignment_is_not_there(officer, township, browse, verb):
    order = order_to(officer, JUSHUI, LINGTOU)
    row = somebody_of(order, LINGTOU, "township_head")
    assert browse(township).get(f"/assignments/{row.pk}/{verb}/").status_code == 404
    data = {"how": "phone", "note": "x"}
    assert browse(township).post(f"/assignments/{row.pk}/{verb}/", data).status_code == 404
    row.refresh_from_db()
    assert row.status == "called"


def queries_of(client, path):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_order_page_and_its_branch_hold_their_query_count_in_a_tenfold_county(officer, browse):
    small = order_to(officer, JUSHUI)
    client = browse(officer)
    client.get(f"/orders/{small.pk}/")
    pages = ("", f"places/{JUSHUI}/", "print/")
    before = [queries_of(client, f"/orders/{small.pk}/{page}") for page in pages]
    ten_times_the_villages(Unit.objects.get(code=JUSHUI))
    whole = order_to(officer, "331126")
    assert whole.assignments.count() > 10 * small.assignments.count()
    after = [queries_of(client, f"/orders/{whole.pk}/{page}") for page in pages]
    assert after == before


def test_the_workspace_holds_its_query_count_with_more_orders_and_people(officer, browse):
    incident = flood(officer)
    order_to(officer, JUSHUI, incident=incident)
    client = browse(officer)
    tabs = [f"/incidents/{incident.pk}/?tab={tab}" for tab in ("orders", "people", "timeline")]
    for tab in tabs:
        client.get(tab)
    before = [queries_of(client, tab) for tab in tabs]
    for _ in range(5):
        order_to(officer, "331126", incident=incident)
    assert [queries_of(client, tab) for tab in tabs] == before


def ten_times_the_villages(township: Unit) -> None:
    """Villages with codes that the county does not use; vacant, which costs the pages as much as held."""
    ensure_posts()
    Unit.objects.bulk_create(
        Unit(
            code=f"{township.code}{number}",
            path=f"{township.path}.{number}",
            level="village",
            parent=township,
            name=f"新村{number}",
        )
        for number in range(500, 800)
    )
