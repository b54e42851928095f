"""What the API answers of plans, for its schema; the bodies are made by representations.py, and a test holds the two
together."""

from __future__ import annotations

from rest_framework import serializers as s

from org.api.representations import PersonName, UnitName


class VersionAnswer(s.Serializer):
    id = s.IntegerField()
    number = s.IntegerField()
    status = s.CharField()
    summary = s.CharField()
    created_by = PersonName(allow_null=True)
    created_at = s.DateTimeField()
    approved_by = PersonName(allow_null=True)
    approved_at = s.DateTimeField(allow_null=True)
    document = s.JSONField()
    filed_at = s.DateTimeField(allow_null=True)
    receipt = s.CharField()
    generation = s.IntegerField()


class DueAnswer(s.Serializer):
    id = s.IntegerField()
    what = s.CharField()
    due_on = s.DateField()
    done_on = s.DateField(allow_null=True)
    note = s.CharField()


class ItemAnswered(s.Serializer):
    id = s.IntegerField()
    plan = s.IntegerField()
    source = s.CharField()
    subject = s.CharField()
    text = s.CharField()
    status = s.CharField()
    raised_by = PersonName(allow_null=True)
    raised_at = s.DateTimeField()
    answer = s.CharField()
    answered_by = PersonName(allow_null=True)
    answered_at = s.DateTimeField(allow_null=True)
    answered_in = s.IntegerField(allow_null=True)


class PlanAnswer(s.Serializer):
    id = s.IntegerField()
    code = s.CharField()
    kind = s.CharField()
    hazard_type = s.CharField()
    name = s.CharField()
    name_en = s.CharField()
    unit = UnitName()
    template = s.CharField(allow_null=True)
    active = s.BooleanField()
    review_months = s.IntegerField(allow_null=True)
    drill_months = s.IntegerField(allow_null=True)
    in_force = s.IntegerField(allow_null=True)
    open_items = s.IntegerField()
    dues = DueAnswer(many=True)
    versions = VersionAnswer(many=True)


class PlanWhole(PlanAnswer):
    document = s.JSONField()
    document_version = s.IntegerField(allow_null=True)
    items = ItemAnswered(many=True)


class PlanImported(s.Serializer):
    new = s.BooleanField()
    problems = s.ListField(child=s.DictField())
    document = s.JSONField()
    plan = s.IntegerField(allow_null=True)
    code = s.CharField(allow_null=True)
    version = s.IntegerField(allow_null=True)
