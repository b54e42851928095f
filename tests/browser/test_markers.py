"""Markers stand where they say: the middle of what is drawn is the point on the map, on every map of the product."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import Page

from command import actions
from early_warning.actions import add_feed
from hazards.actions.file import file_hazard
from hazards.rules.filing import Filing
from journal.actions.recording import SYSTEM
from org.models import Person, Unit
from tests.browser.test_map_live import post_cap

OFF = """() => {
  const map = document.querySelector('.leaflet-container');
  const box = map.getBoundingClientRect();
  const pane = map.querySelector('.leaflet-map-pane')._leaflet_pos;
  return [...map.querySelectorAll('.leaflet-marker-icon:is(.marker, .hz-cluster-icon, .cluster)')]
    .filter((icon) => !icon.classList.contains('picker-marker'))
    .map((icon) => {
      const drawn = (icon.querySelector('.level-shape, .hz-glyph, .hz-cluster') || icon).getBoundingClientRect();
      const x = box.left + map.clientLeft + pane.x + icon._leaflet_pos.x;
      const y = box.top + map.clientTop + pane.y + icon._leaflet_pos.y;
      const { left, top, width, height } = drawn;
      return { x: left + width / 2 - x, y: top + height / 2 - y, width, height };
    });
}"""
"""Of each marker: how far the middle of its drawing lies from the point that Leaflet projected, in pixels."""


@pytest.fixture(scope="module")
def things(server: Any) -> dict[str, int]:
    officer, village = (Person.objects.get(username=name) for name in ("officer", "village"))
    incident = actions.open_incident(
        by=officer, title="山洪", category="natural_disaster", unit="331126", point=Point(119.2, 27.55, srid=4326),
        grade="II",
    )  # fmt: skip
    token = add_feed("markers", "测试平台", Unit.objects.get(code="331126"), by=SYSTEM)[1]
    assert post_cap(server, token, "33112641600000_20260709101500_7") == 201
    point = Unit.objects.get(code="331126206200").boundary.point_on_surface
    filed = Filing(
        client_id=uuid4(), kind="timber_houses", description="木屋连片", point=(point.x, point.y),
        found_at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    hazard, _new = file_hazard(filed, by=village, door="phone")
    return {"incident": incident.pk, "hazard": hazard.pk}


def assert_in_place(page: Page, path: str, least: int) -> None:
    page.goto(path)
    page.until(f"document.querySelectorAll('.leaflet-marker-icon:not(.map-name)').length >= {least}")
    found = page.evaluate(OFF)
    assert len(found) >= least
    for one in found:
        assert abs(one["x"]) <= 1 and abs(one["y"]) <= 1, f"{path}: {one}"  # noqa: PT018
        assert abs(one["width"] - one["height"]) <= 1, f"{path}: {one}"


@pytest.mark.parametrize("width", [1440, 390])
def test_every_marker_stands_on_its_point(server: Any, sign_in: Any, things: dict[str, int], width: int) -> None:
    page = sign_in(server, "officer", width=width, height=900)
    assert_in_place(page, f"/incidents/{things['incident']}/?tab=map", 1)
    assert_in_place(page, "/hazards/map/", 1)
    assert_in_place(page, f"/hazards/{things['hazard']}/", 1)
    assert_in_place(page, "/", 1 if width < 1000 else 2)
