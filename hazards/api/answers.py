"""What the API answers of hazards, for its schema; the bodies are made by representations.py."""

from __future__ import annotations

from rest_framework import serializers as s

from org.api.representations import PersonMention, UnitMention


class HazardAnswer(s.Serializer):
    id = s.IntegerField()
    ref = s.CharField()
    kind = s.CharField()
    description = s.CharField()
    grade = s.CharField(allow_null=True)
    status = s.CharField()
    closure = s.CharField(allow_null=True)
    in_time = s.BooleanField(allow_null=True)
    unit = UnitMention()
    owner = UnitMention()
    point = s.ListField(child=s.FloatField(), min_length=2, max_length=2)
    accuracy_m = s.FloatField(allow_null=True)
    place = s.CharField()
    people_at_risk = s.IntegerField(allow_null=True)
    found_at = s.DateTimeField()
    filed_at = s.DateTimeField()
    door = s.CharField()
    next_due_at = s.DateTimeField(allow_null=True)
    overdue = s.BooleanField()
    overdue_step = s.IntegerField(allow_null=True)
    listed = s.BooleanField()
    reopened = s.IntegerField()
    closed_at = s.DateTimeField(allow_null=True)
    merged_into = s.IntegerField(allow_null=True)


class PhotoAnswer(s.Serializer):
    id = s.IntegerField()
    hazard = s.IntegerField()
    attachment = s.IntegerField()
    url = s.CharField()
    shows = s.CharField()
    pair = s.IntegerField(allow_null=True)
    taken_at = s.DateTimeField(allow_null=True)


class HazardWhole(HazardAnswer):
    client_id = s.UUIDField(allow_null=True)
    reasons = s.JSONField()
    grounds = s.JSONField()
    finder = PersonMention(allow_null=True)
    finder_contact = s.CharField()
    leader = PersonMention(allow_null=True)
    rectifier = PersonMention(allow_null=True)
    closed_by = PersonMention(allow_null=True)
    close_note = s.CharField()
    open = s.BooleanField()
    deadlines = s.ListField(child=s.DictField())
    plans = s.ListField(child=s.DictField())
    inspections = s.ListField(child=s.DictField())
    extensions = s.ListField(child=s.DictField())
    supervisions = s.ListField(child=s.DictField())
    photos = PhotoAnswer(many=True)
    merged = s.ListField(child=s.IntegerField())


class NearHazard(HazardAnswer):
    metres = s.IntegerField()


class NearHazards(s.Serializer):
    results = NearHazard(many=True)


class HazardStatistics(s.Serializer):
    first = s.CharField()
    last = s.CharField()
    results = s.ListField(child=s.DictField())


class BulkAssigned(s.Serializer):
    assigned = s.JSONField()
