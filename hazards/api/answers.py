"""What the API answers of hazards, for its schema; the bodies are made by representations.py."""

from __future__ import annotations

from rest_framework import serializers as s

from hazards.models import Hazard
from hazards.selectors.statistics import FIGURES
from org.api.representations import BothNames, PersonMention, UnitMention


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


class HazardFiled(s.Serializer):
    """The ticket as its filer gets it back."""

    type = s.CharField()
    id = s.IntegerField()
    ref = s.CharField()
    kind = s.CharField()
    description = s.CharField(help_text="Its beginning.")
    place = s.CharField()
    grade = s.CharField()
    status = s.CharField()
    unit = s.CharField()
    unit_name = BothNames()
    owner = s.CharField()
    owner_name = BothNames()
    point = s.ListField(child=s.FloatField(), min_length=2, max_length=2)
    people_at_risk = s.IntegerField()
    found_at = s.DateTimeField()
    next_due_at = s.DateTimeField(allow_null=True)
    overdue_step = s.IntegerField()
    listed = s.BooleanField()
    closure = s.CharField()
    reopened = s.IntegerField()
    merged_into = s.IntegerField(allow_null=True)
    client_id = s.UUIDField()
    door = s.CharField()
    filed_at = s.DateTimeField()


class PhotoReceipt(s.Serializer):
    """What the sender keeps: which photo, which bytes, since when. ``sha256`` is of what was sent."""

    photo = s.IntegerField()
    hazard = s.IntegerField()
    sha256 = s.CharField()
    received_at = s.DateTimeField()
    shows = s.CharField()
    pair = s.IntegerField(allow_null=True)
    taken_at = s.DateTimeField(allow_null=True)
    taken_where = s.ListField(child=s.FloatField(), min_length=2, max_length=2, allow_null=True)
    url = s.CharField()


class DeadlineAnswer(s.Serializer):
    """``why`` is the sentence that says how it was reckoned."""

    what = s.CharField()
    due_at = s.DateTimeField()
    rule = s.CharField()
    calendar_version = s.IntegerField(allow_null=True)
    why = s.CharField()
    set_at = s.DateTimeField()
    ended_at = s.DateTimeField(allow_null=True)


class RectificationPlan(s.Serializer):
    id = s.IntegerField()
    hazard = s.IntegerField()
    responsible = PersonMention()
    measures = s.CharField()
    funds = s.CharField()
    fund_source = s.CharField(allow_null=True)
    finish_on = s.DateField()
    contingency = s.CharField()
    interim = s.CharField()
    made_by = PersonMention()
    made_at = s.DateTimeField()


class InspectionAnswer(s.Serializer):
    id = s.IntegerField()
    by = PersonMention()
    at = s.DateTimeField()
    result = s.CharField()
    note = s.CharField()


class ExtensionAnswer(s.Serializer):
    id = s.IntegerField()
    until = s.DateField()
    reason = s.CharField()
    status = s.CharField()
    asked_by = PersonMention()
    asked_at = s.DateTimeField()
    decided_by = PersonMention(allow_null=True)
    decided_at = s.DateTimeField(allow_null=True)
    answer = s.CharField()


class SupervisionAnswer(s.Serializer):
    id = s.IntegerField()
    form = s.CharField()
    paper = s.IntegerField()
    status = s.CharField()
    number = s.CharField(allow_null=True)
    to = UnitMention()
    drafted_at = s.DateTimeField()
    signed_at = s.DateTimeField(allow_null=True)
    served_at = s.DateTimeField(allow_null=True)
    due_on = s.DateField(allow_null=True)
    lifted_at = s.DateTimeField(allow_null=True)
    published_on = s.DateField(allow_null=True)


class PhotoAnswer(s.Serializer):
    id = s.IntegerField()
    hazard = s.IntegerField()
    attachment = s.IntegerField()
    url = s.CharField()
    shows = s.CharField()
    pair = s.IntegerField(allow_null=True)
    taken_at = s.DateTimeField(allow_null=True)


class ClosureSignatureAnswer(s.Serializer):
    """``role``: owner, territory or regulator."""

    role = s.CharField()
    unit = UnitMention()
    by = PersonMention()
    at = s.DateTimeField()
    note = s.CharField()


class ElsewhereAnswer(s.Serializer):
    """A township that looks for the same; the figures are null until it has looked."""

    id = s.IntegerField()
    unit = UnitMention()
    due_at = s.DateTimeField()
    done_at = s.DateTimeField(allow_null=True)
    looked_at = s.IntegerField(allow_null=True)
    found = s.IntegerField(allow_null=True)
    note = s.CharField()


class HazardWhole(HazardAnswer):
    territory = UnitMention()
    regulator = UnitMention(allow_null=True)
    principal = s.CharField()
    risk = s.CharField(allow_null=True)
    criterion = s.CharField(allow_null=True)
    signatures = ClosureSignatureAnswer(many=True)
    signatures_lacking = s.ListField(child=s.CharField())
    elsewhere = ElsewhereAnswer(many=True)
    client_id = s.UUIDField(allow_null=True)
    reasons = s.ListField(child=s.CharField())
    grounds = s.CharField()
    finder = PersonMention(allow_null=True)
    finder_contact = s.CharField()
    leader = PersonMention(allow_null=True)
    rectifier = PersonMention(allow_null=True)
    closed_by = PersonMention(allow_null=True)
    close_note = s.CharField()
    open = s.BooleanField()
    deadlines = DeadlineAnswer(many=True)
    plans = RectificationPlan(many=True)
    inspections = InspectionAnswer(many=True)
    extensions = ExtensionAnswer(many=True)
    supervisions = SupervisionAnswer(many=True)
    photos = PhotoAnswer(many=True)
    merged = s.ListField(child=s.IntegerField())


class NearHazard(HazardAnswer):
    metres = s.IntegerField()


class NearHazards(s.Serializer):
    results = NearHazard(many=True)


class _HazardFigures(s.Serializer):
    """A township's hazards of one kind."""

    unit = s.CharField()
    name = s.CharField()
    kind = s.CharField()


HazardFigures = type("HazardFigures", (_HazardFigures,), {name: s.IntegerField() for name in FIGURES})


class HazardStatistics(s.Serializer):
    first = s.CharField()
    last = s.CharField()
    results = HazardFigures(many=True)


class _HazardCounts(s.Serializer):
    """How many there are, open and by state; ``due_soon``: within a week."""

    open = s.IntegerField()
    overdue = s.IntegerField()
    due_soon = s.IntegerField()
    major = s.IntegerField()
    listed = s.IntegerField()
    people_at_risk = s.IntegerField()


HazardCounts = type("HazardCounts", (_HazardCounts,), {state: s.IntegerField() for state in Hazard.Status.values})


class BulkAssigned(s.Serializer):
    assigned = s.IntegerField(help_text="How many changed hands.")
