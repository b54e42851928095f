"""Official papers: drafts until a named person signs, numbered without gaps, served, chased (docs/adr/0043)."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction
from django.template.loader import render_to_string
from pypdf import PdfReader

from journal.models import Event, Timer
from journal.timers import fire_due
from norms import actions
from norms.files.jobs import SHEET
from norms.models import OfficialPaper
from norms.rules.papers import PAPERS, Draft
from norms.screens.papers import figures, paper_of
from norms.selectors import papers as selectors
from norms.selectors.automatic import by_rule
from norms.selectors.papers import SUBSTITUTES, Substitute
from notify.models import Message
from org.models import Headquarters, HeadquartersMember, Person, Post, Unit
from tests.support.hazards import COUNTY, NEIGHBOUR, TOWN, holder
from web.errors import Conflict, Forbidden, Invalid, NotFound
from web.paper import pdf_of

pytestmark = pytest.mark.django_db


def director() -> Person:
    return holder(COUNTY, "command_office_director")


@transaction.atomic
def drafted(kind: str = "circular_test", by: Any = None, **more: Any) -> OfficialPaper:
    """By the system, by rule, to the township of Jushui; of a kind without an effect."""
    county = Unit.objects.get(code=COUNTY)
    values = {"subject": "", "unit": county, "title": "关于测试的通报", "paragraphs": ["现予通报。"],
              "facts": [("事由", "测试")], "to": [Unit.objects.get(code=TOWN)], **more}  # fmt: skip
    return actions.draft_papers([Draft(kind, **values)], by=by or by_rule("paper.chase"))[0]


@pytest.fixture(autouse=True)
def kind() -> Any:
    with PAPERS.lent({"circular_test": PAPERS["response_ended"].__class__("circular")}):
        yield


def fresh(paper: OfficialPaper) -> OfficialPaper:
    return OfficialPaper.objects.get(pk=paper.pk)


def test_the_clock_drafts_and_nobody_but_the_signer_lets_it_out(person: Callable[[str], Person]) -> None:
    paper = drafted()
    assert (paper.status, paper.number, paper.drafted_by, paper.rule["code"]) == ("drafted", None, None, "paper.chase")
    told = Message.objects.filter(subject=f"paper:{paper.pk}")
    assert [(row.person, row.code) for row in told] == [(director(), "paper.to_sign")], "the addressee hears nothing"
    with pytest.raises(Conflict):
        actions.serve_paper(paper.pk, by=director())
    for somebody in (person("officer"), holder(TOWN, "township_head")):
        with pytest.raises((Forbidden, NotFound)):
            actions.sign_paper(paper.pk, by=somebody)
    actions.sign_paper(paper.pk, by=director())
    paper = fresh(paper)
    assert (paper.status, paper.number, paper.signed_by) == ("served", f"庆应急〔{paper.year}〕1号", director())
    assert not Timer.objects.filter(subject=f"paper:{paper.pk}", state="pending").exists()
    assert Message.objects.filter(code="paper.served", person=holder(TOWN, "township_head")).exists()


def test_an_unsigned_paper_is_unseen_by_its_addressee_on_page_api_and_pdf(
    browse: Callable[..., Any], api: Callable[..., Any]
) -> None:
    paper, head = drafted(), holder(TOWN, "township_head")
    for address in ("", "pdf/"):
        assert browse(head).get(f"/papers/{paper.pk}/{address}").status_code == 404
    assert api(head).get(f"/api/v1/papers/{paper.pk}/").status_code == 404
    assert api(head).get("/api/v1/papers/").json()["results"] == []
    actions.sign_paper(paper.pk, by=director())
    assert browse(head).get(f"/papers/{paper.pk}/").status_code == 200
    assert api(head).get("/api/v1/papers/").json()["results"][0]["number"] == fresh(paper).number
    assert api(holder(NEIGHBOUR, "township_head")).get(f"/api/v1/papers/{paper.pk}/").status_code == 404


def test_a_draft_bears_a_watermark_and_no_number_and_a_signed_one_its_signer_and_seal() -> None:
    paper = drafted()

    def sheet() -> str:
        return render_to_string(SHEET, {**figures(paper_of(director(), paper.pk)), "lang": "zh-CN"})

    assert "draft-mark" in sheet()
    assert "未编文号" in sheet()
    assert "印章" not in sheet()
    actions.sign_paper(paper.pk, by=director())
    number = fresh(paper).number
    assert number
    assert "draft-mark" not in sheet()
    assert all(part in sheet() for part in (number, f"签发人：{director().name}", "印章", "庆元县人民政府"))
    content = pdf_of(SHEET, figures(paper_of(director(), paper.pk)), language="zh-hans", by=director())
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert number in text
    assert director().name in text


def test_numbers_have_no_gaps_and_an_exercise_takes_none() -> None:
    first, refused, second, played = drafted(), drafted(), drafted(), drafted(exercise=7)
    actions.sign_paper(first.pk, by=director())
    with transaction.atomic():
        actions.sign_paper(refused.pk, by=director())
        transaction.set_rollback(True)
    actions.sign_paper(played.pk, by=director())
    actions.sign_paper(second.pk, by=director())
    assert [fresh(paper).serial for paper in (first, refused, second, played)] == [1, None, 2, 1]
    assert fresh(played).number.startswith("演练庆应急〔")


@pytest.mark.django_db(transaction=True)
def test_signed_twice_at_once_it_has_one_number_and_the_other_hears_409(demo_county: Unit) -> None:
    paper, signer, gate = drafted(), director(), Barrier(2)

    def sign() -> str:
        gate.wait(20)
        try:
            actions.sign_paper(paper.pk, by=Person.objects.get(pk=signer.pk))
            return "signed"
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = sorted(one.result(60) for one in [pool.submit(sign), pool.submit(sign)])
    assert done == ["conflict", "signed"]
    assert fresh(paper).serial == 1


def test_a_late_signer_is_reminded_then_the_deputy_then_the_head_who_may_sign_then(clock: Any) -> None:
    paper, deputy, head = drafted(), holder(COUNTY, "deputy_magistrate"), holder(COUNTY, "magistrate")
    with pytest.raises(Forbidden):
        actions.sign_paper(paper.pk, by=deputy)
    clock.travel(hours=25)
    fire_due()
    asked = Message.objects.filter(code="paper.unsigned", subject=f"paper:{paper.pk}", state="open", alarm=True)
    assert {row.person for row in asked} == {director()}
    clock.travel(hours=12)
    fire_due()
    assert {row.person for row in asked.all()} == {director(), deputy}
    with pytest.raises(Forbidden):
        actions.sign_paper(paper.pk, by=head)
    events = Event.objects.filter(verb="paper.chased", subject=f"paper:{paper.pk}")
    assert [event.by for event in events] == ["system"] * 2
    actions.sign_paper(paper.pk, by=deputy)
    signed = fresh(paper)
    assert (signed.signed_by, signed.signed_for) == (deputy, director())
    clock.travel(hours=48)
    fire_due()
    assert events.count() == 2, "a signed paper is chased no more"


def test_the_seats_of_a_headquarters_sign_in_its_name_and_its_series(person: Callable[[str], Person]) -> None:
    county = Unit.objects.get(code=COUNTY)
    body = Headquarters.objects.create(
        unit=county, code="zz-test", name="测试指挥部", short_name="测指", office_name="测指办", series="庆测指"
    )
    post = Post.objects.get(code="deputy_magistrate")
    HeadquartersMember.objects.create(headquarters=body, role="office_director", unit=county, post=post)
    paper = drafted(headquarters=body)
    with pytest.raises(Forbidden):
        actions.sign_paper(paper.pk, by=director())
    assert selectors.to_sign(person("leader")) == [paper]
    actions.sign_paper(paper.pk, by=person("leader"))
    assert fresh(paper).number.startswith("庆测指〔")


def test_an_absent_leader_s_substitute_signs_and_the_paper_says_for_whom_and_on_what_authority() -> None:
    paper, stranger = drafted(), holder(COUNTY, "party_secretary")

    def authority(leaders: Sequence[Person]) -> list[Substitute]:
        ground = {"zh": "庆委办〔2026〕5号授权", "en": "authorised by 庆委办〔2026〕5号"}
        return [Substitute(one, stranger, ground) for one in leaders if one == director()]

    with pytest.raises(Forbidden):
        actions.sign_paper(paper.pk, by=stranger)
    with SUBSTITUTES.lent({"test": authority}):
        actions.sign_paper(paper.pk, by=stranger)
    signed = fresh(paper)
    assert (signed.signed_for, signed.signed_ground) == (director(), "庆委办〔2026〕5号授权")
    sheet = render_to_string(SHEET, {**figures(paper_of(director(), paper.pk)), "lang": "zh-CN"})
    assert f"代{director().name}签发（庆委办〔2026〕5号授权）" in sheet


def test_a_paper_that_nobody_can_sign_stays_and_says_so(clock: Any, browse: Callable[..., Any]) -> None:
    paper = drafted(signing=[{"roles": [], "posts": ["no_such_post"]}])
    clock.travel(hours=25)
    fire_due()
    assert fresh(paper).status == "drafted"
    assert "Nobody holds the posts" in browse(director()).get(f"/papers/{paper.pk}/").content.decode()


def test_withdrawing_needs_a_reason_and_a_served_paper_stays() -> None:
    paper = drafted()
    with pytest.raises(Invalid):
        actions.withdraw_paper(paper.pk, by=director(), reason=" ")
    actions.withdraw_paper(paper.pk, by=director(), reason="重复拟稿")
    with pytest.raises(Conflict):
        actions.sign_paper(paper.pk, by=director())
    other = drafted()
    actions.sign_paper(other.pk, by=director())
    with pytest.raises(Conflict):
        actions.withdraw_paper(other.pk, by=director(), reason="x")


def test_a_signature_without_service_keeps_it_in_the_house_until_it_is_served(person: Callable[[str], Person]) -> None:
    paper, head = drafted(), holder(TOWN, "township_head")
    actions.sign_paper(paper.pk, by=director(), serve=False)
    assert not selectors.papers_in_sight(head).filter(pk=paper.pk).exists()
    actions.serve_paper(paper.pk, by=person("officer"))
    row = actions.receive_paper(paper.pk, by=head)
    assert (row.unit.code, row.received_by) == (TOWN, head)
    assert actions.receive_paper(paper.pk, by=head).received_at == row.received_at, "a second tap changes nothing"


def test_the_leader_signs_in_two_taps_with_the_whole_text_in_sight(browse: Callable[..., Any]) -> None:
    paper = drafted(paragraphs=[f"第{n}段，全文可见。" for n in range(30)])
    client = browse(director())
    assert f'href="/papers/{paper.pk}/"' in client.get("/papers/").content.decode()
    page = client.get(f"/papers/{paper.pk}/").content.decode()
    assert all(f"第{n}段，全文可见。" in page for n in range(30))
    assert client.post(f"/papers/{paper.pk}/sign/", {"serve": "on"}).status_code == 302
    assert fresh(paper).status == "served"
    assert client.post(f"/papers/{paper.pk}/sign/", {"serve": "on"}).status_code == 409


def test_the_api_signs_serves_withdraws_rewords_and_takes_receipts(api: Callable[..., Any]) -> None:
    def done(answer: Any, status: int = 200) -> dict[str, Any]:
        assert answer.status_code == status, answer.content
        return answer.json()

    paper, client = drafted(), api(director())
    at = f"/api/v1/papers/{paper.pk}/"
    whole = done(client.get(at))
    assert (whole["status"], whole["may_sign"], whole["signers"][0][0]["id"]) == ("drafted", True, director().pk)
    done(client.post(at + "serve/", {}), 409)
    assert done(client.post(at + "reword/", {"paragraphs": ["改过。"], "expected": 0}))["paragraphs"] == ["改过。"]
    done(client.post(at + "reword/", {"paragraphs": ["又改。"], "expected": 0}), 409)
    assert done(client.post(at + "sign/", {"serve": False}))["status"] == "signed"
    assert done(client.post(at + "serve/", {}))["status"] == "served"
    received = done(api(holder(TOWN, "township_head")).post(at + "receive/", {}))
    assert received["to"][0]["received_at"]
    done(client.post(at + "withdraw/", {"reason": "x"}), 409)


def test_the_list_asks_as_many_questions_for_many_papers_as_for_few(
    browse: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        drafted()
    client = browse(director())
    client.get("/papers/")
    with django_assert_max_num_queries(30):
        assert client.get("/papers/").status_code == 200
