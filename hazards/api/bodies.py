"""Request serializers and query parameters of the API. They validate the form only; actions decide what may be done."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hazards.models import Hazard
from hazards.rules.words import Closure, FundSource, Grade, Kind, MajorReason, Role
from hazards.selectors.queue import MOST, ORDERS, PAGE, Filters
from org.rules.codes import MONTH


@extend_schema_field({"type": "string"})
class Several(serializers.Field):
    """One or more values, separated by commas."""

    default_error_messages = {"choice": _("“%(value)s” is not one of: %(choices)s.")}

    def __init__(self, choices: list[str], **more: Any) -> None:
        self.choices = choices
        super().__init__(required=False, **more)

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        values = tuple(part.strip() for part in str(data).split(",") if part.strip())
        for value in values:
            if value not in self.choices:
                text = str(self.error_messages["choice"]) % {"value": value[:40], "choices": ", ".join(self.choices)}
                raise serializers.ValidationError(text)
        return values

    def to_representation(self, value: tuple[str, ...]) -> str:
        return ",".join(value)


@extend_schema_field({"type": "string"})
class Box(serializers.Field):
    """``west,south,east,north`` in degrees."""

    default_error_messages = {"shape": _("A box is west,south,east,north in degrees.")}

    def to_internal_value(self, data: Any) -> tuple[float, ...]:
        try:
            numbers = tuple(float(part) for part in str(data).split(","))
        except ValueError:
            self.fail("shape")
        if len(numbers) != 4 or not all(-180 <= number <= 180 for number in numbers):
            self.fail("shape")
        return numbers

    def to_representation(self, value: tuple[float, ...]) -> str:
        return ",".join(str(number) for number in value)


class FilterQuery(serializers.Serializer):
    status = Several(Hazard.Status.values)
    kind = Several(Kind.values)
    grade = Several(Grade.values)
    unit = serializers.CharField(max_length=12, required=False, allow_blank=True, help_text="With all under it.")
    owner = serializers.CharField(max_length=12, required=False, allow_blank=True, help_text="With all under it.")
    open = serializers.BooleanField(required=False, allow_null=True, default=None)
    overdue = serializers.BooleanField(required=False, allow_null=True, default=None)
    listed = serializers.BooleanField(required=False, allow_null=True, default=None)
    people = serializers.BooleanField(required=False, allow_null=True, default=None)
    due_before = serializers.DateTimeField(required=False)
    found_after = serializers.DateTimeField(required=False)
    found_before = serializers.DateTimeField(required=False)
    q = serializers.CharField(max_length=80, required=False, allow_blank=True)
    bbox = Box(required=False)

    def filters(self) -> Filters:
        """What was asked, once it was found valid."""
        known = {name: value for name, value in self.validated_data.items() if name in Filters.__dataclass_fields__}
        return Filters(**known)


class ListQuery(FilterQuery):
    ordering = serializers.ChoiceField(list(ORDERS), required=False, default="-id")
    cursor = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    page_size = serializers.IntegerField(min_value=1, max_value=MOST, required=False, default=PAGE)


class StatisticsQuery(serializers.Serializer):
    """Months as ``2026-11``; ``unit`` left out: all in sight."""

    unit = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    first = serializers.RegexField(MONTH)
    last = serializers.RegexField(MONTH)


class Registration(serializers.Serializer):
    people_at_risk = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=160, required=False, allow_null=True, allow_blank=True, default=None)
    principal = serializers.CharField(max_length=80, required=False, allow_null=True, allow_blank=True, default=None)


class Grading(serializers.Serializer):
    grade = serializers.ChoiceField(Grade.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(MajorReason.choices), required=False, default=list)
    grounds = serializers.CharField(max_length=300)
    leader = serializers.IntegerField(required=False, allow_null=True, default=None)
    risk = serializers.CharField(max_length=8, required=False, allow_blank=True, default="")
    criterion = serializers.IntegerField(required=False, allow_null=True, default=None)


class Planning(serializers.Serializer):
    """The five elements; none is required here, so that the action names all that are missing at once."""

    responsible = serializers.IntegerField(required=False, allow_null=True, default=None)
    measures = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    funds = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    fund_source = serializers.ChoiceField(FundSource.choices, required=False, allow_blank=True, default="")
    finish_on = serializers.DateField(required=False, allow_null=True, default=None)
    contingency = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    interim = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    leader = serializers.IntegerField(required=False, allow_null=True, default=None)


class Remark(serializers.Serializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class HazardGrounds(serializers.Serializer):
    grounds = serializers.CharField(max_length=300)


class ExtensionStep(serializers.Serializer):
    """Asking: ``until`` and ``reason``. Deciding: ``decision``, with an ``answer`` when it is refused."""

    until = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    decision = serializers.ChoiceField(["granted", "refused"], required=False)
    answer = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("until" in attrs) == ("decision" in attrs):
            raise serializers.ValidationError({"until": [_("Give either “until” to ask, or “decision” to decide.")]})
        return attrs


class Closing(serializers.Serializer):
    how = serializers.ChoiceField(Closure.choices, required=False, default=Closure.RECTIFIED)
    grounds = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class Merging(serializers.Serializer):
    into = serializers.IntegerField()
    grounds = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class Rerouting(HazardGrounds):
    unit = serializers.CharField(max_length=12)


class BulkRerouting(Rerouting):
    hazards = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=500)


class Leading(serializers.Serializer):
    person = serializers.IntegerField()


class Listing(serializers.Serializer):
    due_on = serializers.DateField()


class Signing(serializers.Serializer):
    role = serializers.ChoiceField(Role.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class RolesNamed(serializers.Serializer):
    regulator = serializers.CharField(max_length=12)
    principal = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class LookElsewhere(serializers.Serializer):
    units = serializers.ListField(child=serializers.CharField(max_length=12), min_length=1, max_length=100)


class Looked(serializers.Serializer):
    """``elsewhere``: the number of the township's search."""

    elsewhere = serializers.IntegerField()
    looked_at = serializers.IntegerField(min_value=0, max_value=1_000_000)
    found = serializers.IntegerField(min_value=0, max_value=1_000_000)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
