"""A township sees nothing of its neighbour: every address and every API route is asked for the neighbour's things.

The addresses come from the resolver, so that one added tomorrow is walked too. Everything planted in the neighbouring
township carries a word of its own; no answer to our township may contain one. The county's officer, who may see all of
it, walks the same way: a walk that finds nothing there would prove nothing.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver
from knox.models import AuthToken
from PIL import Image
from pypdf import PdfReader
from pytest_django.plugin import DjangoDbBlocker

from board.actions import add_device
from board.selectors.layers import LAYERS
from command.actions import issue_order, open_incident, progress, start_level
from command.models import Assignment, Incident, Order, Proposal, Response
from database.clock import now
from duty import actions as duty
from duty.actions.hand_over import open_handover
from duty.models import CalendarToken
from early_warning.actions import add_feed, receive
from early_warning.actions.unread import keep_unread
from early_warning.files.bodies import Body
from early_warning.models import Feed, Question, UnreadMessage
from early_warning.models import Warning as Alert
from early_warning.platforms.cap import Refused
from hazards.actions.file import file_hazard
from hazards.actions.photograph import add_photo
from hazards.actions.posters import make_posters
from hazards.actions.saved_filters import keep_filters
from hazards.models import Hazard, Poster, SavedFilter
from hazards.rules.filing import Filing
from journal.actions.attachments import attach
from journal.actions.recording import SYSTEM
from journal.live import frames
from journal.models import Attachment
from norms.models import OfficialPaper
from notify.models import Account, Delivery, Inbound, Message, PushSubscription, ReachRule
from org.actions import count_failed_sign_in, create_headquarters, issue_token, seat_member
from org.models import Appointment, Person, Post, Unit
from org.selectors.jurisdiction import jurisdiction_of
from org.selectors.sign_ins import Rules
from plans.actions import create_plan, raise_item
from tests.early_warning.messages import info, message, reference, update
from tests.support.county import BACKEND
from tests.support.jobs import finished, run_jobs
from tests.support.levels import action, plan_of
from web.actions import start_job

NEIGHBOUR, NEIGHBOUR_PATH = "331126105", "33.11.26.105"
SEEN_BY_FEW = ("ZQVIEW", "ZQTOKEN", "zqwall")
"""What the county's duty officer does not see either: one's own views, and who gets in, which keepers see."""
WORDS = (
    "ZQNAME", "秘名", "19900009991", "ZQTITLE", "ZQDESC", "ZQORDER", "ZQNOTE", "ZQHEAD", "ZQPLACE", "ZQREASON",
    "ZQCALL", "05789999111", "ZQHAZARD", "ZQSITE", "ZQVIEW", "ZQTOKEN", "zqwall", "ZQUNREAD",
)  # fmt: skip
ROUTES_WITHOUT_DATA = (
    "admin/",
    "static/",
    "api/schema/",
    "api/docs/",
    "i18n/",
    "jsi18n/",
    "healthz",
    "readyz",
    "metrics",
)


@dataclass
class Planted:
    """The neighbour's things."""

    incident: Incident
    order: Order
    assignment: Assignment
    warning: Alert
    attachment: Attachment
    message: Message
    person: Person
    duty: dict[str, int]
    """Path of the API → the id of the neighbour's thing there."""
    unread: UnreadMessage
    """What a platform of the neighbour's county sent and nobody could read: it is for the county alone."""
    hazards: dict[str, int]
    """Path of the pages → the id of the neighbour's ticket, poster and saved view."""
    access: tuple[str, int]
    """What names an API token of the neighbour's in addresses, and the id of the neighbour's wall screen."""
    job: str
    """What the county's duty officer had made: its file is theirs alone, whoever may see what is in it."""
    unit: Unit = field(default_factory=lambda: Unit.objects.get(code=NEIGHBOUR))


def plant() -> Planted:
    officer = Person.objects.get(username="officer")
    # The magistrate, assigned to it too, commands the county's headquarters, which every township is told of.
    holders = Appointment.objects.filter(unit__path__startswith=NEIGHBOUR_PATH).values("person")
    holders = holders.exclude(person__appointments__unit__level=Unit.Level.COUNTY)
    Person.objects.filter(pk__in=holders).update(name="秘名", name_en="ZQNAME", phone="19900009991")
    Unit.objects.filter(path__startswith=NEIGHBOUR_PATH).update(phone="05789999111")
    person = Appointment.objects.filter(unit__code=NEIGHBOUR, post__code="township_station").first().person  # type: ignore[union-attr]
    incident = open_incident(
        by=officer, title="ZQTITLE", category="accident", unit=NEIGHBOUR, description="ZQDESC", place="ZQPLACE"
    )
    order = issue_order(
        by=officer, incident_id=incident.pk, text="ZQORDER", units=[NEIGHBOUR], descendants=True, ladder="red"
    )
    assignment = next(row for row in order.lines if row.person_id == person.pk)
    from command.actions import acknowledge

    acknowledge(assignment.pk, by=person)
    progress(assignment.pk, by=person, step="passed_on", note="ZQNOTE")
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(photo, "JPEG")
    photo.seek(0)
    subject = f"assignment:{assignment.pk}"
    attachment = attach(subject, NEIGHBOUR_PATH, photo, by=person, root=f"incident:{incident.pk}")
    told = Message.objects.filter(person=person).latest("id")
    warning = _warning()
    things = _duty(officer), _unread(), _hazards(person), _access(person), _job(officer)
    return Planted(incident, order, assignment, warning, attachment, told, person, *things)


def _job(officer: Person) -> str:
    job = start_job("duty.call_log_sheet", {"unit": NEIGHBOUR, "query": ""}, by=officer)
    run_jobs()
    return str(job.pk)


def _access(person: Person) -> tuple[str, int]:
    """A wall screen and an API token of the neighbour's, and somebody there who is locked out."""
    screen = add_device(name="zqwall", unit=NEIGHBOUR, by=SYSTEM)[0]
    rules = Rules(1, 1, *[dt.timedelta(hours=1)] * 3)
    assert count_failed_sign_in(person.username, "address:192.0.2.1", rules=rules)
    return issue_token(person, name="ZQTOKEN", by=person)[0].digest[:24], screen.pk


def _unread() -> UnreadMessage:
    body = Body.of(b"<ZQUNREAD/>")
    return keep_unread(body, Refused("ZQUNREAD"), by=Feed.objects.select_related("unit").latest("pk"))


def _warning() -> Alert:
    feed = add_feed("walk", "平台", Unit.objects.get(code="331126"), by=SYSTEM, token="t" * 40)[0]
    area = (
        "<area><areaDesc>ZQPLACE</areaDesc><geocode><valueName>division</valueName>"
        f"<value>{NEIGHBOUR}</value></geocode></area>"
    )
    receive(message(info(area, headline="ZQHEAD", description="ZQDESC"), identifier="walk-1"), by=feed)
    return Alert.objects.latest("id")


PLAN = {"code": "zq", "kind": "township", "hazard_type": "flood", "name": "ZQTITLE", "name_en": "ZQTITLE"}


def _hazards(person: Person) -> dict[str, int]:
    """A ticket with a photo, a poster on a wall and a saved view of the neighbour's."""
    point = Unit.objects.get(code=NEIGHBOUR).boundary.point_on_surface
    filing = Filing(uuid4(), "cut_slope", "ZQHAZARD", (point.x, point.y), now(), place="ZQPLACE")
    ticket, _new = file_hazard(filing, by=person, door="phone")
    photo = io.BytesIO()
    Image.new("RGB", (50, 30), "teal").save(photo, "JPEG")
    photo.seek(0)
    add_photo(ticket.pk, photo, by=person)
    poster = make_posters(by=person, units=[NEIGHBOUR], site="ZQSITE")[0]
    view = keep_filters(by=person, name="ZQVIEW", query="status=found")
    return {"hazards/posters/": poster.pk, "hazards/views/": view.pk, "hazards/": ticket.pk}


def _duty(officer: Person) -> dict[str, int]:
    """A shift under way, a swap and an override, a handover, a spot check, a logged call, a pattern and a calendar
    address of the neighbour's."""
    unit = Unit.objects.get(code=NEIGHBOUR)
    people = [row.person for row in Appointment.objects.filter(unit=unit).select_related("person").order_by("pk")]
    keeper, crew = people[1], dict(zip(("leader", "main", "deputy"), people, strict=False))
    start = now().replace(microsecond=0) - timedelta(hours=1)
    shifts = [
        duty.add_shift(by=SYSTEM, unit=unit, start=at, end=at + timedelta(hours=12), people=crew, published=True)
        for at in (start, start + timedelta(hours=12), start + timedelta(days=3))
    ]
    slot = shifts[2].slots.get(post="main")
    put = duty.override(
        by=keeper, unit=unit, post="reserve", person=people[3], start=start, end=start + timedelta(days=1),
        reason="ZQREASON",
    )  # fmt: skip
    pattern = duty.set_pattern(
        by=SYSTEM, unit=unit, name="ZQTITLE", rotation={post: [who] for post, who in crew.items()},
        valid_from=start.date(),
    )  # fmt: skip
    duty.issue_feed(by=keeper, unit=unit)
    return {
        "shifts": shifts[0].pk,
        "slots": slot.pk,
        "patterns": pattern.pk,
        "me/feed": CalendarToken.objects.get(person=keeper, unit=unit).pk,
        "overrides": put.pk,
        "swaps": duty.request_swap(by=slot.person, slot_id=slot.pk, reason="ZQREASON").pk,
        "leaves": duty.ask_leave(
            by=slot.person, start=start + timedelta(days=9), end=start + timedelta(days=10), reason="ZQREASON"
        ).pk,
        "handovers": open_handover(shifts[1]).pk,  # type: ignore[union-attr]
        "spot-checks": duty.start_spot_check(by=officer, unit=unit).pk,
        "call-logs": duty.log_call(by=people[0], unit=unit, content="ZQCALL").pk,
        "plans": (plan := create_plan(by=SYSTEM, unit=unit, document=PLAN).plan_id),
        "items": raise_item(plan, by=SYSTEM, source="problem", text="ZQNOTE").pk,
        "warning-questions": _question(),
        **_headquarters(unit),
        **_response(officer),
        **_leaders(),
    }


def _headquarters(unit: Unit) -> dict[str, int]:
    body = create_headquarters(
        unit=unit, code="walk", by=None, name="ZQNAME", short_name="ZQ", office_name="ZQNAME", series="ZQ"
    )
    seat = seat_member(body, by=None, role="member", unit=unit, post=Post.objects.get(code="township_head"))
    return {"headquarters": body.pk, "seats": seat.pk}


def _question() -> int:
    """An update of the neighbour's warning that is in doubt, because it lies elsewhere."""
    area = "<area><areaDesc>x</areaDesc><geocode><valueName>division</valueName><value>330100</value></geocode></area>"
    body = update("walk-2", of=reference("walk-1"), infos=info(area, headline="ZQHEAD", description="ZQDESC"))
    receive(body, by=Feed.objects.get(code="walk"))
    return Question.objects.latest("id").pk


def _response(officer: Person) -> dict[str, int]:
    """A level of a plan of the neighbour's that runs, and one that is proposed."""
    version = plan_of(action("walk", text="ZQORDER", text_en="ZQORDER"), unit=NEIGHBOUR)
    incident = open_incident(by=officer, title="ZQTITLE", category="accident", unit=NEIGHBOUR)
    leader = Person.objects.get(username="leader")
    response = start_level(incident.pk, by=leader, version_id=version.pk, level="III", grounds="ZQREASON")
    proposal = Proposal.objects.create(
        version=version, level="III", subject="gauge:1", title={"zh": "ZQTITLE"}, unit=incident.unit, made_at=now()
    )
    paper = OfficialPaper.objects.latest("id")  # the notice of the response
    return {"responses": response.pk, "proposals": proposal.pk, "papers": paper.pk, **_reach(officer)}


def _reach(officer: Person) -> dict[str, int]:
    """A text that went out to the neighbour, a reply that fits nothing, a gateway account, a communication test."""
    county = Unit.objects.get(level="county")
    account = Account.objects.create(code="walk", gateway="generic", name="ZQNAME", unit=county, channels=["sms"])
    message = Message.objects.filter(unit_path=NEIGHBOUR_PATH).latest("pk")
    sent = Delivery.objects.create(message=message, channel="sms", address="19900009991", state="sent", account=account)
    reply = Inbound.objects.create(
        account=account, kind="reply", state="open", phone="19900009991", text="ZQNOTE", person=message.person
    )
    test = duty.start_comm_test(by=officer, unit=Unit.objects.get(code=NEIGHBOUR), levels=["township"], window_min=15)
    device = PushSubscription.objects.create(person=message.person, endpoint="https://x.test/1", device="ZQNAME")
    line = test.lines.exclude(phone="").order_by("pk").first()
    assert line is not None
    return {
        "deliveries": sent.pk, "reply": reply.pk, "gateways": account.pk, "comm-tests": test.pk, "numbers": line.pk,
        "reach": ReachRule.objects.order_by("pk").values_list("pk", flat=True)[0], "me/push": device.pk,
    }  # fmt: skip


def _leaders() -> dict[str, int]:
    """Where the county's leaders are is the county's alone."""
    leader, county = Person.objects.get(username="leader"), Unit.objects.get(level="county")
    start, end = now() + timedelta(days=40), now() + timedelta(days=41)
    stay = duty.file_absence(by=leader, unit=county, kind="away", start=start, end=end, person=leader, place="ZQPLACE")
    deputies = Person.objects.filter(appointments__post__code="executive_deputy_magistrate")
    deputy = deputies.exclude(pk=leader.pk).first() or leader
    given = duty.authorise(
        by=leader, unit=county, deputy=deputy, matters=["papers"], start=start, end=end, giver=leader, note="ZQNOTE"
    )
    return {"leaders": stay.pk, "authorisations": given.pk, "units/<code>/leaders": leader.pk}


# The addresses -------------------------------------------------------------------------------------------------------


def routes(patterns: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every route as one template: "incidents/<pk>/"."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield _plain(route)


def _plain(route: str) -> str:
    """A regular expression's route written as a path's."""
    route = re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", route)
    route = re.sub(r"<\w+:(\w+)>", r"<\1>", route)
    return re.sub(r"\\(.)", r"\1", route).replace("^", "").replace("$", "").replace("/?", "")


CODES = {
    "api/v1/posts": ["township_head"], "plans/": [PLAN["code"]], "responses/": ["final_report_drafted"],
    "duty/units/<code>/leaders": ["331126"],
}  # fmt: skip
"""What <code> is, by the route's beginning; elsewhere it is a unit's."""


def fillings(route: str, planted: Planted) -> dict[str, list[Any]]:
    """For each parameter of the route the values that lead to the neighbour's things."""
    by_start: list[tuple[str, Any]] = [
        ("api/v1/incidents", planted.incident.pk), ("incidents/", planted.incident.pk),
        ("api/v1/orders", planted.order.pk), ("orders/mine/", planted.assignment.pk), ("orders/", planted.order.pk),
        ("api/v1/assignments", planted.assignment.pk), ("assignments/", planted.assignment.pk),
        ("api/v1/warnings", planted.warning.pk), ("attachments/", planted.attachment.pk),
        ("me/files/", planted.job), ("api/v1/jobs", planted.job),
    ]  # fmt: skip
    by_start += [(f"{where}{kind}", pk) for kind, pk in planted.duty.items() for where in ("api/v1/", "duty/")]
    by_start += [("duty/checks", planted.duty["spot-checks"]), ("duty/log/", planted.duty["call-logs"])]
    by_start += [("duty/leave/", planted.duty["leaves"])]
    by_start += [(f"{kind}/", planted.duty[kind]) for kind in ("responses", "proposals")]
    by_start += [("papers/", planted.duty["papers"]), ("duty/whereabouts/", planted.duty["leaders"])]
    by_start += [("plans/items/", planted.duty["items"]), ("register/headquarters", planted.duty["headquarters"])]
    by_start += [(f"register/{kind}", planted.duty[kind]) for kind in ("gateways", "numbers", "reach")]
    by_start += [("me/push/", planted.duty["me/push"])]
    by_start += [*planted.hazards.items(), ("api/v1/hazards", planted.hazards["hazards/"])]
    pk = next((value for start, value in by_start if route.startswith(start)), None)
    names = ["close", "merge", "plan"] if route.startswith("hazards/") else ["III"]
    codes = next((found for start, found in CODES.items() if route.startswith(start)), [NEIGHBOUR, NEIGHBOUR + "201"])
    return {
        "pk": [pk], "warning_id": [planted.warning.pk], "message_id": [planted.message.pk], "code": codes,
        "reply": [planted.duty["reply"]], "assignment": [planted.assignment.pk], "reference": ["1-1"],
        "account": ["walk"],
        "seat": [planted.duty["seats"]], "section": ["silent"], "item": ["supplies"],
        "question_id": [planted.duty["warning-questions"]],
        "layer": list(LAYERS), "kind": ["people", "boundaries"], "token": ["x"], "format": ["json"],
        "feed_id": [planted.unread.feed_id], "unread_id": [planted.unread.pk],
        "generation": [1], "slot": [planted.duty["slots"]], "post": ["main"],
        "year": [2027], "number": [3], "day": ["2027-03-01"],
        "unit": [NEIGHBOUR], "what": ["review"], "name": names, "action": ["walk"], "language": ["en"],
        "paper": [1], "colour": ["red"],
        "mark": [planted.access[0]], "screen": [planted.access[1]], "platform": ["walk"],
        "person": [planted.person.pk],
        "verb": ["warn", "start-recovery", "recover", "review", "archive"],
    }  # fmt: skip


def addresses(planted: Planted) -> list[tuple[str, str]]:
    """(route, address) for every route and every filling."""
    found = []
    for route in dict.fromkeys(routes()):
        if route.startswith(ROUTES_WITHOUT_DATA):
            continue
        filled = [route]
        for name in re.findall(r"<(\w+)>", route):
            values = fillings(route, planted)[name]
            assert values != [None], f"the walk does not know what <{name}> of {route} is: tell it in fillings()"
            filled = [one.replace(f"<{name}>", str(value)) for one in filled for value in values]
        found += [(route, "/" + one) for one in filled]
    return found


def asked_with(planted: Planted) -> list[dict[str, str]]:
    """Queries that lists and routes understand. None repeats a planted word."""
    return [
        {"q": "ZQ", "after": "0"}, {"q": "1990000999"}, {"text": "ZQ"}, {"incident": str(planted.incident.pk)},
        {"unit": NEIGHBOUR},
    ]  # fmt: skip


class Noting(QueryDict):
    """A request's query that notes which of its names are looked at; ``ALL`` when somebody went through all of it."""

    ALL = "*"

    def __init__(self, query: str = "", **named: Any) -> None:
        self.read: set[str] = set()
        super().__init__(query, **named)
        self.read.clear()  # it looks at its names while it fills itself


def _by_name(method: str) -> Callable[..., Any]:
    def noted(self: Noting, name: str, *more: Any) -> Any:
        self.read.add(name)
        return getattr(QueryDict, method)(self, name, *more)

    return noted


def _through_all(method: str) -> Callable[..., Any]:
    def noted(self: Noting, *more: Any, **named: Any) -> Any:
        self.read.add(Noting.ALL)
        return getattr(QueryDict, method)(self, *more, **named)

    return noted


for _method in ("__getitem__", "__contains__", "getlist", "get"):
    setattr(Noting, _method, _by_name(_method))
for _method in ("__iter__", "keys", "values", "items", "lists", "dict", "urlencode", "__copy__", "__deepcopy__"):
    setattr(Noting, _method, _through_all(_method))


class NotingHandler(ClientHandler):
    """Keeps the query of the latest request."""

    query: Noting

    def get_response(self, request: HttpRequest) -> HttpResponse:
        self.query = Noting(request.META["QUERY_STRING"])
        request.GET = self.query  # type: ignore[assignment]
        return super().get_response(request)  # type: ignore[return-value]


def body(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if answer.headers.get("Content-Type") == "application/pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace")


def told_in(answer: HttpResponse) -> list[str]:
    text = body(answer)
    return [word for word in WORDS if word in text or word in str(answer.headers)]


def client_of(username: str, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language}, raise_request_exception=False)
    client.force_login(Person.objects.get(username=username), backend=BACKEND)
    return client


def get_all(client: Client, planted: Planted, *, queries: bool = True, api: bool = True) -> dict[str, list[str]]:
    """Address → words told there, over GET: plain, and with every query of which something is looked at there."""
    client.handler = NotingHandler(enforce_csrf_checks=False)
    told = {}
    for _, address in addresses(planted):
        if api or not address.startswith("/api/"):
            told.update(_told_at(client, address, asked_with(planted) if queries else []))
    return told


def _told_at(client: Client, address: str, queries: list[dict[str, str]]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    query: dict[str, str] | None = {}
    read: set[str] = set()
    while query is not None:
        asked = f"{address}?{urlencode(query)}" if query else address
        first = client.get(asked, headers={"x-requested-with": "XMLHttpRequest"})
        names = set(client.handler.query.read)
        answer = finished(client, first)
        assert answer.status_code < 500, f"{asked} answered {answer.status_code}"
        if words := told_in(answer):
            told[asked] = words
        if answer.status_code in (301, 302, 401, 403, 404, 405):
            break  # the query changes nothing about it
        if query and answer.headers.get("Content-Type") == "application/pdf":
            break  # printed from the list that its page shows, which is asked with all of them
        read |= names
        query = next((one for one in queries if read & {*one, Noting.ALL}), None)
        queries = [one for one in queries if one is not query]
    return told


# The tests -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def garden(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planted]:
    """Planted once for these tests, each of which is rolled back to here; then all of it is rolled back."""
    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        yield plant()
        transaction.set_rollback(True)
    settings.MEDIA_ROOT = before


@pytest.fixture
def planted(garden: Planted, db: None) -> Planted:
    return garden


def test_no_address_tells_a_township_of_its_neighbour(planted: Planted) -> None:
    assert get_all(client_of("township"), planted) == {}


def test_no_address_tells_it_in_chinese_either(planted: Planted) -> None:
    # The API answers with the names in both languages, whichever is asked for.
    assert get_all(client_of("township", "zh-hans"), planted, queries=False, api=False) == {}


def test_the_same_walk_tells_the_county_of_all_of_it(planted: Planted) -> None:
    told = get_all(client_of("officer"), planted, queries=False)
    assert {word for words in told.values() for word in words} >= set(WORDS) - {"秘名", "05789999111", *SEEN_BY_FEW}
    assert len({address.partition("?")[0] for address in told}) > 20
    assert any(address.endswith(".pdf") for address in told)


NOWHERE = 999_999_999


def _refused(answer: HttpResponse) -> tuple[int, str]:
    """The status, and where it sends the reader on to, whatever the number there: that address is walked too."""
    return answer.status_code, re.sub(r"\d+", "N", answer.headers.get("Location", ""))


def test_a_neighbour_s_thing_answers_as_one_that_does_not_exist(planted: Planted) -> None:
    client, wrong = client_of("township"), {}
    for route, address in addresses(planted):
        if not re.search(r"<(pk|warning_id|message_id|feed_id|unread_id|slot)>", route):
            continue
        nowhere = re.sub(r"/\d+(?=[/.])", f"/{NOWHERE}", address, count=1)
        for ask in (client.get, lambda url: client.post(url, {}, content_type="application/json")):
            there, nothing = ask(address), ask(nowhere)
            # A redirect that is the same for both only spells the address of a page that is walked too.
            if not (_refused(there) == _refused(nothing) and there.status_code in (302, 400, 404, 405)):
                wrong[address] = (there.status_code, nothing.status_code)
    assert wrong == {}


def test_nothing_that_is_posted_changes_or_tells_of_the_neighbour(planted: Planted) -> None:
    client = client_of("township")
    before = state_of(planted)
    full = {
        "grounds": "x", "reason": "x", "note": "x", "how": "phone", "step": "done", "level": "IV", "text": "x",
        "ladder": "red", "units": [NEIGHBOUR], "unit": NEIGHBOUR, "descendants": True, "posts": [], "q": "ZQ",
        "incident": planted.incident.pk, "title": "x", "category": "accident", "person": planted.person.pk,
    }  # fmt: skip
    told = {}
    for _, address in addresses(planted):
        if address in ("/logout/", "/login/"):
            continue
        for sent in ({"data": full, "content_type": "application/json"}, {"data": {**full, "posts": ""}}):
            answer = client.post(address, **sent)
            assert answer.status_code < 500, f"{address} answered {answer.status_code}"
            if words := told_in(answer):
                told[address] = words
            if answer.status_code == 405:
                break  # whatever is posted
    assert told == {}
    assert state_of(planted) == before


def state_of(planted: Planted) -> tuple:
    return (
        list(Incident.objects.values_list("pk", "status", "title", "response_level")),
        list(Order.objects.values_list("pk", "status")),
        list(Response.objects.values_list("pk", "status", "level")),
        list(Proposal.objects.values_list("pk", "status")),
        list(Assignment.objects.order_by("pk").values_list("pk", "status", "note")),
        list(Message.objects.filter(person=planted.person).order_by("pk").values_list("pk", "state")),
        Alert.objects.get(pk=planted.warning.pk).status,
        list(Hazard.objects.values_list("pk", "status", "owner", "generation")),
        list(Poster.objects.values_list("pk", "ended_at")),
        SavedFilter.objects.count(),
        AuthToken.objects.count(),
        Person.objects.filter(is_active=True).count(),
        list(Feed.objects.values_list("code", "active")),
        UnreadMessage.objects.get(pk=planted.unread.pk).attended_at,
    )


def test_a_replay_carries_nothing_of_the_neighbour(planted: Planted, township: Person, officer: Person) -> None:
    def replayed(person: Person) -> str:
        return "".join(frame.text for frame in frames.fetch_replay(0, jurisdiction_of(person).scopes(), False) or [])

    assert [word for word in WORDS if word in replayed(township)] == []
    assert "ZQORDER" in replayed(officer)


def test_nobody_who_is_not_signed_in_is_told_anything(planted: Planted) -> None:
    assert get_all(Client(raise_request_exception=False), planted, queries=False) == {}


@pytest.mark.parametrize(
    ("look", "noted"),
    [
        (lambda query: query.get("q"), {"q"}),
        (lambda query: query["q"], {"q"}),
        (lambda query: query.getlist("unit"), {"unit"}),
        (lambda query: "unit" in query, {"unit"}),
        (lambda query: {**query}, {Noting.ALL}),
        (lambda query: dict(query), {Noting.ALL}),
        (lambda query: list(query.items()), {Noting.ALL}),
        (lambda query: query.copy()["q"], {Noting.ALL}),
        (lambda query: query.urlencode(), {Noting.ALL}),
    ],
)
def test_a_query_notes_what_is_looked_at(look: Callable[[Noting], Any], noted: set[str]) -> None:
    query = Noting("q=1&unit=2")
    assert query.read == set()
    look(query)
    assert query.read >= noted


def test_the_walk_knows_every_route(planted: Planted) -> None:
    walked: Callable[[], list[str]] = lambda: [address for _, address in addresses(planted)]  # noqa: E731
    assert len(walked()) > 80
    assert not [address for address in walked() if "<" in address or "(" in address]
