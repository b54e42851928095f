"""Units and posts as the API shows them; boundaries go with the map's layers, not with each unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from org.models import Headquarters, HeadquartersMember, Person, Post, Unit
from org.rules.capabilities import VIEW
from org.selectors.headquarters import Seat
from org.selectors.jurisdiction import allowed


class UnitSerializer(serializers.ModelSerializer):
    """``parent`` is the code of the unit above, ``seat`` is [lon, lat] in EPSG:4326."""

    parent = serializers.CharField(source="parent.code", default=None, read_only=True, allow_null=True)
    seat = serializers.SerializerMethodField()

    class Meta:
        model = Unit
        fields = (
            "code",
            "path",
            "level",
            "name",
            "name_en",
            "parent",
            "seat",
            "population",
            "households",
            "phone",
            "active",
            "boundary_source",
            "boundary_approximate",
        )

    def get_seat(self, unit: Unit) -> list[float] | None:
        return [unit.seat.x, unit.seat.y] if unit.seat else None


class PostSerializer(serializers.ModelSerializer):
    """``level`` is that of its units, or "device" for a wall screen's."""

    level = serializers.CharField(read_only=True)
    capabilities = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Post
        fields = ("code", "level", "name", "name_en", "rank", "capabilities")


class BothNames(serializers.Serializer):
    """A name or a sentence in both languages; ``en`` is empty where nobody wrote it."""

    zh = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)


class UnitMention(serializers.Serializer):
    """A unit, named in the reader's language."""

    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()


class UnitName(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class PersonMention(serializers.Serializer):
    """A person, named in the reader's language."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)


class PersonName(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class HeadquartersMention(serializers.Serializer):
    """A headquarters, named in the reader's language."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    series = serializers.CharField()


class SeatAnswer(serializers.Serializer):
    """``post`` is null where the seat is one person's alone; without ``people`` it is vacant."""

    role = serializers.ChoiceField(choices=HeadquartersMember.Role.choices)
    unit = UnitName()
    post = serializers.CharField(allow_null=True)
    people = PersonMention(many=True)


class HeadquartersAnswer(HeadquartersMention):
    unit = UnitName()
    short_name = serializers.CharField()
    office = serializers.CharField()
    hazard_types = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    members = SeatAnswer(many=True)


def headquarters_mention(row: Headquarters | None) -> dict[str, Any] | None:
    return {"id": row.pk, "code": row.code, "name": row.label, "series": row.series} if row else None


def headquarters(row: Headquarters, seats: Iterable[Seat], reader: Person) -> dict[str, Any]:
    """Telephones are for readers who see the seat's unit; everybody else reads names (docs/adr/0042)."""

    def people(seat: Seat) -> list[dict[str, Any]]:
        seen = allowed(reader, VIEW, seat.member.unit.path)
        return [{"id": one.pk, "name": one.label, "phone": one.phone if seen else ""} for one in seat.people]

    return {
        **(headquarters_mention(row) or {}),
        "unit": {"code": row.unit.code, "name": row.unit.label},
        "short_name": row.short_name,
        "office": row.office_label,
        "hazard_types": row.hazard_types,
        "active": row.active,
        "members": [
            {
                "role": seat.member.role,
                "unit": {"code": seat.member.unit.code, "name": seat.member.unit.label},
                "post": seat.member.post.code if seat.member.post else None,
                "people": people(seat),
            }
            for seat in seats
            if seat.member.headquarters_id == row.pk
        ],
    }
