"""The input of a filing, the same from every source: phone, API, desk, the public and tables."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from database.text import clean
from hazards.rules.words import Kind

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
WRONG_TIME = _("This is not when it was found: look at the date and time.")


@dataclass(frozen=True)
class Filing:
    """Checked content of one report. ``lon``, ``lat`` in degrees (EPSG:4326), ``accuracy_m`` None where a hand set the
    pin. The same ``client_id`` stands for the same content for ever.
    """

    client_id: UUID
    kind: str
    description: str
    point: tuple[float, float]
    found_at: dt.datetime
    accuracy_m: int | None = None
    people_at_risk: int = 0
    place: str = ""

    def __post_init__(self) -> None:
        # The statement that files it writes past the model's columns.
        object.__setattr__(self, "place", clean(self.place))

    @property
    def lon(self) -> float:
        return self.point[0]

    @property
    def lat(self) -> float:
        return self.point[1]

    def digest(self) -> str:
        """SHA-256 of the content, by which a repeat is told from another report under the same id."""
        content = [
            self.kind, self.description, self.place, round(self.lon, 7), round(self.lat, 7), self.accuracy_m,
            self.people_at_risk, self.found_at.astimezone(dt.UTC),
        ]  # fmt: skip
        return hashlib.sha256(orjson.dumps(content)).hexdigest()


@extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
class LonLatField(serializers.Field):
    """``[lon, lat]`` in degrees, EPSG:4326."""

    default_error_messages = {
        "shape": _("A point is [longitude, latitude]."),
        "range": _("Longitude is within ±180 and latitude within ±90, in this order."),
    }

    def to_internal_value(self, data: Any) -> tuple[float, float]:
        numbers = isinstance(data, list) and len(data) == 2
        if not numbers or not all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in data):
            self.fail("shape")
        lon, lat = data
        # Written so that a NaN fails too.
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            self.fail("range")
        return float(lon), float(lat)

    def to_representation(self, value: tuple[float, float]) -> list[float]:
        return list(value)


class NewHazard(serializers.Serializer):
    """The body of ``POST /api/v1/hazards/``."""

    client_id = serializers.UUIDField(help_text="Made by whoever files it (UUID 4); the same again is the same report.")
    kind = serializers.ChoiceField(Kind.choices)
    description = serializers.CharField(max_length=2000)
    point = LonLatField()
    accuracy_m = serializers.FloatField(
        required=False, allow_null=True, default=None, min_value=0, max_value=100_000, help_text="Rounded to metres."
    )
    found_at = serializers.DateTimeField(default_timezone=timezone.get_default_timezone())
    people_at_risk = serializers.IntegerField(required=False, default=0, min_value=0, max_value=1_000_000)
    place = serializers.CharField(required=False, allow_blank=True, default="", max_length=160)

    def validate_accuracy_m(self, value: float | None) -> int | None:
        return None if value is None else round(value)

    def validate_found_at(self, value: dt.datetime) -> dt.datetime:
        # What lies in the future is for the database's clock to say, when it is filed.
        if value < EARLIEST:
            raise serializers.ValidationError(WRONG_TIME)
        return value


def filing_of(data: dict[str, Any]) -> Filing:
    """From validated data of `NewHazard`."""
    return Filing(**data)
