"""Waiting for a file in a browser: the bar, the download that starts by itself, with a script and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from org.models import Person
from tests.support.jobs import run_jobs
from tests.support.pages_open import Server
from web.actions import start_job
from web.kinds import Upload
from web.models import Job

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SignIn = Callable[..., Page]
LOG = "/duty/log/?unit=331126"


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: this database is its server's."""


@pytest.mark.parametrize("script", [True, False])
def test_the_download_starts_by_itself_when_the_file_is_ready(server: Server, sign_in: SignIn, script: bool) -> None:
    page = sign_in(server, "officer", java_script_enabled=script)
    page.goto(LOG)
    page.get_by_role("link", name="Excel").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    with page.expect_download() as download:
        run_jobs()
    assert download.value.suggested_filename == "call-log-331126.xlsx"
    expect(page.get_by_role("link", name="Fetch the file")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_of_jobs_are_sound(
    server: Server, sign_in: SignIn, axe: Any, language: str, theme: str, width: int
) -> None:
    officer = Person.objects.get(username="officer")
    start_job("hazards.import", {"load": False}, by=officer, upload=Upload("a.xlsx", b"none"))
    start_job("duty.roster_sheet", {"unit": "331126", "month": "2027-03", "n": width, "theme": theme}, by=officer)
    run_jobs()
    broken = start_job("duty.call_log", {"unit": "nowhere", "n": width, "theme": theme}, by=officer)
    run_jobs()
    waiting = start_job("duty.call_log", {"unit": "331126", "n": width, "theme": theme, "l": language}, by=officer)
    Job.objects.filter(pk=waiting.pk).update(state="running", step="write", done=300, total=1000, attempts=9)
    page = sign_in(server, "officer", language=language, theme=theme, width=width, height=844)
    for address in (f"/me/files/{waiting.pk}/", f"/me/files/{broken.pk}/", "/me/files/"):
        page.goto(address)
        page.wait_for_load_state("load")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    Job.objects.filter(pk=waiting.pk).update(state="failed", error={"code": "lost"})
