"""Request serializers of the API. They validate the form only; actions decide what may be done."""

from __future__ import annotations

from rest_framework import serializers

from duty.models import DutyPost, ShiftKind, SpotCheck
from duty.rules.matters import MATTERS
from org.rules.codes import MONTH
from web.schema import UploadField


class People(serializers.Serializer):
    """Person ids by duty post."""

    leader = serializers.IntegerField(required=False)
    main = serializers.IntegerField(required=False)
    deputy = serializers.IntegerField(required=False)
    reserve = serializers.IntegerField(required=False)


class NewShift(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    people = People()
    kind = serializers.ChoiceField(ShiftKind.choices, required=False, default=ShiftKind.NORMAL)
    signed = serializers.BooleanField(required=False, default=True)
    published = serializers.BooleanField(required=False, default=False)


class Move(serializers.Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class Assignment(serializers.Serializer):
    post = serializers.ChoiceField(DutyPost.choices)
    person = serializers.IntegerField()


class BulkPlace(Assignment):
    shift = serializers.IntegerField()


class BulkAssignment(serializers.Serializer):
    places = serializers.ListField(child=BulkPlace(), min_length=1, max_length=1000)


class DutyReason(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class NewOverride(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    post = serializers.ChoiceField(DutyPost.choices)
    person = serializers.IntegerField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200)


class Generate(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    first = serializers.DateField()
    until = serializers.DateField()
    descendants = serializers.BooleanField(required=False, default=False)


class Publish(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    month = serializers.RegexField(MONTH)
    descendants = serializers.BooleanField(required=False, default=False)
    leave_faulty = serializers.BooleanField(required=False, default=False)


class OnDutyQuery(serializers.Serializer):
    """``unit``: one unit; left out: everything in sight. ``at`` left out: now."""

    unit = serializers.CharField(max_length=12, required=False)
    post = serializers.ChoiceField(DutyPost.choices, required=False)
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class GapQuery(serializers.Serializer):
    """``start`` left out: now; ``end`` left out: as far ahead as the county's rules look (30 days)."""

    unit = serializers.CharField(max_length=12, required=False)
    start = serializers.DateTimeField(required=False, allow_null=True, default=None)
    end = serializers.DateTimeField(required=False, allow_null=True, default=None)


class Unreachable(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    post = serializers.ChoiceField(DutyPost.choices)


class NewSwap(serializers.Serializer):
    slot = serializers.IntegerField()
    reason = serializers.CharField(max_length=200)


class AskedLeave(serializers.Serializer):
    """``unit``: where one serves; left out, the first of one's posts. ``abroad``: out of the county."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200)
    abroad = serializers.BooleanField(required=False, default=False)
    unit = serializers.CharField(max_length=12, required=False)


class RecordedLeave(AskedLeave):
    person = serializers.IntegerField()
    unit = serializers.CharField(max_length=12)


class Take(serializers.Serializer):
    in_return = serializers.IntegerField(required=False, allow_null=True, default=None)


class Refusal(serializers.Serializer):
    answer = serializers.CharField(max_length=200)


class Signature(serializers.Serializer):
    side = serializers.ChoiceField([("", ""), ("out", "out"), ("in", "in")], required=False, default="")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    equipment = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class NewSpotCheck(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    post = serializers.ChoiceField(DutyPost.choices, required=False, default=DutyPost.MAIN)
    method = serializers.ChoiceField(SpotCheck.Method.choices, required=False, default=SpotCheck.Method.PHONE)


class SpotCheckPlan(serializers.Serializer):
    checking = serializers.CharField(max_length=12)
    units = serializers.ListField(child=serializers.CharField(max_length=12), min_length=1, max_length=500)
    month = serializers.RegexField(MONTH)
    each = serializers.IntegerField(min_value=1, max_value=10, required=False, default=1)
    seed = serializers.IntegerField()
    method = serializers.ChoiceField(SpotCheck.Method.choices, required=False, default=SpotCheck.Method.PHONE)


class ThreeAnswers(serializers.Serializer):
    """The three questions of a spot check: which warning is in force, who is here, whom have you told."""

    said_warning = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    said_here = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    said_told = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")


class Outcome(ThreeAnswers):
    """ "Normal" needs the answers to all three questions."""

    outcome = serializers.ChoiceField(SpotCheck.Outcome.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class StatisticsQuery(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    month = serializers.RegexField(MONTH)


class CallTexts(serializers.Serializer):
    at = serializers.DateTimeField(required=False)
    caller_unit = serializers.CharField(max_length=80, required=False, allow_blank=True)
    caller_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    caller_post = serializers.CharField(max_length=40, required=False, allow_blank=True)
    caller_phone = serializers.CharField(max_length=24, required=False, allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    place = serializers.CharField(max_length=160, required=False, allow_blank=True)
    measures = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    told = serializers.CharField(max_length=300, required=False, allow_blank=True)


class NewCall(CallTexts):
    """``reply_due_at``: of a superior's call; left out, as the county's number says."""

    unit = serializers.CharField(max_length=12)
    content = serializers.CharField(max_length=4000)
    kind = serializers.ChoiceField(["call", "superior", "fax"], required=False, default="call")
    reply_due_at = serializers.DateTimeField(required=False, allow_null=True)


class Reply(CallTexts):
    content = serializers.CharField(max_length=4000)


class Correction(CallTexts):
    """``content`` empty strikes the row through and puts nothing in its place."""

    content = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=200)


class SheetUpload(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    dry_run = serializers.BooleanField(required=False, default=False)
    file = UploadField()


class LeadersQuery(serializers.Serializer):
    """``unit``: a county by code; left out, the first in sight."""

    unit = serializers.CharField(max_length=12, required=False, default="")


class SignatoryQuery(LeadersQuery):
    post = serializers.SlugField(max_length=40)
    matter = serializers.ChoiceField(["", *MATTERS], required=False, default="")


class InCounty(serializers.Serializer):
    """``person``: left out, oneself. ``means``: how it was heard of somebody else."""

    unit = serializers.CharField(max_length=12)
    person = serializers.IntegerField(required=False)
    means = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class Absence(InCounty):
    """``agreed``: who agreed, where the other head is out of the county then too."""

    kind = serializers.ChoiceField(["away", "on_leave"])
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    place = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=24, required=False, allow_blank=True, default="")
    agreed = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")


class Authority(serializers.Serializer):
    """``giver``: left out, oneself. Without a ``document`` it was given orally, and whoever sends this logs it."""

    unit = serializers.CharField(max_length=12)
    giver = serializers.IntegerField(required=False)
    deputy = serializers.IntegerField()
    matters = serializers.ListField(child=serializers.ChoiceField(list(MATTERS)), min_length=1, max_length=len(MATTERS))
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    document = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
