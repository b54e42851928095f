"""What the API answers of official papers, for its schema; a test holds it to the bodies that are made."""

from __future__ import annotations

from rest_framework import serializers as s

from org.api.representations import BothNames, PersonMention, UnitMention


class PersonOnRecord(s.Serializer):
    """A person as a record keeps them, by the name and number of that day."""

    id = s.IntegerField()
    name = BothNames()
    phone = s.CharField(allow_blank=True)


class RuleAnswer(s.Serializer):
    """By which rule the system acted: who approved the rule, and by which document."""

    code = s.CharField()
    text = BothNames()
    approved_by = PersonOnRecord(allow_null=True)
    document = s.CharField(allow_blank=True)
    number = s.CharField(required=False)
    ladder = s.CharField(required=False)


class AddresseeAnswer(s.Serializer):
    unit = UnitMention()
    received_at = s.DateTimeField(allow_null=True)
    received_by = PersonMention(allow_null=True)


class PaperAnswer(s.Serializer):
    id = s.IntegerField()
    kind = s.CharField()
    kind_name = s.CharField()
    subject = s.CharField(allow_blank=True)
    unit = UnitMention()
    headquarters = s.CharField(allow_null=True)
    body = s.CharField()
    title = s.CharField()
    status = s.CharField()
    drafted_at = s.DateTimeField()
    drafted_by = PersonMention(allow_null=True)
    rule = RuleAnswer(allow_null=True)
    sign_due_at = s.DateTimeField()
    signed_at = s.DateTimeField(allow_null=True)
    signed_by = PersonMention(allow_null=True)
    signed_for = PersonMention(allow_null=True)
    signed_ground = s.CharField(allow_blank=True)
    number = s.CharField(allow_null=True)
    served_at = s.DateTimeField(allow_null=True)
    withdrawn_at = s.DateTimeField(allow_null=True)
    withdrawn_reason = s.CharField(allow_blank=True)
    before_signing = s.BooleanField()
    lifts = s.IntegerField(allow_null=True)


class PaperWhole(PaperAnswer):
    paragraphs = s.ListField(child=s.CharField())
    facts = s.ListField(child=s.ListField(child=s.CharField()))
    version = s.IntegerField()
    to = AddresseeAnswer(many=True)
    signers = s.ListField(child=PersonMention(many=True), help_text="Who must sign, rung after rung.")
    may_sign = s.BooleanField()
