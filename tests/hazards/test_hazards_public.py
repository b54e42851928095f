"""The public's door: no login, counted, a trap for machines, held for the township; and the posters that lead there."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from hazards.actions.posters import end_poster, make_posters, replace_poster
from hazards.actions.public import hashed_address
from hazards.models import Hazard, Photo, Poster, PublicFiling
from journal.models import Event
from norms.models import Number
from norms.rules.numbers import NUMBERS
from org.models import Unit
from tests.support.hazards import NEIGHBOUR, TOWN, VILLAGE, point_in
from tests.support.photos import jpeg
from web.errors import Conflict, Invalid, NotFound


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def poster(township) -> Poster:
    return make_posters(by=township, units=[VILLAGE], site="学校")[0]


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "cut_slope", "description": "山坡有裂缝", "place": "学校后面", "people_at_risk": "6",
        "contact": "ZQCONTACT 13900000000", "lon": "", "lat": "", "accuracy_m": "", "website": "",
        "client_id": str(uuid4()), "found_at": "2026-07-09T03:20:14+08:00",
    } | changes  # fmt: skip


def file(poster: Poster, client: Client | None = None, address: str = "10.0.0.1", **changes: Any) -> Any:
    client = client or Client(headers={"accept-language": "en"})
    return client.post(f"/public/hazard/?p={poster.key}", filled(**changes), REMOTE_ADDR=address)


def test_the_page_opens_without_a_login_and_shows_nothing_of_the_county(poster):
    answer = Client(headers={"accept-language": "en"}).get(f"/public/hazard/?p={poster.key}")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "学校" in page
    assert "no-store" in answer["Cache-Control"]
    assert 'name="client_id"' in page


@pytest.mark.parametrize("key", ["", "x", "y" * 200])
def test_without_a_poster_s_key_there_is_no_page(key, db):
    assert Client().get(f"/public/hazard/?p={key}").status_code == 404


def test_what_the_public_files_is_held_for_the_township(poster, township, village, browse):
    answer = file(poster, lon=str(point_in(VILLAGE)[0]), lat=str(point_in(VILLAGE)[1]), accuracy_m="15.6")
    assert answer.status_code == 201, answer.content.decode()
    hazard = Hazard.objects.select_related("unit").get()
    assert (hazard.status, hazard.door, hazard.finder) == ("held", "public", None)
    assert (hazard.unit.code, hazard.accuracy_m, hazard.people_at_risk) == (VILLAGE, 16, 6)
    assert hazard.finder_contact.startswith("ZQCONTACT")
    assert hazard.next_due_at is not None
    assert hazard.ref in answer.content.decode()
    # Who filed it is on the ticket alone: not in the journal, which others read.
    event = Event.objects.get(subject=f"hazard:{hazard.pk}")
    assert (event.verb, event.by) == ("hazard.filed", f"poster:{poster.pk}")
    assert "ZQCONTACT" not in str(event.card) + str(event.data) + event.by_name


def test_without_a_position_the_poster_s_own_place_counts(poster):
    assert file(poster).status_code == 201
    hazard = Hazard.objects.select_related("unit").get()
    assert (hazard.unit.code, hazard.accuracy_m, hazard.place) == (VILLAGE, None, "学校后面")


def test_a_form_that_was_sent_twice_is_one_ticket_and_counts_once(poster):
    client_id = str(uuid4())
    assert [file(poster, client_id=client_id).status_code for _ in range(2)] == [201, 201]
    assert Hazard.objects.count() == PublicFiling.objects.count() == 1


def test_other_content_under_the_same_id_is_a_conflict(poster):
    client_id = str(uuid4())
    file(poster, client_id=client_id)
    assert file(poster, client_id=client_id, description="另一处").status_code == 409
    assert Hazard.objects.count() == 1


def test_photos_come_along_or_nothing_does(poster):
    good = lambda: SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")  # noqa: E731
    bad = SimpleUploadedFile("b.jpg", b"<html><script>alert(1)</script>", "image/jpeg")
    refused = file(poster, photos=[good(), bad])
    assert refused.status_code == 400
    assert not Hazard.objects.exists()
    assert not Photo.objects.exists()
    assert file(poster, photos=[good()]).status_code == 201
    assert Photo.objects.get().shows == "before"


def test_without_a_position_a_poster_of_a_unit_that_has_none_either_asks_for_one(poster):
    Unit.objects.filter(code=VILLAGE).update(seat=None, boundary=None)
    answer = file(poster)
    assert answer.status_code == 400
    assert "山坡有裂缝" in answer.content.decode()
    assert not Hazard.objects.exists()


def test_more_photos_than_allowed_are_refused(poster):
    many = [SimpleUploadedFile(f"{n}.jpg", jpeg(), "image/jpeg") for n in range(4)]
    assert file(poster, photos=many).status_code == 400
    assert not Hazard.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", ""), ("kind", "dragon"), ("description", ""), ("description", "x" * 2001), ("place", ""),
        ("client_id", "7"), ("found_at", "soon"), ("found_at", "2099-01-01T00:00:00+08:00"), ("people_at_risk", "-1"),
        ("contact", "x" * 121), ("lon", "200"), ("lon", "nan"),
    ],
)  # fmt: skip
def test_a_bad_field_stores_nothing_and_keeps_what_was_typed(poster, field, value):
    lon_lat = {"lon": "119.1", "lat": "27.6"} if field != "lon" else {"lat": "27.6"}
    answer = file(poster, **lon_lat | {field: value})
    assert answer.status_code == 400, answer.content.decode()[-500:]
    assert not Hazard.objects.exists()
    if field not in ("description", "kind"):
        assert "山坡有裂缝" in answer.content.decode()


def test_outside_the_county_it_is_said(poster):
    answer = file(poster, lon="0", lat="0")
    assert answer.status_code == 400
    assert "outside the county" in answer.content.decode()


def test_a_machine_that_fills_the_trap_is_thanked_and_stores_nothing(poster):
    assert file(poster, website="https://spam.example").status_code == 201
    assert not Hazard.objects.exists()
    assert not PublicFiling.objects.exists()


PER_ADDRESS = NUMBERS["public_address_h"].default or 0


def set_number(code: str, value: int) -> None:
    Number.objects.filter(code=code).update(value=value)


def test_one_address_files_only_so_often(poster, clock):
    assert [file(poster).status_code for _ in range(PER_ADDRESS + 1)] == [201] * PER_ADDRESS + [429]
    assert Hazard.objects.count() == PER_ADDRESS
    # Somebody else is not hindered, and the hour passes.
    assert file(poster, address="10.0.0.2").status_code == 201
    clock.travel(minutes=61)
    assert file(poster).status_code == 201


@pytest.mark.parametrize("code", ["public_poster_h", "public_county_h"])
def test_whoever_uses_up_a_poster_or_the_county_keeps_nobody_else_out(poster, code):
    set_number(code, 8)
    flood = [file(poster, address=f"10.0.0.{n % 2}").status_code for n in range(12)]
    assert flood == [201] * 8 + [429] * 4
    # Neighbours who have not filed yet may each file a few, and not more.
    always = NUMBERS["public_always_h"].default or 0
    for neighbour in ("10.0.1.1", "10.0.1.2", "2001:db8:9::1"):
        answers = [file(poster, address=neighbour).status_code for _ in range(always + 1)]
        assert answers == [201] * always + [429]


def test_one_customer_s_many_ipv6_networks_are_no_crowd(poster, rates_in_force):
    set_number("public_address_h", 1)
    answers = [file(poster, address=f"2001:db8:5:{n:x}::1").status_code for n in range(6)]
    assert answers == [201] * 4 + [429] * 2
    assert file(poster, address="2001:db8:6::1").status_code == 201


def test_whoever_is_over_the_limit_is_told_whom_to_ring(poster, demo_county):
    set_number("public_address_h", 0)
    Unit.objects.filter(path__startswith=demo_county.path).update(phone="")
    refused = file(poster)
    assert "110" in refused.content.decode()
    assert "duty desk" not in refused.content.decode()
    assert int(refused["Retry-After"]) > 0
    Unit.objects.filter(pk=demo_county.pk).update(phone="0578-6120000")
    assert "0578-6120000" in file(poster).content.decode()


def test_another_poster_does_not_reset_the_count_of_an_address(poster, township):
    other = make_posters(by=township, units=[TOWN])[0]
    for _ in range(PER_ADDRESS):
        file(poster)
    assert file(other).status_code == 429


def test_addresses_are_kept_as_keyed_hashes_and_for_a_day(poster, clock):
    file(poster, address="10.1.2.3")
    assert "10.1.2.3" not in str(PublicFiling.objects.values())
    clock.travel(hours=25)
    file(poster, address="10.1.2.4")
    assert [row.address for row in PublicFiling.objects.all()] == [hashed_address("10.1.2.4")]


def test_one_phone_s_many_ipv6_addresses_are_one():
    assert hashed_address("2001:db8:1:2::3") == hashed_address("2001:db8:1:2:ffff::9")
    assert hashed_address("2001:db8:1:2::3") != hashed_address("2001:db8:1:3::3")
    assert hashed_address("::ffff:10.0.0.1") == hashed_address("10.0.0.1")


def test_it_needs_the_page_s_own_form(poster):
    client = Client(enforce_csrf_checks=True)
    assert file(poster, client).status_code == 403
    page = client.get(f"/public/hazard/?p={poster.key}").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    assert file(poster, client, csrfmiddlewaretoken=token).status_code == 201


# Posters -------------------------------------------------------------------------------------------------------------


def test_a_poster_is_made_once_for_each_unit_and_site(township):
    first = make_posters(by=township, units=[VILLAGE, TOWN])
    assert [p.unit.code for p in first] == [TOWN, VILLAGE]
    assert len({p.key for p in first}) == 2
    assert make_posters(by=township, units=[VILLAGE]) == []
    assert len(make_posters(by=township, units=[VILLAGE], site=" 学校 ")) == 1
    assert Event.objects.filter(verb="poster.made").count() == 3


def test_posters_are_for_who_keeps_the_register_there(township, village):
    for by, units in ((township, [NEIGHBOUR]), (village, [VILLAGE]), (township, ["x"]), (township, [])):
        with pytest.raises(Invalid):
            make_posters(by=by, units=units)
    assert not Poster.objects.exists()


def test_a_replaced_code_opens_nothing_any_more(poster, township):
    new = replace_poster(poster.pk, by=township)
    assert (new.unit, new.site) == (poster.unit, "学校")
    assert Client().get(f"/public/hazard/?p={poster.key}").status_code == 404
    assert file(poster).status_code == 404
    assert Client().get(f"/public/hazard/?p={new.key}").status_code == 200
    with pytest.raises(Conflict):
        replace_poster(poster.pk, by=township)


def test_an_ended_poster_opens_nothing(poster, township, village):
    with pytest.raises(NotFound):
        end_poster(poster.pk, by=village)
    end_poster(poster.pk, by=township)
    assert Client().get(f"/public/hazard/?p={poster.key}").status_code == 404


def test_the_list_and_the_sheets_show_posters_in_sight(poster, township, officer, browse):
    elsewhere = make_posters(by=officer_keeper(), units=[NEIGHBOUR])[0]
    page = browse(township).get("/hazards/posters/").content.decode()
    assert poster.key in page
    assert elsewhere.key not in page
    sheet = browse(township).get("/hazards/posters/print/")
    assert sheet.status_code == 200
    assert "<svg" in sheet.content.decode()
    assert "style=" not in sheet.content.decode()
    assert elsewhere.key not in sheet.content.decode()
    assert browse(township).get(f"/hazards/posters/print/?id={elsewhere.pk}").status_code == 404


def officer_keeper() -> Any:
    from org.models import Person

    return Person.objects.get(username="admin")


def test_the_pdf_has_one_page_for_each_poster_with_its_address(poster, township, browse):
    make_posters(by=township, units=[TOWN])
    answer = browse(township).get("/hazards/posters/posters.pdf")
    assert answer["Content-Type"] == "application/pdf", answer.content[:500]
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 2
    assert any(poster.key in page.extract_text() for page in pages)


def test_posters_are_made_on_a_page(township, browse):
    client = browse(township)
    assert client.get("/hazards/posters/new/").status_code == 200
    answer = client.post("/hazards/posters/new/", {"units": [VILLAGE, TOWN], "site": ""})
    assert answer.status_code == 302
    assert Poster.objects.count() == 2
    refused = client.post("/hazards/posters/new/", {"units": [NEIGHBOUR], "site": ""})
    assert refused.status_code == 400


# The phone's page, as the server gives it --------------------------------------------------------------------------


def test_the_shell_is_open_to_all_and_holds_nobody(village, browse):
    for client in (Client(), browse(village)):
        page = client.get("/hazards/shell/zh-hans/")
        assert page.status_code == 200
        text = page.content.decode()
        assert "data-person" not in text
        assert village.name not in text
        assert 'lang="zh-Hans"' in text
    assert Client().get("/hazards/shell/en/").content.decode().count('lang="en"') == 1
    assert Client().get("/hazards/shell/xx/").status_code == 404


def test_the_page_itself_needs_a_login_and_says_whose_it_is(village, browse):
    assert Client().get("/hazards/file/").status_code == 302
    assert f'data-person="{village.pk}"' in browse(village).get("/hazards/file/").content.decode()


def test_the_worker_stands_at_the_root_and_lists_every_module(db):
    answer = Client().get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    text = answer.content.decode()
    for name in (
        "js/hazards/file.js",
        "js/hazards/queue.js",
        "vendor/idb/idb.js",
        "js/frame/ui.js",
        "js/core/clock.js",
    ):
        assert f"/static/{name}" in text
    assert "/static/js/frame/page.js" not in text


def test_the_app_can_be_installed(db):
    body = Client(headers={"accept-language": "zh-hans"}).get("/manifest.webmanifest").json()
    assert body["start_url"] == "/hazards/file/"
    assert {icon["purpose"] for icon in body["icons"]} == {"any", "maskable"}


def test_how_far_a_ticket_has_come_is_told_to_its_finder_alone(found, village, township, browse):
    from hazards.actions import register

    hazard = found()
    ask = lambda who: browse(who).get(f"/hazards/file/mine/?ids={hazard.pk},x,9999").json()["tickets"]  # noqa: E731
    assert ask(village) == {str(hazard.pk): {"ref": hazard.ref, "status": "found", "word": "found", "accepted": False}}
    register(hazard.pk, by=village)
    assert ask(village)[str(hazard.pk)]["accepted"] is True
    assert ask(township) == {}
