"""What the map's layers answer, for the API's schema; the database writes them (board/selectors/layers.py,
early_warning/selectors/warnings.py, hazards/rules/drawn.py), and a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers as s

from org.api.representations import BothNames, PersonMention


class BothNamesOfPerson(PersonMention):
    name = BothNames()


def _nested(depth: int) -> dict[str, Any]:
    """Lists in lists, with a position [lon, lat] at the bottom."""
    inner = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    for _ in range(depth):
        inner = {"type": "array", "items": inner}
    return inner


@extend_schema_field(_nested(0))
class Position(s.ListField):
    pass


@extend_schema_field(_nested(2))
class Rings(s.ListField):
    pass


@extend_schema_field(_nested(3))
class Polygons(s.ListField):
    pass


class PointGeometry(s.Serializer):
    type = s.ChoiceField(["Point"])
    coordinates = Position()


class PolygonGeometry(s.Serializer):
    type = s.ChoiceField(["Polygon"])
    coordinates = Rings()


class MultiPolygonGeometry(s.Serializer):
    type = s.ChoiceField(["MultiPolygon"])
    coordinates = Polygons()


def _one_of(name: str, shapes: list[type[s.Serializer]], **more: Any) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(name, shapes, resource_type_field_name=None, **more)


@extend_schema_field(_one_of("AreaGeometry", [PolygonGeometry, MultiPolygonGeometry]))
class Area(s.DictField):
    pass


class UnitProperties(s.Serializer):
    type = s.ChoiceField(["unit"])
    code = s.CharField()
    level = s.CharField()
    zh = s.CharField()
    en = s.CharField()
    parent = s.CharField(allow_null=True)
    seat = Position()
    approximate = s.BooleanField()


class OutlineProperties(s.Serializer):
    """A unit above the reader's own: its outline only."""

    type = s.ChoiceField(["outline"])
    level = s.CharField()
    approximate = s.BooleanField()


class _AskedItem(s.Serializer):
    """An assignment. ``for``: somebody else answered; ``seq``: the newest event of it."""

    id = s.IntegerField()
    order = s.IntegerField()
    incident = s.IntegerField(allow_null=True)
    status = s.CharField()
    climbed_to = s.CharField()
    ack_due_at = s.DateTimeField(allow_null=True)
    next_climb_at = s.DateTimeField(allow_null=True)
    since = s.DateTimeField()
    seq = s.IntegerField()


AskedItem = type("AskedItem", (_AskedItem,), {"for": s.BooleanField()})
"""``for`` is a word of Python's."""


class AnswersProperties(s.Serializer):
    """A unit's assignments: the worst state, how many are in each, and since when it waits."""

    type = s.ChoiceField(["answers"])
    unit = s.CharField()
    level = s.CharField()
    state = s.CharField()
    counts = s.DictField(child=s.IntegerField())
    ids = s.ListField(child=s.IntegerField())
    waiting_since = s.DateTimeField(allow_null=True)
    items = AskedItem(many=True)


class IncidentProperties(s.Serializer):
    """``exact``: its own place is known. ``area`` is of the present alone, and the last four of a past moment."""

    type = s.ChoiceField(["incident"])
    id = s.IntegerField()
    ref = s.CharField()
    title = s.CharField()
    category = s.CharField()
    grade = s.CharField()
    colour = s.CharField()
    response_level = s.CharField()
    status = s.CharField()
    unit = s.CharField()
    warning = s.IntegerField(allow_null=True)
    exact = s.BooleanField()
    seq = s.IntegerField()
    area = Area(allow_null=True, required=False)
    unit_name = BothNames(required=False)
    point = Position(allow_null=True, required=False)
    learned_at = s.DateTimeField(required=False)
    commander = BothNamesOfPerson(allow_null=True, required=False)
    desk_officer = BothNamesOfPerson(allow_null=True, required=False)


class WarningProperties(s.Serializer):
    """A part of a warning. ``state``: coming or in_force."""

    type = s.ChoiceField(["warning"])
    id = s.IntegerField()
    ref = s.CharField()
    status = s.CharField()
    part = s.IntegerField()
    parts = s.IntegerField()
    colour = s.CharField()
    event = s.CharField()
    state = s.CharField()
    area_desc = s.CharField()
    area_source = s.CharField()
    effective = s.DateTimeField(allow_null=True)
    expires = s.DateTimeField(allow_null=True)
    received_at = s.DateTimeField()
    units = s.IntegerField()
    incident = s.IntegerField(allow_null=True)


class HazardProperties(s.Serializer):
    """``late`` stands there where a deadline has passed."""

    ref = s.CharField()
    kind = s.CharField()
    grade = s.CharField()
    status = s.CharField()
    people = s.IntegerField()
    late = s.BooleanField(required=False)


class CutOffProperties(s.Serializer):
    """A village presumed cut off. ``people``: how many there had no network."""

    type = s.ChoiceField(["cut_off"])
    unit = s.CharField()
    since = s.DateTimeField()
    people = s.IntegerField()


class _Feature(s.Serializer):
    type = s.ChoiceField(["Feature"])
    id = s.IntegerField()


class UnitFeature(_Feature):
    id = s.CharField()
    geometry = Area()
    properties = UnitProperties()


class OutlineFeature(UnitFeature):
    properties = OutlineProperties()


class AnswersFeature(_Feature):
    id = s.CharField()
    geometry = PointGeometry(allow_null=True)
    properties = AnswersProperties()


class IncidentFeature(_Feature):
    geometry = PointGeometry(allow_null=True)
    properties = IncidentProperties()


class WarningFeature(_Feature):
    geometry = Area()
    properties = WarningProperties()


class HazardFeature(_Feature):
    geometry = PointGeometry()
    properties = HazardProperties()


class CutOffFeature(_Feature):
    id = s.CharField()
    geometry = PointGeometry(allow_null=True)
    properties = CutOffProperties()


FEATURES: list[type[s.Serializer]] = [
    UnitFeature,
    OutlineFeature,
    AnswersFeature,
    IncidentFeature,
    WarningFeature,
    HazardFeature,
    CutOffFeature,
]


@extend_schema_field(_one_of("MapFeature", FEATURES, many=True))
class Features(s.ListField):
    pass


class Layer(s.Serializer):
    """A GeoJSON FeatureCollection; all of its features are of the layer's kind."""

    type = s.ChoiceField(["FeatureCollection"])
    features = Features()


class CalledPerson(s.Serializer):
    id = s.IntegerField()
    name = s.CharField()
    phone = s.CharField(allow_blank=True)


class WorryingPoint(s.Serializer):
    """``hazard`` is null where the village itself is the point; ``score`` by the county's weights."""

    hazard = s.IntegerField(allow_null=True)
    unit = s.CharField()
    name = s.CharField()
    score = s.FloatField()
    why = s.CharField()
    people = s.IntegerField(allow_null=True)
    warning = s.IntegerField(allow_null=True)
    answer = s.CharField(allow_null=True)
    keeper = CalledPerson(allow_null=True)
    deputy = CalledPerson(allow_null=True)
    leader = CalledPerson(allow_null=True)


class WorryingPoints(s.Serializer):
    at = s.DateTimeField()
    points = WorryingPoint(many=True)
