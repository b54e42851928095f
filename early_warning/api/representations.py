"""JSON representations of warnings, and the request serializers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from early_warning.actions.decide import LONGEST_REASON
from early_warning.cards import bbox_of
from early_warning.models import Question, Warning, WarningPart
from early_warning.rules import languages, words
from plans.rules.events import EVENTS
from web.schema import Error


class WarningNoteSerializer(serializers.Serializer):
    code = serializers.CharField()
    value = serializers.CharField()
    detail = serializers.CharField()


class EndedSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    ref = serializers.CharField()
    status = serializers.CharField()


class ReceiptSerializer(serializers.Serializer):
    """The answer to a platform; written by early_warning/api/door.py, described here for the schema."""

    id = serializers.IntegerField(allow_null=True)
    ref = serializers.CharField()
    status = serializers.CharField()
    colour = serializers.CharField()
    units = serializers.IntegerField()
    test = serializers.BooleanField()
    outcome = serializers.ChoiceField(["warning", "cancelled", "kept"])
    message = serializers.IntegerField()
    duplicate = serializers.BooleanField()
    ended = EndedSerializer(many=True)
    notes = WarningNoteSerializer(many=True)


class AlertReceiptSerializer(serializers.Serializer):
    """One alert of a wrapper that held several: what it would have been answered by itself."""

    status_code = serializers.IntegerField()
    receipt = ReceiptSerializer(allow_null=True)
    error = Error(allow_null=True)


class ResourceSerializer(serializers.Serializer):
    """A picture or file that a block names or carries."""

    description = serializers.CharField()
    mime = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    uri = serializers.CharField()
    digest = serializers.CharField()
    embedded = serializers.BooleanField()


class BlockAreaSerializer(serializers.Serializer):
    """``geocodes``: pairs of a name and a value."""

    description = serializers.CharField()
    geocodes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class BlockSerializer(serializers.Serializer):
    """An info block of the message (early_warning/rules/blocks.py). ``parameters``: pairs of a name and a value."""

    language = serializers.CharField()
    event = serializers.CharField()
    urgency = serializers.CharField()
    severity = serializers.CharField()
    certainty = serializers.CharField()
    sender_name = serializers.CharField()
    headline = serializers.CharField()
    description = serializers.CharField()
    instruction = serializers.CharField()
    web = serializers.CharField()
    contact = serializers.CharField()
    effective = serializers.DateTimeField(allow_null=True)
    onset = serializers.DateTimeField(allow_null=True)
    expires = serializers.DateTimeField(allow_null=True)
    categories = serializers.ListField(child=serializers.CharField())
    parameters = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    responses = serializers.ListField(child=serializers.CharField())
    audience = serializers.CharField()
    lifts = serializers.BooleanField()
    resources = ResourceSerializer(many=True)
    areas = BlockAreaSerializer(many=True)


@extend_schema_field(BlockSerializer(many=True))
class BlocksField(serializers.JSONField):
    """As they are stored."""


class PartSerializer(serializers.ModelSerializer):
    """A part of a message: its own severity, colour, area and times. ``state``: coming, in_force or over."""

    state = serializers.CharField(read_only=True)
    units = serializers.IntegerField(source="unit_count")

    class Meta:
        model = WarningPart
        fields = (
            "number", "state", "colour", "colour_source", "event", "event_kind", "severity", "urgency", "certainty",
            "effective", "onset", "expires", "area_description", "area_source", "whole_county", "units",
        )  # fmt: skip


class PartDetailSerializer(PartSerializer):
    named_units = serializers.SerializerMethodField()

    class Meta(PartSerializer.Meta):
        fields = (*PartSerializer.Meta.fields, "named_units")

    def get_named_units(self, part: WarningPart) -> list[str]:
        return self.context.get("units_by_part", {}).get(part.number, [])


class QuestionSerializer(serializers.ModelSerializer):
    """What a message leaves open. ``concerns``: ids of the warnings; ``warning``: the one that the message makes."""

    message = serializers.CharField(source="raw.identifier")
    message_kind = serializers.CharField(source="raw.kind")
    warning = serializers.SerializerMethodField()
    concerns = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = ("id", "kind", "status", "message", "message_kind", "warning", "concerns", "reasons", "made_at",
                  "decided_at", "reason")  # fmt: skip

    def get_warning(self, question: Question) -> int | None:
        own = getattr(question.raw, "warning", None)
        return own.pk if own else None

    def get_concerns(self, question: Question) -> list[int]:
        return [warning.pk for warning in question.concerns.all()]

    @extend_schema_field(WarningNoteSerializer(many=True))
    def get_reasons(self, question: Question) -> list[dict[str, Any]]:
        return words.explain(question.reasons)


class WarningSerializer(serializers.ModelSerializer):
    """The four scales are apart: colour here, grade and response level on the incident."""

    unit = serializers.CharField(source="unit.code")
    headline = serializers.SerializerMethodField()
    identifier = serializers.CharField(source="raw.identifier")
    sender = serializers.CharField(source="raw.sender")
    sent = serializers.DateTimeField(source="raw.sent")
    cap_status = serializers.CharField(source="raw.cap_status")
    units = serializers.IntegerField(source="unit_count")
    parts = PartSerializer(many=True, read_only=True)

    class Meta:
        model = Warning
        fields = (
            "id", "ref", "status", "colour", "colour_source", "event", "headline", "severity", "urgency", "certainty",
            "effective", "expires", "area_description", "units", "unit", "scope", "test", "identifier", "sender",
            "sent", "cap_status", "received_at", "ended_at", "dismissed_reason", "incident",
            "in_force_since", "takes_over_at", "event_kind", "origin", "parts",
        )  # fmt: skip

    def get_headline(self, warning: Warning) -> dict[str, str]:
        return languages.both(warning.infos)


class WarningDetailSerializer(WarningSerializer):
    """With all that was said, the outline's bounds, and the codes of the units that the reader may see."""

    infos = BlocksField(read_only=True)
    bbox = serializers.SerializerMethodField()
    named_units = serializers.SerializerMethodField()
    parts = PartDetailSerializer(many=True, read_only=True)
    notes = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()

    class Meta(WarningSerializer.Meta):
        fields = (*WarningSerializer.Meta.fields, "infos", "area_source", "bbox", "named_units", "notes", "questions")

    @extend_schema_field(WarningNoteSerializer(many=True))
    def get_notes(self, warning: Warning) -> list[dict[str, Any]]:
        return words.explain(warning.raw.notes)

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, warning: Warning) -> list[dict[str, Any]]:
        return list(QuestionSerializer(self.context["questions"], many=True).data)

    def get_bbox(self, warning: Warning) -> list[float] | None:
        return bbox_of(warning)

    def get_named_units(self, warning: Warning) -> list[str]:
        return self.context["named_units"]


class AcceptSerializer(serializers.Serializer):
    """``warnings``: which of those concerned; may be left out where there is one, or for an update."""

    reason = serializers.CharField(max_length=LONGEST_REASON)
    warnings = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=200)


class WarningReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class KindSerializer(serializers.Serializer):
    event_kind = serializers.ChoiceField([(code, kind.en) for code, kind in EVENTS.items()])


class TakeUpSerializer(serializers.Serializer):
    """All may be left out: then the message's own words are taken, and no grade."""

    title = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    category = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    grade = serializers.CharField(max_length=4, required=False, allow_blank=True, default="")


class TakenUpSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    ref = serializers.CharField()
    status = serializers.CharField()
    response_level = serializers.CharField(allow_blank=True)
    warning = serializers.IntegerField(source="warning_id")
