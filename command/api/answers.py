"""What the API answers of incidents, orders, assignments, responses and proposals, for its schema.

The bodies themselves are made by representations.py and representations_response.py; a test holds the two together.
"""

from __future__ import annotations

from rest_framework import serializers as s

from command.api.bodies import PointField
from org.api.representations import PersonMention, UnitMention


class PlanMention(s.Serializer):
    id = s.IntegerField()
    code = s.CharField()
    name = s.CharField()


class VersionMention(s.Serializer):
    id = s.IntegerField()
    number = s.IntegerField()


class IncidentAnswer(s.Serializer):
    id = s.IntegerField()
    ref = s.CharField()
    title = s.CharField()
    category = s.CharField()
    grade = s.CharField(allow_null=True)
    colour = s.CharField(allow_null=True)
    response_level = s.CharField(allow_null=True)
    status = s.CharField()
    unit = UnitMention()
    point = PointField(allow_null=True)
    place = s.CharField()
    occurred_at = s.DateTimeField(allow_null=True)
    learned_at = s.DateTimeField()
    description = s.CharField()
    commander = PersonMention(allow_null=True)
    offered_to = PersonMention(allow_null=True)
    warning = s.IntegerField(allow_null=True)


class AssignmentAnswer(s.Serializer):
    id = s.IntegerField()
    order = s.IntegerField()
    unit = s.CharField()
    unit_name = s.CharField()
    post = s.CharField()
    post_name = s.CharField()
    person = PersonMention(allow_null=True)
    role = s.CharField()
    status = s.CharField()
    step = s.IntegerField()
    climbed_to = s.JSONField()
    ack_due_at = s.DateTimeField(allow_null=True)
    next_climb_at = s.DateTimeField(allow_null=True)
    answered_at = s.DateTimeField(allow_null=True)
    answered_by = PersonMention(allow_null=True)
    answered_how = s.CharField()
    note = s.CharField()
    figure = s.IntegerField(allow_null=True)
    task = s.IntegerField(allow_null=True)


class OrderAnswer(s.Serializer):
    id = s.IntegerField()
    ref = s.CharField()
    incident = s.IntegerField(allow_null=True)
    unit = UnitMention()
    text = s.CharField()
    ladder = s.CharField()
    status = s.CharField()
    issued_by = PersonMention(allow_null=True)
    issued_at = s.DateTimeField()
    ack_due_at = s.DateTimeField(allow_null=True)
    called_off_reason = s.CharField()


class OrderIssued(OrderAnswer):
    assignments = AssignmentAnswer(many=True)


class OrderWhole(OrderIssued):
    townships = s.ListField(
        child=s.DictField(), help_text="Of each township: how many are in each shown state, total, and vacant."
    )


class Vacancy(s.Serializer):
    unit = s.CharField()
    post = s.CharField()


class VacancyOfAction(Vacancy):
    action = s.CharField()


class OrderPreview(s.Serializer):
    assignments = s.IntegerField()
    people = s.IntegerField()
    vacancies = Vacancy(many=True)
    ladder = s.JSONField()


class Reminded(s.Serializer):
    reminded = s.IntegerField()


class Condition(s.Serializer):
    code = s.CharField()
    label = s.CharField()
    met = s.BooleanField()
    note = s.CharField()
    said_by = PersonMention(allow_null=True)
    said_at = s.DateTimeField(allow_null=True)


class ResponseAnswer(s.Serializer):
    id = s.IntegerField()
    incident = s.IntegerField()
    plan = PlanMention()
    version = VersionMention()
    level = s.CharField()
    area = s.ListField(child=s.CharField())
    status = s.CharField()
    started_by = PersonMention(allow_null=True)
    started_at = s.DateTimeField(allow_null=True)
    act_first = s.BooleanField()
    approved_by = PersonMention(allow_null=True)
    approved_at = s.DateTimeField(allow_null=True)
    ended_at = s.DateTimeField(allow_null=True)


class ResponseWhole(ResponseAnswer):
    conditions = Condition(many=True)


class TaskAnswer(s.Serializer):
    id = s.IntegerField()
    action = s.CharField()
    phase = s.CharField()
    text = s.CharField()
    unit = s.CharField()
    unit_name = s.CharField()
    post = s.CharField()
    post_name = s.CharField()
    state = s.CharField()
    due_at = s.DateTimeField(allow_null=True)
    overdue = s.BooleanField()
    evidence = s.JSONField()
    counted = s.JSONField()
    figure = s.IntegerField(allow_null=True)
    photos = s.JSONField()
    notes = s.JSONField()
    assignments = AssignmentAnswer(many=True)


class Tasks(s.Serializer):
    results = TaskAnswer(many=True)


class LevelPreviewAnswer(s.Serializer):
    incident = s.IntegerField()
    version = s.IntegerField()
    level = s.CharField()
    before = s.CharField(allow_null=True)
    area = s.JSONField()
    may = s.BooleanField()
    may_act_first = s.BooleanField()
    approver = s.ListField(child=s.DictField())
    people = s.IntegerField()
    units = s.IntegerField()
    new = s.ListField(child=s.DictField())
    kept = s.IntegerField()
    withdrawn = s.ListField(child=s.DictField())
    vacancies = VacancyOfAction(many=True)
    problems = s.ListField(child=s.DictField())


class ProposalAnswer(s.Serializer):
    id = s.IntegerField()
    plan = PlanMention()
    version = s.IntegerField()
    level = s.CharField()
    subject = s.CharField()
    title = s.CharField()
    url = s.CharField()
    grounds = s.JSONField()
    area = s.ListField(child=s.CharField())
    unit = UnitMention()
    incident = s.IntegerField(allow_null=True)
    status = s.CharField()
    step = s.IntegerField()
    made_at = s.DateTimeField()
    decided_by = PersonMention(allow_null=True)
    decided_at = s.DateTimeField(allow_null=True)
    reason = s.CharField()


class ProposalAccepted(ProposalAnswer):
    response = s.IntegerField()
