"""Sheets of paper: what stands on them, who gets them, and that they read nothing but local files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from command.actions import open_incident
from duty import actions
from duty.files import jobs
from duty.models import CalendarToken, CallLog, Handover
from duty.screens import calls
from journal.timers import fire_due
from org.models import Person, Unit
from tests.support.duty import TOWN, beijing
from web import paper, press
from web.kinds import File

pytestmark = pytest.mark.django_db

NEIGHBOUR = "331126105"
Browse = Callable[..., Client]
A4 = (595, 842)


def read(answer: HttpResponse) -> PdfReader:
    assert answer.status_code == 200, answer.content[:2000]
    assert answer.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def text_of(answer: HttpResponse) -> str:
    return "\n".join(page.extract_text() for page in read(answer).pages)


@pytest.fixture
def stranger(demo_county: Unit) -> Person:
    return Person.objects.filter(appointments__unit__code=NEIGHBOUR, appointments__valid_to=None)[0]


class TestHandover:
    @pytest.fixture(autouse=True)
    def two_shifts(self, at_time: Any, shift_of: Any) -> None:
        at_time("2027-02-20 12:00")
        shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
        at_time("2027-03-02 08:10")
        fire_due()

    @pytest.fixture
    def handover(self) -> Handover:
        return Handover.objects.get()

    @pytest.fixture
    def address(self, handover: Handover) -> str:
        return f"/duty/handovers/{handover.pk}/handover.pdf"

    def test_an_accepted_one_keeps_what_was_carried_signed_and_noted(
        self,
        handover: Handover,
        address: str,
        team: Any,
        officer: Person,
        township: Person,
        browse: Browse,
        at_time: Any,
    ) -> None:
        carried = open_incident(by=officer, title="后垄溪山洪", category="natural_disaster", unit=TOWN)
        actions.sign_handover(handover.pk, by=team[0]["main"], note="水位每小时报一次", equipment="卫星电话1部")
        at_time("2027-03-02 08:24:30")
        actions.sign_handover(handover.pk, by=team[1]["deputy"])
        later = open_incident(by=officer, title="later", category="accident", unit=TOWN)
        at_time("2027-03-05 09:15:20")
        answer = browse(township, language="zh-hans").get(address)
        found = read(answer)
        text = text_of(answer)
        for wanted in (
            *("举水乡", f"{carried.ref} 后垄溪山洪", "举水乡，监测中", "水位每小时报一次", "卫星电话1部"),
            *(team[0]["main"].name, "2027-03-02 08:10:", team[1]["deputy"].name, "2027-03-02 08:24:"),
            *("2027-03-02 08:30", "2027-03-05 09:15:", township.name, "2 / 2"),
        ):
            assert wanted in text, wanted
        assert later.ref not in text
        assert (round(found.pages[0].mediabox.width), round(found.pages[0].mediabox.height)) == A4
        assert found.trailer["/Root"]["/Lang"] == "zh-CN"
        assert f'filename="handover-{TOWN}-{handover.pk}.pdf"' in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"]

    def test_chinese_is_embedded_so_that_it_reads_on_every_machine(
        self, address: str, township: Person, browse: Browse
    ) -> None:
        fonts = read(browse(township, language="zh-hans").get(address)).pages[0]["/Resources"]["/Font"]
        for name in fonts:
            described = fonts[name]["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(described), fonts[name]["/BaseFont"]
        assert any("CJK" in fonts[name]["/BaseFont"] or "Hei" in fonts[name]["/BaseFont"] for name in fonts)

    def test_an_open_one_shows_how_things_stand_and_leaves_room_for_pens(
        self, address: str, team: Any, officer: Person, township: Person, browse: Browse
    ) -> None:
        carried = open_incident(by=officer, title="flood", category="natural_disaster", unit=TOWN)
        text = text_of(browse(township).get(address))
        assert "Not accepted yet" in text
        assert carried.ref in text
        assert text.count("Name and time") == 2
        crews = [line for line in text.replace("\n", " ").split("shift") if "leader on duty" in line]
        assert [[person.label for person in crew.values() if person.label in line] for crew, line in zip(
            team, crews, strict=True)] == [[person.label for person in crew.values()] for crew in team]  # fmt: skip

    def test_who_settled_it_stands_in_place_of_the_signatures(
        self, handover: Handover, address: str, team: Any, township: Person, browse: Browse
    ) -> None:
        actions.settle_handover(handover.pk, by=team[0]["leader"], reason="在医院")
        text = text_of(browse(township).get(address))
        assert text.count("settled it without a signature") == 2
        assert text.count(team[0]["leader"].label) == 3

    def test_the_neighbour_and_the_unknown_get_nothing_and_nobody_posts(
        self, address: str, stranger: Person, township: Person, browse: Browse
    ) -> None:
        assert browse(stranger).get(address).status_code == 404
        assert Client().get(address).status_code == 302
        assert browse(township).post(address).status_code == 405
        assert browse(township).get("/duty/handovers/999999/handover.pdf").status_code == 404

    def test_its_page_offers_it(self, handover: Handover, address: str, township: Person, browse: Browse) -> None:
        assert f'href="{address}"' in browse(township).get(f"/duty/handovers/{handover.pk}/").content.decode()

    def test_what_cannot_be_laid_out_says_so(
        self, address: str, township: Person, browse: Browse, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(paper.sys, "executable", "/bin/false")
        answer = browse(township).get(address)
        assert "Print the page from the browser instead" in answer.content.decode()
        monkeypatch.undo()
        monkeypatch.setattr(paper, "LONGEST", 0.01)
        answer = browse(township).get(address)
        assert "takes too long" in answer.content.decode()


class TestCallLog:
    ADDRESS = f"/duty/units/{TOWN}/log/call-log.pdf"

    @pytest.fixture
    def book(self, at_time: Any, township: Person) -> list[CallLog]:
        """Four entries just before and just after midnight in Beijing, on 1, 2, 2 and 3 March."""
        at_time("2027-03-03 10:00")
        return [
            actions.log_call(
                by=township, unit=TOWN, content=f"来电{n}：村道塌方", at=beijing(at), caller_name="吴某",
                caller_phone="13800000000",
            )
            for n, at in enumerate(
                ("2027-03-01 23:59", "2027-03-02 00:00", "2027-03-02 23:59", "2027-03-03 00:00"), start=1
            )
        ]  # fmt: skip

    def numbers(self, text: str) -> list[str]:
        return re.findall(r"来电(\d)", text)

    def test_the_days_asked_for_stand_in_order_with_their_corrections(
        self, book: list[CallLog], township: Person, browse: Browse
    ) -> None:
        actions.correct_call(book[1].pk, by=township, reason="地点有误", place="举溪村")
        answer = browse(township, language="zh-hans").get(self.ADDRESS + "?day=2027-03-02&until=2027-03-02")
        text = text_of(answer).replace("\n", "")
        assert self.numbers(text) == ["2", "2", "3"]
        for wanted in ("举水乡", "2027-03-02 – 2027-03-02", "吴某", "13800000000", "举溪村", "地点有误", "划线作废"):
            assert wanted in text, wanted
        page = read(answer).pages[0]
        assert page.mediabox.width > page.mediabox.height

    @pytest.mark.parametrize(
        ("asked", "first", "last", "shown"),
        [
            ("", "2027-03-01", "2027-03-31", "1234"),
            ("?day=2027-03-02", "2027-03-02", "2027-03-02", "23"),
            ("?until=2027-03-02", "2027-03-01", "2027-03-02", "123"),
            ("?day=2027-03-01&until=2027-03-02&text=来电2", "2027-03-01", "2027-03-02", "2"),
            ("?day=2027-02-01&until=2027-02-28", "2027-02-01", "2027-02-28", ""),
        ],
    )
    def test_it_is_of_the_days_asked_for_or_of_this_month(
        self,
        asked: str,
        first: str,
        last: str,
        shown: str,
        book: list[CallLog],
        township: Person,
        browse: Browse,
        monkeypatch: Any,
    ) -> None:
        printed = self.caught(monkeypatch)
        name = browse(township).get(self.ADDRESS + asked).content.decode()
        (figures,) = printed
        assert "".join(self.numbers(" ".join(row.content for row in figures["rows"]))) == shown
        assert (str(figures["first"]), str(figures["last"])) == (first, last)
        assert name == f"call-log-{TOWN}-{first}-{last}.pdf"

    def caught(self, monkeypatch: Any) -> list[dict[str, Any]]:
        """The figures that would be laid out; nothing is."""
        printed: list[dict[str, Any]] = []

        def catch(work: Any, template: str, figures: dict[str, Any], *, name: str) -> File:
            printed.append(figures)
            return File(name, name.encode(), "text/plain")

        monkeypatch.setattr(jobs, "pdf_file", catch)
        return printed

    @pytest.mark.parametrize(
        ("asked", "complaint"),
        [
            ("?day=2027-02-30", "Give a date such as"),
            ("?until=yesterday", "Give a date such as"),
            ("?day=0001-01-01", "Give a date such as"),
            ("?day=2027-03-02&until=2027-03-01", "The last day lies before the first."),
        ],
    )
    @pytest.mark.parametrize("page", [ADDRESS, "/duty/log/", f"/duty/units/{TOWN}/log/export/"])
    def test_days_that_are_none_are_told(
        self, asked: str, complaint: str, page: str, township: Person, browse: Browse
    ) -> None:
        answer = browse(township).get(page + asked)
        assert answer.status_code == 400
        assert complaint in answer.content.decode()

    def test_more_than_one_pdf_takes_is_refused_and_never_cut(
        self, book: list[CallLog], township: Person, browse: Browse, monkeypatch: Any
    ) -> None:
        printed = self.caught(monkeypatch)
        monkeypatch.setattr(calls, "MOST_ON_PAPER", 3)
        answer = browse(township).get(self.ADDRESS)
        assert answer.status_code == 400
        assert "4 entries; one PDF takes 3" in answer.content.decode()
        assert browse(township).get(self.ADDRESS + "?until=2027-03-02").status_code == 200
        assert len(printed[0]["rows"]) == 3

    def test_the_page_narrows_to_days_and_hands_them_on(
        self, book: list[CallLog], township: Person, browse: Browse
    ) -> None:
        page = browse(township).get("/duty/log/?day=2027-03-02&until=2027-03-03").content.decode()
        assert sorted(set(self.numbers(page))) == ["2", "3", "4"]
        assert f'href="{self.ADDRESS}?day=2027-03-02&amp;until=2027-03-03"' in page
        assert "?unit=331126206&amp;day=2027-03-01&amp;until=2027-03-31" in page
        assert "?unit=331126206&amp;day=2027-02-01&amp;until=2027-02-28" in page

    def test_it_takes_as_many_queries_however_many_entries(
        self, book: list[CallLog], township: Person, browse: Browse, monkeypatch: Any
    ) -> None:
        self.caught(monkeypatch)
        client = browse(township)

        def queries() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(self.ADDRESS).status_code == 200
            return len(seen)

        few = queries()
        for n in range(12):
            row = actions.log_call(by=township, unit=TOWN, content=f"x{n}")
            actions.correct_call(row.pk, by=township, reason="x", content=f"y{n}")
        assert queries() == few

    def test_the_neighbour_gets_nothing(self, stranger: Person, township: Person, browse: Browse) -> None:
        assert browse(stranger).get(self.ADDRESS).status_code == 404
        assert browse(township).post(self.ADDRESS).status_code == 405


class TestLocalFiles:
    """The child that lays out: it may read static files, and nothing else on the machine or beyond it."""

    @pytest.fixture
    def files(self, tmp_path: Path) -> press.LocalFiles:
        inside = tmp_path / "static"
        (inside / "css").mkdir(parents=True)
        (inside / "css/own.css").write_text("p { color: red }")
        (tmp_path / "secret").write_text("secret")
        (inside / "linked").symlink_to(tmp_path / "secret")
        return press.LocalFiles("/static/", [str(inside)])

    def test_a_static_file_is_read(self, files: press.LocalFiles) -> None:
        found = files.fetch("http://sheet.invalid/static/css/own.css")
        assert (found.read(), found.content_type) == (b"p { color: red }", "text/css")

    @pytest.mark.parametrize(
        "address",
        [
            "http://example.com/x.png",
            "https://sheet.invalid/static/css/own.css",
            "http://sheet.invalid.example.com/static/css/own.css",
            "http://sheet.invalid/media/photo.jpg",
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
            "data:text/css,p{}",
        ],
    )
    def test_every_other_address_is_refused(self, files: press.LocalFiles, address: str) -> None:
        with pytest.raises(PermissionError):
            files.fetch(address)

    @pytest.mark.parametrize("name", ["../secret", "%2e%2e/secret", "css/../../secret", "linked", "css", "none.css"])
    def test_nothing_outside_the_folders_is_found(self, files: press.LocalFiles, name: str) -> None:
        with pytest.raises(FileNotFoundError):
            files.fetch(f"http://sheet.invalid/static/{name}")

    @pytest.mark.parametrize("source", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "/static/none.png"])
    def test_a_sheet_that_asks_for_more_is_not_printed_at_all(self, source: str) -> None:
        with pytest.raises(paper.NotPrinted) as refused:
            paper.pressed(f'<p>x<img src="{source}">')
        assert refused.value.status == 503

    def test_the_style_of_every_sheet_is_found(self) -> None:
        folders = [str(folder) for folder in settings.STATICFILES_DIRS]
        assert b"@page" in press.LocalFiles("/static/", folders).fetch(f"{press.HERE}/static/css/paper.css").read()


class TestUnitFeed:
    """The unit's calendar address, on its month."""

    def month(self, client: Client, unit: str = TOWN) -> str:
        return client.get(f"/duty/?unit={unit}").content.decode()

    def made(self, client: Client, unit: str = TOWN) -> str:
        page = client.post("/duty/me/feed/", {"unit": unit}).content.decode()
        return page.split('value="http://testserver')[1].split('"')[0]

    def test_whoever_keeps_the_roster_makes_it_and_another_such_person_revokes_it(
        self, township: Person, admin: Person, browse: Browse, client: Client
    ) -> None:
        mine, theirs = browse(township), browse(admin)
        assert "Calendar address of the unit" in self.month(mine)
        address = self.made(mine)
        assert client.get(address).content.startswith(b"BEGIN:VCALENDAR")
        row = CalendarToken.objects.get(unit__code=TOWN)
        assert "Your address" in self.month(mine)
        assert f"Address of {township.label}" in self.month(theirs)
        revoke = f"/duty/me/feed/{row.pk}/revoke/"
        assert f'href="{revoke}"' in self.month(theirs)
        assert theirs.get(revoke).status_code == 200
        answer = theirs.post(revoke)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/duty/?unit={TOWN}")
        assert client.get(address).status_code == 404
        assert "Your address" not in self.month(mine)
        assert theirs.post(revoke).status_code == 404

    def test_who_keeps_no_roster_there_sees_and_revokes_none(
        self, township: Person, officer: Person, stranger: Person, browse: Browse, client: Client
    ) -> None:
        address = self.made(browse(township))
        row = CalendarToken.objects.get()
        page = self.month(browse(officer))
        assert "Jushui Township" in page
        assert "Calendar address of the unit" not in page
        for person in (officer, stranger):
            for ask in (browse(person).get, browse(person).post):
                assert ask(f"/duty/me/feed/{row.pk}/revoke/").status_code == 404
        assert browse(stranger).post("/duty/me/feed/", {"unit": TOWN}).status_code == 404
        assert client.get(address).status_code == 200

    def test_an_address_of_one_s_own_is_nobody_else_s_to_revoke(
        self, township: Person, admin: Person, officer: Person
    ) -> None:
        actions.issue_feed(by=township)
        row = CalendarToken.objects.get()
        for person in (admin, officer):
            with pytest.raises(Exception) as refused:
                actions.revoke_feed(row.pk, by=person)
            assert refused.value.status == 404
        actions.revoke_feed(row.pk, by=township)

    def test_one_who_left_leaves_no_address_behind(
        self, township: Person, admin: Person, browse: Browse, client: Client
    ) -> None:
        address = self.made(browse(township))
        assert "Address of" in self.month(browse(admin))
        Person.objects.filter(pk=township.pk).update(is_active=False)
        assert client.get(address).status_code == 404
        assert "Address of" not in self.month(browse(admin))
