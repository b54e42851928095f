"""Request serializers of the API. They validate the form only; actions decide what may be done."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from command.models import Category, Colour, Scale


@extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
class PointField(serializers.Field):
    """``[lon, lat]`` in degrees, EPSG:4326."""

    default_error_messages = {
        "shape": _("A point is [longitude, latitude]."),
        "range": _("Longitude is within ±180 and latitude within ±90, in this order."),
    }

    def to_internal_value(self, data: Any) -> Point:
        numbers = isinstance(data, list) and len(data) == 2
        if not numbers or not all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in data):
            self.fail("shape")
        lon, lat = data
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            self.fail("range")
        return Point(float(lon), float(lat), srid=4326)

    def to_representation(self, value: Point) -> list[float]:
        return [value.x, value.y]


class NewIncident(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    category = serializers.ChoiceField(Category.choices)
    grade = serializers.ChoiceField(Scale.choices, required=False, allow_blank=True, default="")
    colour = serializers.ChoiceField(Colour.choices, required=False, allow_blank=True, default="")
    unit = serializers.CharField(max_length=12)
    point = PointField(required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    learned_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class Amendment(serializers.Serializer):
    title = serializers.CharField(max_length=120, required=False)
    category = serializers.ChoiceField(Category.choices, required=False)
    grade = serializers.ChoiceField(Scale.choices, required=False, allow_blank=True)
    point = PointField(required=False, allow_null=True)
    place = serializers.CharField(max_length=160, required=False, allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class Grounds(serializers.Serializer):
    grounds = serializers.CharField(max_length=1000)


class Ending(Grounds):
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=20, required=False, default=list
    )
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    sign_notice = serializers.BooleanField(default=False, help_text="Sign and serve the notice in the same act.")


class CommandOffer(serializers.Serializer):
    to = serializers.IntegerField(min_value=1)


class NewOrder(serializers.Serializer):
    incident = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    text = serializers.CharField(max_length=2000)
    units = serializers.ListField(child=serializers.CharField(max_length=12), min_length=1, max_length=500)
    descendants = serializers.BooleanField(required=False, default=False)
    posts = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=60
    )
    ladder = serializers.ChoiceField(
        Colour.choices, required=False, allow_blank=True, default="",
        help_text="Left out, an incident's order takes the gravest of its warnings, response level and grade.",
    )  # fmt: skip
    issuer = serializers.CharField(
        max_length=60, required=False, allow_blank=True, default="",
        help_text="In whose name, by its code in /issuers/; left out, the office of the incident's headquarters.",
    )  # fmt: skip
    fast = serializers.BooleanField(
        required=False, default=False, help_text="The demonstration ladder, within seconds; in a demonstration only."
    )

    def validate_fast(self, value: bool) -> bool:
        if value and not settings.DEMO:
            raise serializers.ValidationError(_("The fast rule exists in a demonstration only."))
        return value


class Reason(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class Reassignment(Reason):
    person = serializers.IntegerField(min_value=1)


class Reminder(serializers.Serializer):
    unit = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")


class Progress(serializers.Serializer):
    step = serializers.CharField(max_length=12)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    figure = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)


class LoggedAnswer(serializers.Serializer):
    how = serializers.CharField(max_length=16)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class Note(serializers.Serializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
