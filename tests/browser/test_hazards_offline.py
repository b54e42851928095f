"""Hazards filed by a phone that loses its connection, its replies, its sign-in and its space: each arrives once.

The browser keeps its profile on disk, as a phone does: closing it ends every page and leaves what was kept.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hazards.models import Hazard, Photo
from journal.models import Event
from tests.support.chromium import CHROMIUM, FLAGS
from tests.support.pages_open import session_of, until
from tests.support.photos import exif_of, jpeg, picture

pytestmark = pytest.mark.browser

HERE = {"latitude": 27.566, "longitude": 119.075, "accuracy": 18}
YUESHAN = ((27.0, 41.0, 30.0), "N", (119.0, 9.0, 0.0), "E")
LONG_MS = 60_000


@contextmanager
def browser(chromium: Browser, folder: Path, url: str, session: str = "", **more: Any) -> Iterator[BrowserContext]:
    """A phone's browser on the profile in ``folder``; what it kept is there again the next time."""
    options: dict[str, Any] = {
        "viewport": {"width": 360, "height": 740},
        "has_touch": True,
        "geolocation": HERE,
        "permissions": ["geolocation"],
    } | more
    context = chromium.browser_type.launch_persistent_context(
        str(folder), executable_path=CHROMIUM, args=FLAGS, base_url=url, **options
    )
    context.set_default_timeout(LONG_MS)
    cookies = {settings.LANGUAGE_COOKIE_NAME: "en"}
    if session:
        cookies[settings.SESSION_COOKIE_NAME] = session
    later = time.time() + 3600
    context.add_cookies([{"name": n, "value": v, "url": url, "expires": later} for n, v in cookies.items()])
    try:
        yield context
    finally:
        context.close()


def opened(context: BrowserContext, *, ready: bool = True) -> Page:
    """The page; ``ready``: once it has said that it opens without a signal too."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto("/hazards/file/")
    if ready:
        expect(page.locator("[data-ready]")).to_contain_text("opens without a signal", timeout=LONG_MS)
    return page


def photo(colour: str) -> dict[str, Any]:
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(picture(300, 200, colour))}


def write(page: Page, description: str, *colours: str, kind: str = "cut_slope") -> None:
    """A report as it is written on the hillside, up to the moment before it is sent."""
    page.get_by_role("button", name="New report").click()
    expect(page.locator("[data-place-state]")).to_contain_text("± 18 m", timeout=LONG_MS)
    page.locator("[data-pick]").nth(1).set_input_files([photo(colour) for colour in colours])
    expect(page.locator("[data-photos] img")).to_have_count(len(colours), timeout=LONG_MS)
    page.select_option("#hz-kind", kind)
    page.fill("#hz-description", description)
    page.fill("#hz-people", "7")


def send(page: Page) -> None:
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="New report")).to_be_visible()


def states(page: Page, state: str) -> Any:
    return page.locator(f'[data-state="{state}"].hz-state')


def filed(*descriptions: str) -> list[Hazard]:
    return list(Hazard.objects.filter(description__in=descriptions).order_by("pk"))


# Without a connection ------------------------------------------------------------------------------------------------


def test_three_hazards_filed_offline_are_each_delivered_once(own_server, chromium, tmp_path):
    names = ("山坡开裂", "木屋电线老化", "水库渗水")
    session = session_of("village")
    with browser(chromium, tmp_path / "profile", own_server.url, session) as context:
        opened(context)
        own_server.stop()
        # The page opens with nobody there to serve it.
        page = opened(context, ready=False)
        expect(page.get_by_role("button", name="New report")).to_be_visible()
        for name, colours in zip(names, (("red", "green"), ("blue",), ("teal", "navy", "red")), strict=True):
            write(page, name, *colours)
            send(page)
        expect(states(page, "waiting")).to_have_count(3)
    assert not filed(*names)
    own_server.start()
    with browser(chromium, tmp_path / "profile", own_server.url) as context:
        page = opened(context)
        expect(states(page, "delivered")).to_have_count(3, timeout=LONG_MS)
        expect(states(page, "waiting")).to_have_count(0)
        rows = filed(*names)
        assert [row.description for row in rows] == list(names), "in the order in which they were found"
        assert [row.photos.count() for row in rows] == [2, 1, 3]
        assert {(row.door, row.finder.username, row.accuracy_m, row.people_at_risk) for row in rows} == {
            ("phone", "village", 18, 7)
        }
        # A page that is loaded again sends nothing again.
        page.reload()
        expect(states(page, "delivered")).to_have_count(3, timeout=LONG_MS)
    assert Hazard.objects.count() == 3
    assert Photo.objects.count() == 6
    assert Event.objects.filter(verb="hazard.filed").count() == 3
    assert Event.objects.filter(verb="hazard.photo_added").count() == 6


class LossyProxy(ThreadingHTTPServer):
    """Passes everything on and loses the first ``lose`` replies to posts of each kind, when the server has acted."""

    daemon_threads = True

    def __init__(self, target: str, lose: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target, self.lose = urlsplit(target).netloc, lose
        self.lost = {"text": 0, "photo": 0}
        self.posts: list[str] = []


class _Passing(BaseHTTPRequestHandler):
    server: LossyProxy

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upstream = http.client.HTTPConnection(self.server.target, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "upgrade")}
        upstream.request(self.command, self.path, body, headers)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        if self.command == "POST" and self.path.startswith("/api/v1/hazards/") and self._loses():
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_HEAD = _pass  # noqa: N815 - the library's names

    def _loses(self) -> bool:
        kind = "photo" if "/photos/" in self.path else "text"
        self.server.posts.append(kind)
        self.server.lost[kind] += 1
        return self.server.lost[kind] <= self.server.lose

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def lossy(target: str, lose: int) -> Iterator[LossyProxy]:
    proxy = LossyProxy(target, lose)
    thread = Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    yield proxy
    proxy.shutdown()
    proxy.server_close()


def test_lost_replies_make_no_second_hazard_and_no_second_photo(server, chromium, tmp_path):
    names = ("丢回执一", "丢回执二")
    with lossy(server.url, lose=2) as proxy:
        url = f"http://127.0.0.1:{proxy.server_port}"
        with browser(chromium, tmp_path / "profile", url, session_of("village")) as context:
            page = opened(context)
            for name in names:
                write(page, name, "red", "blue")
                send(page)
            expect(states(page, "delivered")).to_have_count(2, timeout=2 * LONG_MS)
        # Nothing is proved unless replies were lost after the server had acted.
        assert proxy.posts.count("text") >= 2 + 2
        assert proxy.posts.count("photo") >= 4 + 2
    rows = filed(*names)
    assert len(rows) == 2
    assert [row.photos.count() for row in rows] == [2, 2]
    assert len({one.attachment.sha256 for row in rows for one in row.photos.all()}) == 2


def test_a_browser_that_was_closed_before_the_reply_came_sends_again_and_nothing_doubles(server, chromium, tmp_path):
    name = "回执未到即关闭"
    with lossy(server.url, lose=1000) as proxy:
        url = f"http://127.0.0.1:{proxy.server_port}"
        with browser(chromium, tmp_path / "profile", url, session_of("village")) as context:
            page = opened(context)
            write(page, name, "red")
            send(page)
            page.until = lambda condition: until(page, condition)
            deadline = time.monotonic() + 60
            while not filed(name) and time.monotonic() < deadline:
                page.wait_for_timeout(50)
            assert filed(name)
            expect(states(page, "waiting")).to_have_count(1)
        proxy.lose = 0
        with browser(chromium, tmp_path / "profile", url) as context:
            page = opened(context)
            expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    assert [row.photos.count() for row in filed(name)] == [1]


def test_coming_back_online_sends_at_once(server, chromium, tmp_path):
    with browser(chromium, tmp_path / "profile", server.url, session_of("village")) as context:
        page = opened(context)
        context.set_offline(True)
        expect(page.locator("[data-offline]")).to_be_visible()
        write(page, "断网上报", "red")
        send(page)
        expect(states(page, "waiting")).to_have_count(1)
        context.set_offline(False)
        expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    assert len(filed("断网上报")) == 1


def test_accepted_once_the_township_has_registered_it(server, chromium, tmp_path):
    from hazards import actions
    from org.models import Person

    with browser(chromium, tmp_path / "profile", server.url, session_of("village")) as context:
        page = opened(context)
        write(page, "待受理", "red", kind="timber_houses")
        send(page)
        expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
        actions.register(filed("待受理")[0].pk, by=Person.objects.get(username="officer"))
        page.reload()
        expect(states(page, "accepted")).to_have_count(1, timeout=LONG_MS)


# Whose it is ---------------------------------------------------------------------------------------------------------


def test_a_lost_sign_in_is_told_and_nothing_is_lost(server, chromium, tmp_path):
    session = session_of("village")
    with browser(chromium, tmp_path / "profile", server.url, session) as context:
        page = opened(context)
        Session.objects.filter(session_key=session).delete()
        write(page, "登录失效", "red")
        send(page)
        notice = page.locator('[data-notice="signed-out"]')
        expect(notice).to_contain_text("kept on this phone")
        expect(notice.get_by_role("link", name="Sign in again")).to_have_attribute(
            "href", "/login/?next=/hazards/file/"
        )
        assert not filed("登录失效")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of("village"), "url": server.url}])
        page.goto("/hazards/file/")
        expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    assert len(filed("登录失效")) == 1


def test_what_one_kept_is_not_sent_for_another(server, chromium, tmp_path):
    session = session_of("village")
    with browser(chromium, tmp_path / "profile", server.url, session) as context:
        page = opened(context)
        # Somebody else signs in on the same phone, in another window, while this page stands open.
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session_of("township"), "url": server.url}]
        )
        write(page, "换人登录", "red")
        send(page)
        expect(page.locator('[data-notice="signed-out"]')).to_be_visible()
        page.goto("/hazards/file/")
        expect(page.locator('[data-notice="others"]')).to_contain_text("1 report of somebody else")
        expect(page.get_by_text("换人登录")).to_have_count(0)
        assert not filed("换人登录")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
        page.goto("/hazards/file/")
        expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    assert [row.finder.username for row in filed("换人登录")] == ["village"]


CACHES = "(async () => { const n = []; for (const k of await caches.keys()) n.push(k); return n; })()"


def test_signing_out_clears_what_the_worker_kept(server, chromium, tmp_path):
    with browser(chromium, tmp_path / "profile", server.url, session_of("village")) as context:
        page = opened(context)
        kept = page.evaluate(CACHES)
        assert any(name.startswith("sanji-shell-") for name in kept)
        texts = page.evaluate(
            "(async () => { const t = []; for (const k of await caches.keys()) { const c = await caches.open(k);"
            " for (const r of await c.keys()) if (r.url.includes('/hazards/shell/'))"
            " t.push(await (await c.match(r)).text()); } return t; })()"
        )
        assert len(texts) == len(settings.LANGUAGES)
        assert not any("data-person" in text or "village" in text.lower().split("<main")[1] for text in texts)
        page.goto("/me/")
        page.locator('form[action="/logout/"] button').first.click()
        page.wait_for_url("**/login/**")
        deadline = time.monotonic() + 20
        while page.evaluate(CACHES) and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        assert page.evaluate(CACHES) == []


# A phone without space, a window that keeps nothing ------------------------------------------------------------------

FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (row, ...more) {
  if (this.name === "photos") throw new DOMException("full", "QuotaExceededError");
  return put.call(this, row, ...more);
};
"""

PRIVATE = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"


def test_a_full_phone_is_told_and_the_text_still_goes(server, sign_in):
    page = phone_of(server, sign_in, FULL)
    page.get_by_role("button", name="New report").click()
    page.locator("[data-pick]").nth(1).set_input_files([photo("red")])
    expect(page.locator("[data-photo-state]")).to_contain_text("NOT kept")
    expect(page.locator("[data-photos] img")).to_have_count(0)
    expect(page.locator('[data-notice="full"]')).to_be_visible()
    page.select_option("#hz-kind", "gas")
    page.fill("#hz-description", "空间已满")
    expect(page.locator("[data-place-state]")).to_contain_text("18 m")
    send(page)
    expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    assert [row.photos.count() for row in filed("空间已满")] == [0]


def test_a_window_that_keeps_nothing_says_so_and_still_sends(server, sign_in):
    page = phone_of(
        server, sign_in, "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
    )
    expect(page.locator('[data-notice="storage"]')).to_contain_text("keeps nothing")
    write(page, "无痕窗口", "red")
    send(page)
    expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    assert [row.photos.count() for row in filed("无痕窗口")] == [1]


def phone_of(server: Any, sign_in: Callable[..., Page], script: str = "", **more: Any) -> Page:
    options = {"geolocation": HERE, "permissions": ["geolocation"]} | more
    page = sign_in(server, "village", width=360, height=740, **options)
    if script:
        page.add_init_script(script)
    page.goto("/hazards/file/")
    return page


# The form ------------------------------------------------------------------------------------------------------------


def test_a_huge_photo_is_scaled_down_and_keeps_the_camera_s_word(server, sign_in):
    image = Image.effect_noise((4000, 3000), 70).convert("RGB")
    original = jpeg(image, exif=exif_of(where=YUESHAN, turned=6), quality=92)
    assert len(original) > 3 * 1024 * 1024
    page = phone_of(server, sign_in)
    write(page, "大照片", "red")
    page.locator("[data-pick]").nth(1).set_input_files(
        [{"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": original}]
    )
    expect(page.locator("[data-photos] img")).to_have_count(2, timeout=LONG_MS)
    send(page)
    expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    kept = Photo.objects.select_related("attachment").get(original_sha256=hashlib.sha256(original).hexdigest())
    # Turned upright by the phone, once: the server must not turn it again.
    assert (kept.attachment.width, kept.attachment.height) == (1920, 2560)
    assert kept.attachment.taken_at.isoformat() == "2026-07-08T19:20:14+00:00"
    assert kept.attachment.taken_where.coords == pytest.approx((119.15, 27.6917), abs=1e-4)


def test_a_file_that_is_no_photo_is_refused_on_the_phone(server, sign_in):
    page = phone_of(server, sign_in)
    page.get_by_role("button", name="New report").click()
    bad = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"<html><script>alert(1)</script>"}
    page.locator("[data-pick]").nth(1).set_input_files([bad])
    expect(page.locator("[data-photo-state]")).to_contain_text("not a complete photo")
    expect(page.locator("[data-photos] img")).to_have_count(0)


def test_the_pin_can_be_dragged_and_then_has_no_measured_accuracy(server, sign_in):
    page = phone_of(server, sign_in)
    write(page, "拖动图钉", "red")
    before = page.locator("[data-place-state]").inner_text()
    page.locator("[data-map]").scroll_into_view_if_needed()
    box = page.locator(".picker-marker").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=6)
    page.mouse.up()
    expect(page.locator("[data-place-state]")).not_to_contain_text("±")
    assert page.locator("[data-place-state]").inner_text() != before
    send(page)
    expect(states(page, "delivered")).to_have_count(1, timeout=LONG_MS)
    row = filed("拖动图钉")[0]
    assert row.accuracy_m is None
    assert row.point.coords != pytest.approx((HERE["longitude"], HERE["latitude"]), abs=1e-5)


def test_several_drafts_wait_for_their_turn_and_survive_a_reload(server, sign_in):
    page = phone_of(server, sign_in)
    for name in ("草稿甲", "草稿乙"):
        write(page, name, "red")
        page.get_by_role("button", name="Back to the reports").click()
    expect(states(page, "draft")).to_have_count(2)
    page.reload()
    expect(states(page, "draft")).to_have_count(2)
    page.locator("article", has_text="草稿甲").get_by_role("button", name="Continue").click()
    expect(page.locator("#hz-description")).to_have_value("草稿甲")
    expect(page.locator("[data-photos] img")).to_have_count(1)
    page.get_by_role("button", name="Delete this draft").click()
    expect(states(page, "draft")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(states(page, "draft")).to_have_count(2)
    assert not filed("草稿甲", "草稿乙")


def test_what_is_missing_is_said_beside_its_field(server, sign_in):
    page = phone_of(server, sign_in)
    page.get_by_role("button", name="New report").click()
    expect(page.locator("[data-place-state]")).to_contain_text("± 18 m")
    page.get_by_role("button", name="Send").click()
    for name in ("kind", "description"):
        expect(page.locator(f'[data-error="{name}"]')).to_be_visible()
    expect(page.locator('[data-error="point"]')).to_be_hidden()


def test_a_report_that_the_server_refuses_is_a_draft_again_with_the_reason(server, sign_in):
    page = phone_of(server, sign_in, geolocation={"latitude": 10.0, "longitude": 100.0, "accuracy": 18})
    page.expected_errors.append("400 (Bad Request)")
    write(page, "县外", "red")
    send(page)
    card = page.locator("article", has_text="县外")
    expect(card).to_contain_text("outside the county", timeout=LONG_MS)
    card.get_by_role("button", name="Continue").click()
    expect(page.locator('[data-error="point"]')).to_contain_text("outside the county")
    assert not filed("县外")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_is_accessible_and_as_wide_as_the_phone(server, sign_in, axe, theme):
    page = phone_of(server, sign_in, theme=theme)
    write(page, "无障碍" + theme, "red")
    page.get_by_role("button", name="Send").scroll_into_view_if_needed()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Back to the reports").click()
    expect(page.get_by_role("button", name="Continue").first).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_public_s_page_files_with_the_phone_s_position(server, sign_in, axe):
    from hazards.actions.posters import make_posters
    from org.models import Person

    poster = make_posters(by=Person.objects.get(username="township"), units=["331126206"], site="浏览器")[0]
    page = sign_in(server, width=360, height=740, geolocation=HERE, permissions=["geolocation"])
    page.goto(f"/public/hazard/?p={poster.key}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Where I am").click()
    expect(page.locator("[data-place-state]")).to_contain_text("± 18 m")
    page.select_option("#id_kind", "gas")
    page.fill("#id_description", "公众上报")
    page.fill("#id_place", "桥头")
    page.set_input_files("#id_photos", [photo("red")])
    expect(page.locator("[data-photo-state]")).to_contain_text("1 photo chosen")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    row = filed("公众上报")[0]
    assert (row.status, row.accuracy_m, row.photos.count()) == ("held", 18, 1)
    shown = Image.open(io.BytesIO(row.photos.get().attachment.file.read()))
    assert shown.format == "JPEG"
