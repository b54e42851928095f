"""Request serializers for levels, responses and proposals. They validate the form only."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from command.actions.consent import Consent
from command.models import ResponseLevel
from command.rules.words import CONSENT_WORDS


def _area() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=13), required=False, allow_null=True, default=None, max_length=2000,
        help_text="Unit codes; what lies under each is meant too, unless = stands before it. “affected”: the units that"
        " the incident's warnings name, or its area covers.",
    )  # fmt: skip


def _signed() -> serializers.BooleanField:
    return serializers.BooleanField(
        required=False, default=False, help_text="Sign and serve the notice of it in the same act, in one's own name."
    )


class Consenting(serializers.Serializer):
    """Of level I: who gave the county committee's consent, when (now, left out) and how."""

    consent_by = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    consent_how = serializers.ChoiceField(
        list(CONSENT_WORDS.items()), required=False, allow_blank=True, default="", help_text="Needed with level I."
    )
    consent_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


def with_consent(body: dict[str, Any]) -> dict[str, Any]:
    """The checked body with ``consent`` in place of its parts."""
    parts = {name: body.pop(f"consent_{name}") for name in ("by", "how", "at")}
    return {**body, "consent": Consent(**parts) if parts["by"] or parts["how"] else None}


class LevelOfPlan(Consenting):
    """With ``version`` the level of that plan; without it, the level alone, or the one of the response that runs."""

    level = serializers.ChoiceField(ResponseLevel.choices)
    grounds = serializers.CharField(max_length=1000)
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    expected = serializers.CharField(max_length=8, required=False, allow_blank=True, allow_null=True, default=None)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    area = _area()
    act_first = serializers.BooleanField(required=False, default=False)
    sign_notice = _signed()


class LevelPreview(serializers.Serializer):
    level = serializers.ChoiceField(ResponseLevel.choices)
    version = serializers.IntegerField(min_value=1)
    area = _area()
    act_first = serializers.BooleanField(required=False, default=False)


class Activation(Consenting):
    """Starts a level of the plan's version in force."""

    incident = serializers.IntegerField(min_value=1)
    level = serializers.ChoiceField(ResponseLevel.choices)
    grounds = serializers.CharField(max_length=1000)
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    area = _area()
    act_first = serializers.BooleanField(required=False, default=False)
    sign_notice = _signed()


class ResponseApproval(Consenting):
    sign_notice = _signed()


class Acceptance(Consenting):
    grounds = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    area = _area()
    sign_notice = _signed()


class Said(serializers.Serializer):
    code = serializers.CharField(max_length=40)
    met = serializers.BooleanField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
