"""Units and posts as the API shows them; boundaries go with the map's layers, not with each unit."""

from __future__ import annotations

from rest_framework import serializers

from org.models import Post, Unit


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
