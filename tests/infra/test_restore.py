"""Backup and restore with the commands that an operator types.

The tests tell one story: a county is at work (the Procfile's own processes), three browsers are open, a backup is taken
and, later, restored; and then restored once more into a fresh clone that scripts/run has started.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Playwright's loop runs in the thread that calls the ORM between two steps of a page.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.conf import settings
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken
from playwright.sync_api import Browser, Page, expect

from board.actions import add_device
from journal.actions import seals
from journal.actions.recording import SYSTEM
from journal.files import backups
from org.models import Person
from tests.chaos.system import ROOT, System
from tests.chaos.visitors import Answer, Visitor
from tests.support.clone import copied, removed
from tests.support.hazards import VILLAGE, point_in
from tests.support.own_database import OwnDatabase
from tests.support.pages_open import session_of
from tests.support.photos import jpeg, picture
from tests.support.processes import eventually

pytestmark = [pytest.mark.slow_process, pytest.mark.quiet, pytest.mark.django_db, pytest.mark.timeout(900)]

COUNTER = "[data-counter=open_incidents] .counter-value"
ANEW_S = 5.0
"""Nothing of before is green so soon after the system is back (loading anew: tests/browser/test_restored.py)."""


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: this database is shared with processes."""


class County(System):
    """A county at work on a copy of the test's database, with an operator's commands and a program of the officer's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.media = folder / "media"
        self.media.mkdir()
        url, name = os.environ["DATABASE_URL"].rpartition("/")[0], connection.settings_dict["NAME"]
        # As scripts/manage reads them from .local/env.
        self.env |= {"MEDIA_ROOT": str(self.media), "OWNER_DATABASE_URL": f"{url}/{name}"}
        self.program = Visitor(self.port, token=AuthToken.objects.create(Person.objects.get(username="officer"))[1])

    def manage(self, *words: str, log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as out:
            command = [sys.executable, "manage.py", *words]
            return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=out, stderr=subprocess.STDOUT)

    def send(self, path: str, **body: Any) -> Any:
        status, content, _seconds = self.program.send(
            "POST", f"/api/v1/{path}", json.dumps(body).encode(), "application/json"
        )
        assert status == 201, content
        return json.loads(content)

    def incident(self, title: str) -> None:
        self.send("incidents/", title=title, category="accident", unit="331126", point=[119.06, 27.62])

    def order(self, text: str) -> None:
        self.send("orders/", text=text, units=[VILLAGE], posts=["village_head"], ladder="red")

    def told(self) -> dict[str, Any]:
        """The newest number and the epoch, as the system tells them now; empty while it does not answer."""
        try:
            status, content, _seconds = self.program.get("/api/v1/events/")
        except OSError:
            return {}
        return json.loads(content) if status == 200 else {}


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with django_db_blocker.unblock():
        OwnDatabase.take()
        at_work = County(tmp_path_factory.mktemp("county"))
        try:
            at_work.start()
            yield at_work
        finally:
            at_work.stop()
            connections.close_all()
            for (name,) in before_restores():
                backups.drop(name)
            OwnDatabase.drop()


def before_restores() -> list[tuple[str]]:
    """Databases that a restore has put aside here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE current_database() || '\\_before\\_%'")
        return cursor.fetchall()


def photos(media: Path) -> list[Path]:
    return sorted((media / "attachments").rglob("*.jpg"))


def hazard_with_photo(county: County, colour: str) -> None:
    ticket = county.send(
        "hazards/", client_id=str(uuid.uuid4()), kind="cut_slope", description="坡面裂缝",
        point=list(point_in(VILLAGE)), found_at=timezone.now().isoformat(),
    )  # fmt: skip
    answer: Answer = county.program.upload(
        f"/api/v1/hazards/{ticket['id']}/photos/", "photo", jpeg(picture(colour=colour)), "a.jpg"
    )
    assert answer[0] == 201, answer[1]


def opened(browser: Browser, county: County, username: str, path: str, width: int) -> Page:
    """A page of a browser of its own, signed in and live."""
    url = f"http://127.0.0.1:{county.port}"
    context = browser.new_context(base_url=url, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    if username:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(username), "url": url}])
    page = context.new_page()
    page.goto(path, timeout=60_000)
    live(page)
    return page


def live(page: Page) -> None:
    expect(page.locator("[data-live-epoch]")).to_have_attribute("data-live-state", "live", timeout=60_000)


@pytest.fixture(scope="module")
def pages(county: County, chromium: Browser) -> Iterator[list[Page]]:
    """The officer's command page, a wall screen and a village's phone."""
    screen = reverse("wall-device", args=[add_device(name="hall", unit="331126", by=SYSTEM)[1]])
    three = [
        opened(chromium, county, "officer", "/", 1440),
        opened(chromium, county, "", screen, 1920),
        opened(chromium, county, "village", "/orders/mine/", 390),
    ]
    yield three
    for page in three:
        page.context.close()


@pytest.fixture(scope="module")
def backup(county: County, pages: list[Page], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Taken while the system runs and people are signed in, with an incident, two photos and a seal in it."""
    county.incident("备份之前")
    for colour in ("red", "blue"):
        hazard_with_photo(county, colour)
    with connection.cursor() as cursor:  # events are sealed once they are a minute old
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE journal_event SET written_at = now() - interval '5 minutes'"
            " WHERE seq > (SELECT coalesce(max(last_seq), 0) FROM journal_seal)"
        )
        cursor.execute("SET session_replication_role = origin")
    seals.seal_new()
    folder = tmp_path_factory.mktemp("backup")
    making = county.manage("backup", str(folder / "sanji.tar"), log=folder / "log")
    assert making.wait(240) == 0, (folder / "log").read_text()
    return folder / "sanji.tar"


def show(pages: list[Page], title: str, text: str, count: int) -> None:
    """The incident on the command page, so many on the wall, the order on the phone."""
    desk, wall, phone = pages
    expect(desk.get_by_text(title).first).to_be_visible(timeout=30_000)
    expect(wall.locator(COUNTER)).to_have_text(str(count), timeout=30_000)
    expect(phone.locator(".order-card", has_text=text)).to_have_count(1, timeout=30_000)


def show_nothing_of(pages: list[Page], title: str, text: str, count: int) -> None:
    desk, wall, phone = pages
    expect(desk.get_by_text(title)).to_have_count(0)
    expect(wall.locator(COUNTER)).to_have_text(str(count))
    expect(phone.locator(".order-card", has_text=text)).to_have_count(0)


def test_three_open_browsers_load_anew_when_a_backup_is_restored_and_hear_what_comes_after(
    county: County, pages: list[Page], backup: Path, tmp_path: Path
) -> None:
    eventually(lambda: "备份之前" in pages[0].content(), "the first incident on the command page", 60)
    count = int(pages[1].locator(COUNTER).inner_text())
    county.incident("备份之后")
    county.order("旧的命令")
    show(pages, "备份之后", "旧的命令", count + 1)
    before, lost = county.told(), photos(county.media)[0]
    lost.unlink()

    log = tmp_path / "restore.log"
    restoring = county.manage("restore", str(backup), log=log)
    eventually(lambda: county.told().get("epoch") not in (None, before["epoch"]) or restoring.poll(), "a restore", 240)
    epoch = county.told().get("epoch")
    assert epoch not in (None, before["epoch"]), log.read_text()
    stale = f"[data-live-epoch='{before['epoch']}'][data-live-state=live]"
    for page in pages:
        expect(page.locator(stale), "what is of before is green").to_have_count(0, timeout=ANEW_S * 1000)
    for page in pages:
        expect(page.locator("[data-live-epoch]")).to_have_attribute("data-live-epoch", epoch, timeout=30_000)
        live(page)
    show_nothing_of(pages, "备份之后", "旧的命令", count)
    expect(pages[0].get_by_text("备份之前").first).to_be_visible()

    assert restoring.wait(240) == 0, log.read_text()
    assert lost.exists()
    assert "1 files put back" in log.read_text()
    assert "seals fit" in log.read_text()
    assert county.told()["newest"] < before["newest"], "the numbers begin again below what the pages had seen"
    county.incident("恢复之后")
    county.order("新的命令")
    show(pages, "恢复之后", "新的命令", count + 1)
    eventually(county.ready, "readiness", 60)


def test_a_fresh_clone_takes_the_backup_with_its_journal_and_every_photo(
    county: County, backup: Path, tmp_path: Path
) -> None:
    clone = copied(tmp_path / "fresh")
    clone.local.mkdir(mode=0o700)
    key = subprocess.run(
        ["tar", "--extract", "--file", str(backup), "--to-stdout", "secret_key"], check=True, capture_output=True
    ).stdout
    (clone.local / "secret_key").write_bytes(key)
    (clone.local / "secret_key").chmod(0o600)
    # Collecting them again would take a third of the start.
    static = Path(settings.STATIC_ROOT)
    if static.with_name("static.made-from").exists():
        shutil.copytree(static, clone.local / "static")
        shutil.copy2(static.with_name("static.made-from"), clone.local)
    run = clone.start_until_ready(DEMO="0")
    try:
        done = clone.manage("restore", str(backup))
        assert done.returncode == 0, done.stderr
        assert "SECRET_KEY differs" not in done.stdout
        ours, theirs = photos(clone.local / "media"), photos(county.media)
        assert [path.read_bytes() for path in ours] == [path.read_bytes() for path in theirs]
        assert len(ours) == 2
        verified = clone.manage("verify_journal")
        assert verified.returncode == 0, verified.stderr
        assert "seals fit" in verified.stdout
        assert not verified.stdout.startswith("0 "), "something is sealed"
        ours[0].write_bytes(jpeg(picture(colour="green")))
        assert clone.manage("verify_journal").returncode == 1, "it does look at each photo"
    finally:
        clone.stop(run)
        removed(clone)
