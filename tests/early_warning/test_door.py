"""POST /api/v1/inbound/cap/: who may come in, and what is answered."""

from __future__ import annotations

import gzip
import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from board.demo import platform
from early_warning.actions import revoke_feed
from early_warning.models import Feed, RawMessage, Warning
from early_warning.platforms.cap import MAX_BYTES
from early_warning.platforms.cap.tree import MAX_WORDS
from journal.actions.recording import SYSTEM
from tests.early_warning.messages import cancel, info, message, published


def test_a_platform_posts_a_warning_and_is_told_what_became_of_it(post):
    answer = post(published("rainstorm_12379"))
    assert answer.status_code == 201
    body = answer.json()
    warning = Warning.objects.get()
    assert (body["id"], body["ref"], body["status"], body["colour"]) == (warning.pk, warning.ref, "active", "red")
    assert body["units"] == warning.unit_count
    assert (body["outcome"], body["duplicate"], body["test"], body["notes"]) == ("warning", False, False, [])


def test_the_same_again_is_200_with_the_same_id_and_other_bytes_are_409(post):
    first = post(message())
    again = post(message())
    assert (again.status_code, again.json()["id"], again.json()["duplicate"]) == (200, first.json()["id"], True)
    other = post(message(infos=info(severity="Minor")))
    assert (other.status_code, other.json()["code"]) == (409, "identity_reused")
    assert other.json()["current"]["id"] == first.json()["id"]


def test_a_cancel_answers_with_what_it_ended(post):
    first = post(message()).json()
    body = post(cancel()).json()
    assert (body["outcome"], body["id"], body["status"]) == ("cancelled", first["id"], "cancelled")
    assert body["ended"] == [{"id": first["id"], "ref": first["ref"], "status": "cancelled"}]


def test_notes_are_told_in_words(post):
    (note,) = post(cancel()).json()["notes"]
    assert note["code"] == "unknown_reference"
    assert note["value"] in note["detail"]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/xml",
        "text/xml; charset=utf-8",
        "application/cap+xml",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "",
    ],
)
def test_any_content_type_will_do(post, content_type):
    assert post(message(), content_type=content_type).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"", 400, "malformed_xml", None),
        (b"<alert", 400, "malformed_xml", None),
        (message(namespace="urn:oasis:names:tc:emergency:cap:1.3"), 400, "wrong_namespace", None),
        (b'<!DOCTYPE a [<!ENTITY x "y">]>' + message().split(b"\n", 1)[1], 400, "doctype_forbidden", None),
        (message(sender=None), 400, "invalid_message", "sender"),
        (message(infos=info() + info(severity="huge")), 400, "invalid_message", "info[1].severity"),
        (message(note="x" * MAX_BYTES), 413, "too_large", None),
        (message(note="x" * (MAX_WORDS + 1)), 400, "too_complex", None),
    ],
)  # fmt: skip
def test_what_is_refused_has_a_code_and_makes_no_warning(post, body, status, code, field):
    answer = post(body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert list(answer.json()["fields"]) == ([field] if field else [])
    assert not RawMessage.objects.exists()
    assert not Warning.objects.exists()


def test_a_body_without_an_honest_length_is_cut_off_at_the_limit(feed, rf):
    from early_warning.api.door import CapDoor
    from tests.support.platforms import TOKEN

    request = rf.generic("POST", "/x/", b"", headers={"Authorization": f"Token {TOKEN}"})
    stream = io.BytesIO(b"x" * (MAX_BYTES * 3))
    request._stream = stream
    assert CapDoor.as_view()(request).status_code == 413
    assert stream.tell() <= MAX_BYTES + 1


def test_a_compressed_body_is_not_unpacked(post):
    answer = post(gzip.compress(message()), Content_Encoding="gzip")
    assert answer.status_code == 415
    assert post(gzip.compress(message())).status_code == 400


@pytest.mark.parametrize("token", [None, "", "wrong", "错"])
def test_nobody_comes_in_without_a_known_token(post, token):
    answer = post(message(), token=token if token is None else token.encode().decode("latin-1"))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert not RawMessage.objects.exists()


def test_a_revoked_token_is_known_and_refused(post):
    revoke_feed("qx", by=SYSTEM)
    assert post(message()).status_code == 403


def test_a_persons_session_opens_no_door(api, officer, feed):
    answer = api(officer).generic("POST", "/api/v1/inbound/cap/", message(), content_type="application/xml")
    assert answer.status_code == 401


def test_a_platform_that_runs_wild_is_slowed(post, rates_in_force):
    rates_in_force["platform"] = (2, 60)
    answers = [post(message()) for _i in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 429]
    assert answers[-1].json()["code"] == "too_many"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_other_methods_are_refused_as_json(feed, api):
    assert api().get("/api/v1/inbound/cap/").status_code in (401, 405)


@effort(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=60).map(lambda text: message(identifier=text))))
def test_no_body_breaks_the_door(post, body):
    before = Warning.objects.count()
    answer = post(body)
    assert answer.status_code in (200, 201, 400, 409, 413)
    assert (Warning.objects.count() > before) == (answer.status_code == 201)


def test_the_command_prints_a_token_that_opens_the_door_until_it_is_revoked(db, post):
    out = io.StringIO()
    call_command("feed", "add", "sw", "水文", "--unit", "331126000000", stdout=out)
    token = out.getvalue().strip().splitlines()[-1]
    assert not Feed.objects.filter(token_digest=token).exists()
    assert post(message(), token=token).status_code == 201
    out = io.StringIO()
    call_command("feed", "list", stdout=out)
    assert "sw" in out.getvalue()
    assert token not in out.getvalue()
    call_command("feed", "revoke", "sw", stdout=io.StringIO())
    assert post(message(identifier="x"), token=token).status_code == 403


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "qx", "again", "--unit", "331126"),
        ("add", "n", "n", "--unit", "331126206"),
        ("add", "n", "n", "--unit", "1"),
        ("add", "no good", "n", "--unit", "331126"),
        ("revoke", "nobody"),
    ],
)
def test_the_command_says_what_is_wrong(feed, arguments):
    with pytest.raises(CommandError):
        call_command("feed", *arguments)
    assert Feed.objects.count() == 1


def test_the_demo_platform_is_founded_once_with_its_public_token(db, post):
    first, second = platform.found_feed(SYSTEM), platform.found_feed(SYSTEM)
    assert first == second
    assert post(message(), token="demo-platform-token").status_code == 201
