"""``GET /api/v1/map/<layer>.geojson?bbox=&zoom=&at=&incident=``: the layers of the map."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.views import APIView

from board.api.answers import Layer
from board.selectors.features import Box, View
from board.selectors.layers import LAYERS
from command.selectors.visible import incidents_visible_to
from database.clock import now
from journal.rules.world import World
from journal.selectors.participants import world_of_request
from web.downloads import renderers
from web.errors import NotFound
from web.requests import ApiRequest

WORTH_PACKING = 1400
"""Bytes above which a layer is compressed: what fits one network packet gains nothing from gzip."""

GEOJSON = "application/geo+json"
PARAMETERS = [
    OpenApiParameter("layer", str, OpenApiParameter.PATH, enum=list(LAYERS)),
    OpenApiParameter("bbox", str, description="west,south,east,north in degrees"),
    OpenApiParameter("zoom", int, description="zoom of the map, 0 to 22: how fine boundaries have to be"),
    OpenApiParameter("at", OpenApiTypes.DATETIME, description="a past moment, redrawn from the journal"),
    OpenApiParameter("incident", int, description="only what belongs to this incident"),
]


RESPONSES = {
    (200, GEOJSON): Layer,
    304: OpenApiResponse(None, "Nothing has changed since the answer whose ETag was sent as If-None-Match."),
}


class LayerView(APIView):
    """A GeoJSON FeatureCollection of what the caller may see. ``X-Sanji-Now`` is the database's time of the answer."""

    renderer_classes = renderers(GEOJSON)

    @extend_schema(operation_id="v1_map_retrieve", parameters=PARAMETERS, responses=RESPONSES)
    def get(self, request: ApiRequest, layer: str) -> HttpResponse:
        if layer not in LAYERS:
            raise NotFound
        view = _in_world_of_its_incident(view_of(request), request)
        moment = now()
        response = packed(request, LAYERS[layer](request.user, view).encode())
        response["X-Sanji-Now"] = moment.isoformat()
        return response


def packed(request: ApiRequest, body: bytes) -> HttpResponse:
    """Conditional GET and gzip: 304 where the ETag matches, compressed where the client accepts it."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type=GEOJSON)
        if len(body) > WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.content = gzip.compress(body, 5, mtime=0)
            response["Content-Encoding"] = "gzip"
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "Cookie", "Authorization"])
    return response


def _in_world_of_its_incident(view: View, request: ApiRequest) -> View:
    """NotFound for an incident out of sight; one of an exercise is drawn with what belongs to that exercise."""
    if view.incident is None:
        return view
    rows = incidents_visible_to(request.user).filter(pk=view.incident).values_list("exercise", flat=True)[:1]
    for exercise in rows:
        return replace(view, world=World(exercise, view.world.at))
    raise NotFound


def view_of(request: ApiRequest) -> View:
    """ValidationError by field for whatever cannot be read."""
    given = request.query_params
    wrong: dict[str, list[str]] = {}
    view: dict[str, Any] = {}
    for name, read in READERS.items():
        if raw := given.get(name, "").strip():
            try:
                view[name] = read(raw)
            except ValueError as problem:
                wrong[name] = [str(problem)]
    if wrong:
        raise exceptions.ValidationError(wrong)
    world = World(world_of_request(request).exercise, view.pop("at", None))
    return View(**view, world=world, given=given.dict())


def _bbox(raw: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in raw.split(","))
    except ValueError:
        raise ValueError(_("Four numbers are expected: west,south,east,north.")) from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(_("These are not degrees of a box on the earth."))
    return west, south, east, north


def _zoom(raw: str) -> int:
    if len(raw) > 2 or not raw.isdecimal() or int(raw) > 22:
        raise ValueError(_("A whole number from 0 to 22 is expected."))
    return int(raw)


def _moment(raw: str) -> object:
    try:
        found = parse_datetime(raw.replace(" ", "+"))  # an unquoted plus sign of an offset arrives as a blank
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(_("A time as ISO 8601 with its offset is expected."))
    return found


def _number(raw: str) -> int:
    if not raw.isdecimal() or len(raw) > 18:
        raise ValueError(_("A whole number is expected."))
    return int(raw)


READERS = {"bbox": _bbox, "zoom": _zoom, "at": _moment, "incident": _number}

router_entries: list[tuple[str, type]] = []
api_urlpatterns = [path("map/<str:layer>.geojson", LayerView.as_view(), name="map-layer")]
