"""What the API answers of incidents, orders, assignments, responses and proposals, for its schema.

The bodies themselves are made by representations.py and representations_response.py; a test holds the two together.
"""

from __future__ import annotations

from rest_framework import serializers as s

from command.api.bodies import PointField
from norms.api.answers import PersonOnRecord, RuleAnswer
from org.api.representations import HeadquartersMention, PersonMention, UnitMention
from plans.api.answers import PlanProblem, VacancyOfAction


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
    headquarters = HeadquartersMention(allow_null=True)
    desk_officer = PersonMention()
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
    climbed_to = s.CharField()
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
    headquarters = HeadquartersMention(allow_null=True)
    by_office = s.BooleanField()
    issuer = s.CharField()
    text = s.CharField()
    ladder = s.CharField()
    status = s.CharField()
    issued_by = PersonMention(allow_null=True, help_text="Null where the system issued it by rule.")
    rule = RuleAnswer(allow_null=True)
    paper = s.IntegerField(allow_null=True, help_text="Id of the signed paper that it carries out.")
    issued_at = s.DateTimeField()
    ack_due_at = s.DateTimeField(allow_null=True)
    called_off_reason = s.CharField()


class OrderIssued(OrderAnswer):
    assignments = AssignmentAnswer(many=True)


class TownshipCounts(s.Serializer):
    """A township's assignments, those of its villages among them, by the state that is shown; vacant ones again."""

    unit = s.CharField()
    name = s.CharField()
    total = s.IntegerField()
    called = s.IntegerField()
    silent = s.IntegerField()
    climbed = s.IntegerField()
    vacant = s.IntegerField()
    answered_for = s.IntegerField()
    received = s.IntegerField()
    passed_on = s.IntegerField()
    in_place = s.IntegerField()
    done = s.IntegerField()
    verified = s.IntegerField()
    called_off = s.IntegerField()


class ReachCounts(s.Serializer):
    """Lines of the order of which this is proven. A call that was heard is not answered; an answer is nobody moved."""

    total = s.IntegerField()
    handed_over = s.IntegerField()
    device_reached = s.IntegerField()
    heard = s.IntegerField()
    answered = s.IntegerField()
    in_place = s.IntegerField()
    verified = s.IntegerField()


class SlowUnit(s.Serializer):
    unit = s.CharField()
    p90_s = s.IntegerField(allow_null=True)


class WakeTimes(s.Serializer):
    """Seconds until half, and nine in ten, of the lines are answered; null: not within hours, or not yet."""

    p50_s = s.IntegerField(allow_null=True)
    p90_s = s.IntegerField(allow_null=True)


class WakeForecast(WakeTimes):
    slowest = SlowUnit(many=True)


class WakeCompared(s.Serializer):
    predicted = WakeForecast(allow_null=True, help_text="As it was said when the order went out.")
    actual = WakeTimes()


class OrderWhole(OrderIssued):
    townships = TownshipCounts(many=True)
    reach = ReachCounts()
    wake = WakeCompared()


class Vacancy(s.Serializer):
    unit = s.CharField()
    post = s.CharField()


class LadderRung(s.Serializer):
    """One step after silence; the last one repeats every ``repeat_s`` until somebody answers."""

    after_s = s.IntegerField()
    do = s.CharField()
    channel = s.CharField(required=False)
    repeat_s = s.IntegerField(required=False)


class LadderCopy(s.Serializer):
    """The ladder as an order keeps it. Posts by level of the unit, and the deputy by post."""

    colour = s.CharField()
    version = s.IntegerField()
    source = s.CharField()
    set_by = PersonOnRecord(allow_null=True, required=False)
    ack_within_s = s.IntegerField()
    called = s.DictField(child=s.ListField(child=s.CharField()))
    deputies = s.DictField(child=s.CharField())
    above = s.DictField(child=s.ListField(child=s.CharField()))
    rungs = LadderRung(many=True)


class TownshipPreview(s.Serializer):
    unit = s.CharField()
    name = s.CharField()
    units = s.IntegerField()
    people = s.IntegerField()
    vacancies = s.IntegerField()


class OrderPreview(s.Serializer):
    assignments = s.IntegerField()
    people = s.IntegerField()
    vacancies = Vacancy(many=True)
    townships = TownshipPreview(many=True)
    ladder = LadderCopy()
    wake = WakeForecast()


class IssuerAnswer(s.Serializer):
    """``code`` is what an order's ``issuer`` takes."""

    code = s.CharField()
    name = s.CharField()
    unit = UnitMention()
    headquarters = HeadquartersMention(allow_null=True)
    by_office = s.BooleanField()


class Issuers(s.Serializer):
    results = IssuerAnswer(many=True)


class Reminded(s.Serializer):
    reminded = s.IntegerField()


class Condition(s.Serializer):
    code = s.CharField()
    label = s.CharField()
    met = s.BooleanField()
    note = s.CharField()
    said_by = PersonMention(allow_null=True)
    said_at = s.DateTimeField(allow_null=True)


class ConsentAnswer(s.Serializer):
    """The county committee's consent to level I."""

    by = PersonMention()
    at = s.DateTimeField()
    how = s.CharField()


class ResponseAnswer(s.Serializer):
    id = s.IntegerField()
    incident = s.IntegerField()
    plan = PlanMention()
    version = VersionMention()
    headquarters = HeadquartersMention(allow_null=True)
    level = s.CharField()
    area = s.ListField(child=s.CharField())
    status = s.CharField()
    started_by = PersonMention(allow_null=True)
    started_at = s.DateTimeField(allow_null=True)
    act_first = s.BooleanField()
    approved_by = PersonMention(allow_null=True)
    approved_at = s.DateTimeField(allow_null=True)
    consent = ConsentAnswer(allow_null=True)
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
    evidence = s.CharField()
    counted = s.CharField()
    figure = s.IntegerField(allow_null=True)
    photos = s.IntegerField()
    notes = s.ListField(child=s.CharField())
    assignments = AssignmentAnswer(many=True)


class Tasks(s.Serializer):
    results = TaskAnswer(many=True)


class Approver(s.Serializer):
    """A post or a seat (headquarters:commander) that may decide, and who answers for it now; nobody is a vacancy.
    ``signs_for``: sentences on who signs for a leader who is away.
    """

    post = s.CharField()
    name = s.CharField()
    people = PersonMention(many=True)
    signs_for = s.ListField(child=s.CharField())


class PlannedTask(s.Serializer):
    """``held``: it waits for those of ``after``."""

    action = s.CharField()
    phase = s.CharField()
    text = s.CharField()
    unit = s.CharField()
    unit_name = s.CharField()
    post = s.CharField()
    post_name = s.CharField()
    due_min = s.IntegerField()
    after = s.ListField(child=s.CharField())
    people = PersonMention(many=True)
    held = s.BooleanField()


class TaskMention(s.Serializer):
    id = s.IntegerField()
    action = s.CharField()
    unit = s.CharField()
    post = s.CharField()
    status = s.CharField()


class LevelPreviewAnswer(s.Serializer):
    incident = s.IntegerField()
    version = s.IntegerField()
    level = s.CharField()
    before = s.CharField(allow_null=True)
    area = s.ListField(child=s.CharField())
    may = s.BooleanField()
    may_act_first = s.BooleanField()
    approver = Approver(many=True)
    people = s.IntegerField()
    units = s.IntegerField()
    new = PlannedTask(many=True)
    kept = s.IntegerField()
    withdrawn = TaskMention(many=True)
    vacancies = VacancyOfAction(many=True)
    problems = PlanProblem(many=True)


class ProposalAnswer(s.Serializer):
    id = s.IntegerField()
    plan = PlanMention()
    version = s.IntegerField()
    level = s.CharField()
    subject = s.CharField()
    title = s.CharField()
    url = s.CharField()
    grounds = s.ListField(child=s.CharField())
    grounds_text = s.CharField(help_text="One sentence that can stand in a request for approval.")
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
