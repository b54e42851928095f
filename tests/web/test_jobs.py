"""Background jobs: whose they are, what is bounded, what a worker leaves behind, and where their files go."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.test import Client
from openpyxl import load_workbook
from structlog.contextvars import bound_contextvars, get_contextvars

from org.models import Person
from tests.support.county import BACKEND
from tests.support.jobs import run_jobs
from tests.support.processes import eventually
from web import actions, kinds, runner
from web.errors import ActionError, Invalid, TooMany
from web.kinds import File, Outcome, Upload, Work
from web.models import Job

pytestmark = pytest.mark.django_db
State = Job.State


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def greeting() -> Iterator[list[Work]]:
    """A kind of job for these tests: what it was given, each time."""
    given: list[Work] = []

    def run(work: Work) -> File | Outcome:
        given.append(work)
        if "raise" in work.params:
            raise {"invalid": Invalid.field("month", "wrong"), "bug": KeyError("x"), "slow": SoftTimeLimitExceeded()}[
                work.params["raise"]
            ]
        return File("hello.txt", f"hello {work.by}".encode(), "application/octet-stream")

    with kinds.KINDS.lent({"test.greeting": kinds.Kind("test.greeting", "Greeting", run)}):
        yield given


def signed_in(person: Person, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person, backend=BACKEND)
    return client


def ask(person: Person, **params: Any) -> Job:
    return actions.start_job("test.greeting", params, by=person)


def ended(job: Job) -> Job:
    run_jobs()
    job.refresh_from_db()
    return job


def test_a_link_leads_to_a_page_that_waits_and_then_starts_the_download(officer: Person) -> None:
    client = signed_in(officer)
    answer = client.get("/duty/units/331126/log/export/")
    where = answer.headers["Location"]
    assert answer.status_code == 303
    waiting = client.get(where).content.decode()
    assert "Call log (Excel)" in waiting
    assert '<noscript><meta http-equiv="refresh" content="2">' in waiting
    part = client.get(where, headers={"hx-request": "true"})
    assert (part.status_code, "hx-refresh" in part.headers, "<html" in part.content.decode()) == (200, False, False)
    assert client.get(f"{where}file/").status_code == 404
    run_jobs()
    part = client.get(where, headers={"hx-request": "true"})
    assert (part.status_code, part.headers["HX-Refresh"]) == (286, "true")
    assert f'content="0; url={where}file/"' in client.get(where).content.decode()
    file = client.get(f"{where}file/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="call-log-331126.xlsx"'
    assert load_workbook(io.BytesIO(file.content)).active.max_column > 5
    assert "call-log-331126.xlsx" in client.get("/me/files/").content.decode()


def test_the_api_answers_202_with_where_to_ask(officer: Person) -> None:
    client = signed_in(officer)
    answer = client.get("/api/v1/shifts/export/?unit=331126&month=2027-03")
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "1")
    where = answer.headers["Location"]
    assert client.get(where).json()["state"] == "queued"
    assert client.get(f"{where}file/").status_code == 404
    run_jobs()
    job = client.get(where).json()
    assert (job["state"], job["file"]["name"]) == ("done", "duty-331126-2027-03.xlsx")
    assert client.get(job["file"]["url"]).content[:2] == b"PK"


def test_a_job_and_its_file_are_its_owner_s_alone(officer: Person, leader: Person, greeting: list[Work]) -> None:
    job = ended(ask(officer))
    pages = [f"/me/files/{job.pk}/", f"/me/files/{job.pk}/file/"]
    routes = [f"/api/v1/jobs/{job.pk}/", f"/api/v1/jobs/{job.pk}/file/"]
    assert [signed_in(officer).get(one).status_code for one in pages + routes] == [200] * 4
    assert [signed_in(leader).get(one).status_code for one in pages + routes] == [404] * 4
    assert [Client().get(one).status_code for one in pages + routes] == [302, 302, 401, 401]
    assert "Greeting" not in signed_in(leader).get("/me/files/").content.decode()
    mine = signed_in(officer)
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    assert [mine.get(one).status_code for one in pages + routes] == [302, 302, 401, 401]


def test_a_double_click_is_one_job_and_a_later_one_is_another(officer: Person, greeting: list[Work]) -> None:
    first = ask(officer, n=1)
    assert ask(officer, n=1).pk == first.pk
    assert ask(officer, n=2).pk != first.pk
    run_jobs()
    assert ask(officer, n=1).pk != first.pk
    assert len(greeting) == 2


def test_the_same_upload_sent_twice_is_one_job(officer: Person, greeting: list[Work]) -> None:
    jobs = [
        actions.start_job("test.greeting", {}, by=officer, upload=Upload("a.xlsx", content)).pk
        for content in (b"one", b"one", b"two")
    ]
    assert len(set(jobs)) == 2
    run_jobs()
    assert [work.upload for work in greeting] == [b"one", b"two"]


def test_too_many_of_one_and_of_all_are_refused_with_a_sentence(
    officer: Person, leader: Person, greeting: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_OF_ONE", 2)
    monkeypatch.setattr(actions, "MOST_IN_ALL", 3)
    ask(officer, n=1), ask(officer, n=2)
    with pytest.raises(TooMany, match="very many files at once"):
        ask(officer, n=3)
    ask(leader, n=1)
    with pytest.raises(TooMany, match="Very many files are being made"):
        ask(leader, n=2)
    client = signed_in(leader)
    for address in ("/duty/units/331126/log/export/", "/api/v1/shifts/export/?unit=331126&month=2027-03"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
    run_jobs()
    assert ended(ask(officer, n=3)).state == State.DONE


def test_nobody_s_many_jobs_hold_up_another_s_one(officer: Person, leader: Person, greeting: list[Work]) -> None:
    first, second = ask(officer, n=1), ask(officer, n=2)
    other = ask(leader)
    Job.objects.filter(pk=first.pk).update(state=State.RUNNING)
    taken = runner.take()
    assert taken is not None
    assert (taken.pk, second.pk == taken.pk) == (other.pk, False)
    runner.unlock(taken)


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ("invalid", "invalid", "wrong"),
        ("bug", "broken", "The server could not make this"),
        ("slow", "too_long", "This takes too long"),
    ],
)
def test_what_goes_wrong_is_told_plainly_with_a_way_on(
    officer: Person, greeting: list[Work], fault: str, code: str, said: str
) -> None:
    job = actions.start_job("test.greeting", {"raise": fault}, by=officer, origin="/duty/log/")
    assert ended(job).state == State.FAILED
    assert job.error["code"] == code
    page = signed_in(officer).get(f"/me/files/{job.pk}/").content.decode()
    assert said in page
    assert 'href="/duty/log/"' in page
    assert signed_in(officer).get(f"/api/v1/jobs/{job.pk}/").json()["error"]["code"] == code


def test_what_breaks_is_logged_with_the_job_and_its_owner(
    officer: Person, leader: Person, greeting: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    contexts: list[dict[str, Any]] = []
    monkeypatch.setattr(logging.getLogger(runner.__name__), "exception", lambda *_: contexts.append(get_contextvars()))
    job = ask(officer, **{"raise": "bug"})
    with bound_contextvars(request_id="which woke the worker", actor=leader.pk, unit="33"):
        ended(job)
    assert contexts == [{"job": str(job.pk), "actor": officer.pk}]


def test_an_error_is_told_in_the_reader_s_language(officer: Person, greeting: list[Work]) -> None:
    job = ended(ask(officer, **{"raise": "bug"}))
    chinese = signed_in(officer, "zh-hans").get(f"/api/v1/jobs/{job.pk}/").json()["error"]["detail"]
    assert not chinese.isascii()


def test_what_is_made_is_in_the_language_it_was_asked_in(officer: Person) -> None:
    client = signed_in(officer, "zh-hans")
    where = client.get("/duty/units/331126/log/export/").headers["Location"]
    run_jobs()
    sheet = load_workbook(io.BytesIO(client.get(f"{where}file/").content)).active
    assert not sheet["A1"].value.isascii()


def test_a_kind_that_no_app_owns_any_more_fails(officer: Person, greeting: list[Work]) -> None:
    job = ask(officer)
    Job.objects.update(kind="gone.kind")
    assert ended(job).error["code"] == "unknown"
    assert signed_in(officer).get(f"/me/files/{job.pk}/").status_code == 200


def test_nothing_is_made_for_somebody_who_has_left(officer: Person, greeting: list[Work]) -> None:
    job = ask(officer)
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    assert ended(job).error["code"] == "signed_off"
    assert greeting == []


def test_a_job_whose_worker_died_is_run_once_more_and_then_fails(officer: Person, greeting: list[Work]) -> None:
    """Nobody holds its lock: the lock ended with the worker's connection."""
    job = ask(officer)
    Job.objects.update(state=State.RUNNING, attempts=1)
    assert ended(job).state == State.DONE
    assert job.attempts == 2
    Job.objects.update(state=State.RUNNING, attempts=2)
    assert ended(job).state == State.FAILED
    assert job.error["code"] == "lost"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_somebody_works_on_is_left_alone(officer: Person, greeting: list[Work]) -> None:
    job = ask(officer)
    Job.objects.update(state=State.RUNNING, attempts=1)
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(job.pk)])
        assert runner.recover() == 0
    finally:
        other.close()
    eventually(run_jobs, "the lock's end, which follows the connection's")
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_worker_that_lost_its_job_to_another_ends_nothing(officer: Person, greeting: list[Work]) -> None:
    def taken_over(work: Work) -> File:
        Job.objects.update(attempts=2)
        return File("late.txt", b"late", "application/octet-stream")

    with kinds.KINDS.lent({"test.greeting": kinds.Kind("test.greeting", "Greeting", taken_over)}):
        job = ask(officer)
        assert runner.run_one()
    job.refresh_from_db()
    assert (job.state, job.file) == (State.RUNNING, "")
    assert not default_storage.exists(f"jobs/{job.pk}/1")


def test_files_are_gone_after_their_time_and_rows_later(officer: Person, greeting: list[Work], settings: Any) -> None:
    job = ended(actions.start_job("test.greeting", {}, by=officer, upload=Upload("a.txt", b"a")))
    paths, client = (job.file, job.upload), signed_in(officer)
    Job.objects.update(expires_at=Now())
    assert client.get(f"/me/files/{job.pk}/file/").status_code == 404, "also before the nightly purge"
    assert actions.expire_jobs() == 1
    assert [path for path in paths if default_storage.exists(path)] == []
    assert not default_storage.exists(f"jobs/{job.pk}")
    assert "no longer kept" in client.get(f"/me/files/{job.pk}/").content.decode()
    settings.JOBS_KEPT_DAYS = -1
    assert actions.expire_jobs() == 1
    assert not Job.objects.exists()


def test_an_upload_whose_request_was_undone_is_swept(officer: Person, greeting: list[Work]) -> None:
    with transaction.atomic():
        undone = actions.start_job("test.greeting", {}, by=officer, upload=Upload("a.txt", b"a"))
        transaction.set_rollback(True)
    waiting = actions.start_job("test.greeting", {}, by=officer, upload=Upload("a.txt", b"a"))
    actions.expire_jobs()
    assert [default_storage.exists(f"jobs/{one.pk}/upload") for one in (undone, waiting)] == [False, True]


def test_a_file_that_the_disk_has_lost_is_not_found(officer: Person, greeting: list[Work]) -> None:
    job = ended(ask(officer))
    default_storage.delete(job.file)
    assert signed_in(officer).get(f"/me/files/{job.pk}/file/").status_code == 404


def test_a_broker_that_is_away_loses_no_job(
    officer: Person, greeting: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: Any, **_named: Any) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(actions.current_app, "send_task", away)
    job = ask(officer)
    actions.wake()
    assert ended(job).state == State.DONE


def test_an_outcome_is_shown_by_its_app_s_page_and_only_to_its_owner(officer: Person, leader: Person) -> None:
    job = actions.start_job("hazards.import", {"load": False}, by=officer, upload=Upload("a.xlsx", b"no workbook"))
    run_jobs()
    answer = signed_in(officer).get(f"/me/files/{job.pk}/")
    assert answer.headers["Location"] == f"/hazards/import/?job={job.pk}"
    assert signed_in(officer).get(answer.headers["Location"]).context["outcome"]["problems"]
    assert signed_in(leader).get(answer.headers["Location"]).status_code == 404
    assert signed_in(officer).get("/hazards/import/?job=nonsense").status_code == 200


def test_an_action_error_s_fields_stand_in_the_answer(officer: Person, greeting: list[Work]) -> None:
    job = ended(ask(officer, **{"raise": "invalid"}))
    assert signed_in(officer).get(f"/api/v1/jobs/{job.pk}/").json()["error"]["fields"] == {"month": ["wrong"]}
    assert issubclass(Invalid, ActionError)
