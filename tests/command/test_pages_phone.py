"""The phone: my orders, one tap that may be repeated, steps with note and photo, our area, the person's own page."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command import actions
from command.models import Assignment
from journal.models import Attachment
from journal.timers import fire_due
from tests.support.pages import JUSHUI, LINGTOU, of, order_to, somebody_of
from tests.support.photos import jpeg

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def act(client, row, step, **more):
    return client.post(f"/orders/mine/{row.pk}/act/", {"step": step, **more}, headers=HTMX)


def photo(name="photo.jpg", data=None):
    return SimpleUploadedFile(name, data or jpeg(), content_type="image/jpeg")


def test_my_orders_put_the_unanswered_first(officer, village, browse):
    answered = order_to(officer, JUSHUI, text="先到的指令")
    actions.acknowledge(of(answered, village).pk, by=village)
    order_to(officer, JUSHUI, text="未签收的指令")
    page = browse(village).get("/orders/mine/").content.decode()
    assert page.index("未签收的指令") < page.index("先到的指令")


def test_one_tap_receives_and_the_card_offers_the_next_step(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    answer = act(browse(village), row, "received")
    row.refresh_from_db()
    assert row.status == "received"
    assert answer.status_code == 200
    assert 'value="passed_on"' in answer.content.decode()


def test_a_second_tap_shows_the_state_and_is_no_error(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    client = browse(village)
    first = act(client, row, "received")
    second = act(client, row, "received")
    assert (first.status_code, second.status_code) == (200, 200)
    assert 'value="passed_on"' in second.content.decode()


def test_a_tap_that_arrives_after_further_steps_shows_them(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    actions.progress(row.pk, by=village, step="in_place")
    assert act(browse(village), row, "passed_on").status_code == 200
    row.refresh_from_db()
    assert row.status == "in_place"


def test_a_tap_on_an_order_that_was_called_off_says_so(officer, village, browse):
    order = order_to(officer, JUSHUI)
    row = of(order, village)
    actions.call_off(order.pk, by=officer, reason="雨停")
    answer = act(browse(village), row, "received")
    assert answer.status_code == 409
    assert "called off" in answer.content.decode()


def test_steps_go_on_to_done_and_then_somebody_else_looks(officer, village, township, browse):
    row = of(order_to(officer, JUSHUI), village)
    client = browse(village)
    for step in ("received", "passed_on", "in_place", "done"):
        assert act(client, row, step).status_code == 200
    page = client.get(f"/orders/mine/{row.pk}/").content.decode()
    assert "Somebody else looks at it now" in page
    assert "/verify/" not in page
    assert f"/assignments/{row.pk}/verify/" in browse(township).get("/orders/area/").content.decode()


def test_a_step_goes_with_its_note_and_photo(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    client = browse(village)
    answer = act(client, row, "done", note="已转移23人", photo=photo(), whole="1")
    row.refresh_from_db()
    assert (answer.status_code, row.status, row.note) == (200, "done", "已转移23人")
    kept = Attachment.objects.get(subject=f"assignment:{row.pk}")
    assert f"/attachments/{kept.pk}/" in answer.content.decode()


def test_a_bad_photo_stores_neither_photo_nor_step_and_keeps_the_note(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    bad = photo(data=b"<html>not a photo</html>")
    answer = act(browse(village), row, "done", note="已转移23人", photo=bad, whole="1")
    row.refresh_from_db()
    assert (answer.status_code, row.status) == (400, "received")
    assert not Attachment.objects.exists()
    assert "This is not a complete photo" in answer.content.decode()
    assert "已转移23人" in answer.content.decode()


def test_a_repeated_step_keeps_its_photo_once(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    client, data = browse(village), jpeg()
    for _ in range(2):
        assert act(client, row, "done", note="完成", photo=photo(data=data)).status_code == 200
    assert Attachment.objects.count() == 1


def test_a_photo_alone_leaves_the_step_as_it_is(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    assert act(browse(village), row, "", photo=photo()).status_code == 200
    row.refresh_from_db()
    assert row.status == "received"
    assert Attachment.objects.count() == 1


def test_a_note_that_would_be_lost_is_told(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    actions.progress(row.pk, by=officer, step="done", note="电话得知已完成")
    answer = act(browse(village), row, "done", note="实际还有两户")
    assert answer.status_code == 409
    assert "实际还有两户" in answer.content.decode()


def test_without_a_script_the_tap_leads_to_the_order(officer, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    answer = browse(village).post(f"/orders/mine/{row.pk}/act/", {"step": "received"})
    assert answer.url == f"/orders/mine/{row.pk}/"


def test_the_deputy_is_told_for_whom_they_stand_in(officer, village, browse, clock):
    row = of(order_to(officer, JUSHUI, ladder="red"), village)
    clock.travel(minutes=6)
    fire_due()
    deputy = row.calls.get(do="deputy").person
    page = browse(deputy).get("/orders/mine/").content.decode()
    assert f"{village.name_en} does not answer: you stand in." in page
    assert f"tel:{village.phone}" in page
    assert act(browse(deputy), row, "received").status_code == 200
    row.refresh_from_db()
    assert row.answered_by == deputy


def test_the_township_sees_who_is_silent_in_its_villages_and_logs_an_answer(officer, township, village, browse):
    row = of(order_to(officer, JUSHUI), village)
    client = browse(township)
    page = client.get("/orders/area/").content.decode()
    assert f"assignment-{row.pk}" in page
    assert f"tel:{village.phone}" in page
    assert client.post(f"/assignments/{row.pk}/answer/", {"how": "gong"}, headers=HTMX).status_code == 204
    assert f"assignment-{row.pk}" not in client.get("/orders/area/").content.decode()


def test_our_area_holds_its_query_count_with_more_orders(officer, township, browse, django_assert_num_queries):
    client = browse(township)
    order_to(officer, JUSHUI)
    client.get("/orders/area/")
    for path in ("/orders/area/", "/orders/mine/"):
        with CaptureQueriesContext(connection) as before:
            client.get(path)
        for _ in range(4):
            order_to(officer, JUSHUI, ladder="red")
        with django_assert_num_queries(len(before)):
            client.get(path)


def test_somebody_elses_order_can_be_looked_at_by_the_township_but_not_answered_as_theirs(
    officer, township, village, browse
):
    row = of(order_to(officer, JUSHUI), village)
    page = browse(township).get(f"/orders/mine/{row.pk}/").content.decode()
    assert "Asked of Yueshan Village" in page
    assert act(browse(township), row, "received").status_code == 403


@pytest.mark.parametrize("path", ["", "act/"])
def test_another_townships_assignment_is_not_there_on_the_phone(officer, township, village, browse, path):
    row = somebody_of(order_to(officer, LINGTOU), LINGTOU, "township_head")
    for person in (township, village):
        client = browse(person)
        answer = (
            client.post(f"/orders/mine/{row.pk}/{path}", {"step": "received"})
            if path
            else client.get(f"/orders/mine/{row.pk}/")
        )
        assert answer.status_code == 404
    assert Assignment.objects.get(pk=row.pk).status == "called"


def test_a_photo_is_served_to_those_who_see_its_order_and_to_nobody_else(officer, village, township, person, browse):
    row = of(order_to(officer, JUSHUI), village)
    actions.acknowledge(row.pk, by=village)
    act(browse(village), row, "done", photo=photo())
    kept = Attachment.objects.get()
    for seer in (officer, township, village):
        answer = browse(seer).get(f"/attachments/{kept.pk}/")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("inline; filename=")
        assert "private" in answer["Cache-Control"]
    stranger = person(f"{LINGTOU}-township_head")
    assert browse(stranger).get(f"/attachments/{kept.pk}/").status_code == 404
    assert browse(officer).get("/attachments/999999/").status_code == 404


def test_somebody_who_only_looks_on_cannot_add_a_photo(officer, village, person, browse):
    row = of(order_to(officer, JUSHUI, posts=["village_head"]), village)
    actions.acknowledge(row.pk, by=village)
    onlooker = person("331126206200-grid_worker")
    assert act(browse(onlooker), row, "", photo=photo()).status_code == 403
    assert not Attachment.objects.exists()


def test_a_village_head_on_a_phone_starts_at_their_own_orders(village, browse):
    assert browse(village).get("/start/", headers={"Sec-CH-UA-Mobile": "?1"}).url == "/orders/mine/"
    agent = "Mozilla/5.0 (Linux; Android 9; HUAWEI) AppleWebKit/537.36 Mobile Safari/537.36"
    assert browse(village).get("/start/", headers={"User-Agent": agent}).url == "/orders/mine/"


def test_the_county_starts_at_the_map_even_on_a_phone(officer, admin, browse):
    for person in (officer, admin):
        assert browse(person).get("/start/", headers={"Sec-CH-UA-Mobile": "?1"}).url == "/"


def test_a_township_at_a_desk_is_asked_by_its_own_width(township, browse):
    page = browse(township).get("/start/").content.decode()
    assert "data-start-narrow" in page
    assert "data-start-wide" in page


@pytest.mark.parametrize(("asked", "lands"), [("", "/start/"), ("/", "/start/"), ("/orders/", "/orders/")])
def test_signing_in_leads_to_the_page_that_was_asked_for_or_to_the_start(client, village, asked, lands):
    data = {"username": "village", "password": "sanji-demo", "next": asked}
    assert client.post("/login/", data).url == lands


def test_my_own_page_shows_posts_and_confirms_the_number(village, browse):
    client = browse(village)
    page = client.get("/me/").content.decode()
    assert "Village Party Secretary and Head" in page
    assert village.phone in page
    assert client.post("/me/phone/", {"phone": "139 0000 0000"}).url == "/me/"
    village.refresh_from_db()
    assert (village.phone, village.phone_confirmed_at) == ("13900000000", None)
    client.post("/me/phone/confirm/")
    village.refresh_from_db()
    assert village.phone_confirmed_at is not None


def test_a_number_that_is_none_is_refused_beside_the_field(village, browse):
    answer = browse(village).post("/me/phone/", {"phone": "12"}, headers=HTMX)
    assert answer.status_code == 400
    assert 'id="id_phone_error"' in answer.content.decode()


def test_a_new_red_order_stands_on_top_of_late_and_milder_ones(officer, village, browse, clock):
    late = of(order_to(officer, JUSHUI, ladder="red"), village)
    clock.travel(minutes=10)
    yellow = of(order_to(officer, JUSHUI, ladder="yellow"), village)
    first, second = (of(order_to(officer, JUSHUI, ladder="red"), village) for _ in range(2))
    waiting = browse(village).get("/orders/mine/").context["sections"]["waiting"]
    assert [card["id"] for card in waiting] == [second.pk, first.pk, yellow.pk, late.pk]
