"""What the API answers of duty, for its schema; the bodies are made by representations.py, and a test holds the two
together."""

from __future__ import annotations

from rest_framework import serializers as s

from org.api.representations import PersonMention, UnitMention, UnitName


class SlotAnswer(s.Serializer):
    id = s.IntegerField()
    post = s.CharField()
    person = PersonMention(allow_null=True)
    rostered = PersonMention(allow_null=True)


class ShiftAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    start = s.DateTimeField()
    end = s.DateTimeField()
    kind = s.CharField()
    status = s.CharField()
    signed_handover = s.BooleanField()
    taken_at = s.DateTimeField(allow_null=True)
    rest_day = s.BooleanField()
    slots = SlotAnswer(many=True)


class WatchAnswer(s.Serializer):
    unit = UnitName()
    post = s.CharField()
    person = PersonMention()
    shift = s.IntegerField(allow_null=True)
    override = s.IntegerField(allow_null=True)
    until = s.DateTimeField(allow_null=True)
    overstays = s.BooleanField()
    stands_in_for = s.IntegerField(allow_null=True, help_text="Id of the person who is on leave.")


class OnDuty(s.Serializer):
    at = s.DateTimeField()
    results = WatchAnswer(many=True)


class GapAnswer(s.Serializer):
    unit = UnitName()
    post = s.CharField()
    start = s.DateTimeField()
    end = s.DateTimeField()
    seconds = s.IntegerField()


class Gaps(s.Serializer):
    start = s.DateTimeField()
    end = s.DateTimeField()
    results = GapAnswer(many=True)


class RosterAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    month = s.CharField()
    status = s.CharField()


class Published(s.Serializer):
    rosters = RosterAnswer(many=True)


class GenerationAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    first = s.DateField()
    until = s.DateField()
    status = s.CharField()
    done = s.IntegerField()
    total = s.IntegerField()
    shifts = s.IntegerField()
    unstrengthened = s.IntegerField()


class Changed(s.Serializer):
    changed = s.IntegerField()


class CalledOnBehalf(s.Serializer):
    id = s.IntegerField()
    called = PersonMention(allow_null=True)


class OverrideAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    post = s.CharField()
    person = PersonMention()
    start = s.DateTimeField()
    end = s.DateTimeField()
    reason = s.CharField()
    withdrawn_at = s.DateTimeField(allow_null=True)


class SwapAnswer(s.Serializer):
    id = s.IntegerField()
    shift = s.IntegerField()
    slot = s.IntegerField()
    unit = UnitMention()
    post = s.CharField()
    start = s.DateTimeField()
    end = s.DateTimeField()
    status = s.CharField()
    asked_by = PersonMention(allow_null=True)
    taken_by = PersonMention(allow_null=True)
    in_return = s.IntegerField(allow_null=True)
    reason = s.CharField()
    answer = s.CharField()
    expires_at = s.DateTimeField(allow_null=True)
    decided_by = PersonMention(allow_null=True)
    decided_at = s.DateTimeField(allow_null=True)


class LeaveAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    person = PersonMention()
    start = s.DateTimeField()
    end = s.DateTimeField()
    abroad = s.BooleanField()
    status = s.CharField()
    reason = s.CharField()
    answer = s.CharField()
    asked_by = PersonMention(allow_null=True)
    asked_at = s.DateTimeField()
    decided_by = PersonMention(allow_null=True)
    decided_at = s.DateTimeField(allow_null=True)
    warnings = s.ListField(child=s.CharField())


class HandoverAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    shift = s.IntegerField(allow_null=True)
    status = s.CharField()
    opened_at = s.DateTimeField(allow_null=True)
    due_at = s.DateTimeField(allow_null=True)
    out_by = PersonMention(allow_null=True)
    out_at = s.DateTimeField(allow_null=True)
    in_by = PersonMention(allow_null=True)
    in_at = s.DateTimeField(allow_null=True)
    settled_by = PersonMention(allow_null=True)
    accepted_at = s.DateTimeField(allow_null=True)
    late = s.BooleanField()
    note = s.CharField()
    equipment = s.CharField()


class HandoverItem(s.Serializer):
    """``subject`` is "incident:3", empty for the line that says how many more there are."""

    subject = s.CharField()
    title = s.CharField()
    detail = s.CharField()
    url = s.CharField()
    due_at = s.DateTimeField(allow_null=True)


class HandoverSection(s.Serializer):
    """``failed``: it could not be gathered."""

    section = s.CharField()
    label = s.CharField()
    items = HandoverItem(many=True)
    failed = s.BooleanField()


class HandoverWhole(HandoverAnswer):
    sections = HandoverSection(many=True)


class CheckIn(s.Serializer):
    shift = s.IntegerField()
    post = s.CharField()
    late = s.BooleanField()


class CheckedIn(s.Serializer):
    checked_in = CheckIn(many=True)


class SpotCheckAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    post = s.CharField()
    method = s.CharField()
    status = s.CharField()
    outcome = s.CharField(allow_null=True)
    ordered_by = PersonMention(allow_null=True)
    planned_at = s.DateTimeField(allow_null=True)
    person = PersonMention(allow_null=True)
    called_at = s.DateTimeField(allow_null=True)
    call_back_due_at = s.DateTimeField(allow_null=True)
    second_call_at = s.DateTimeField(allow_null=True)
    leader_called_at = s.DateTimeField(allow_null=True)
    leader = PersonMention(allow_null=True)
    answered_at = s.DateTimeField(allow_null=True)
    answered_by = PersonMention(allow_null=True)
    closed_at = s.DateTimeField(allow_null=True)
    said_warning = s.CharField()
    said_here = s.CharField()
    said_told = s.CharField()
    note = s.CharField()


class Planned(s.Serializer):
    planned = s.IntegerField()


class UnitOfMonth(s.Serializer):
    """One unit's month; ``answered_after_s`` is a mean, ``gap_s`` the time up to now without a post or more."""

    code = s.CharField()
    path = s.CharField()
    name = s.CharField()
    name_en = s.CharField()
    level = s.CharField()
    shifts = s.IntegerField()
    not_checked_in = s.IntegerField()
    late_check_ins = s.IntegerField()
    handovers = s.IntegerField()
    late_handovers = s.IntegerField()
    checks = s.IntegerField()
    normal = s.IntegerField()
    no_answer = s.IntegerField()
    absent_post = s.IntegerField()
    not_on_roster = s.IntegerField()
    leader_absent = s.IntegerField()
    wrong_answer = s.IntegerField()
    answered_after_s = s.IntegerField(allow_null=True)
    gap_s = s.IntegerField()


class MonthOfChecks(s.Serializer):
    month = s.CharField()
    results = UnitOfMonth(many=True)


class CallAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    kind = s.CharField()
    reply_due_at = s.DateTimeField(allow_null=True)
    answers = s.IntegerField(allow_null=True)
    at = s.DateTimeField()
    caller_unit = s.CharField()
    caller_name = s.CharField()
    caller_post = s.CharField()
    caller_phone = s.CharField()
    occurred_at = s.DateTimeField(allow_null=True)
    place = s.CharField()
    content = s.CharField()
    measures = s.CharField()
    told = s.CharField()
    recorder = PersonMention(allow_null=True)
    recorded_at = s.DateTimeField()
    corrects = s.IntegerField(allow_null=True)
    corrected_by = s.IntegerField(allow_null=True)
    reason = s.CharField()


class WhereaboutsAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    person = PersonMention()
    kind = s.CharField()
    start = s.DateTimeField()
    end = s.DateTimeField()
    place = s.CharField()
    phone = s.CharField()
    means = s.CharField()
    agreed = s.CharField()
    filed_by = PersonMention()
    filed_at = s.DateTimeField()
    withdrawn_at = s.DateTimeField(allow_null=True)


class AuthorisationAnswer(s.Serializer):
    id = s.IntegerField()
    unit = UnitMention()
    giver = PersonMention()
    deputy = PersonMention()
    matters = s.ListField(child=s.CharField())
    start = s.DateTimeField()
    end = s.DateTimeField()
    document = s.CharField()
    note = s.CharField()
    logged_by = PersonMention()
    logged_at = s.DateTimeField()
    revoked_at = s.DateTimeField(allow_null=True)


class SignatoryAnswer(s.Serializer):
    """``signer``: who signs now; none where the leader is away and nobody who is here was authorised."""

    leader = PersonMention()
    signer = PersonMention(allow_null=True)
    authorisation = s.IntegerField(allow_null=True)
    words = s.CharField()


class LeaderNow(s.Serializer):
    """``kind`` is empty where nobody told where they are."""

    person = PersonMention()
    posts = s.ListField(child=s.CharField())
    head = s.BooleanField()
    kind = s.CharField()
    place = s.CharField()
    until = s.DateTimeField(allow_null=True)
    gap = s.BooleanField()
    signatory = SignatoryAnswer()


class LeadersNow(s.Serializer):
    unit = s.CharField()
    both_out = s.BooleanField()
    results = LeaderNow(many=True)
