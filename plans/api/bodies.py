"""Bodies of the API's POSTs. They check form only; what a plan may hold is for plans/selectors/checking.py to say."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from plans.api.answers import PlanContent
from plans.models import Due, RevisionItem
from plans.rules.words import LEVELS, Source
from web.schema import UploadField


class PlanNothing(serializers.Serializer):
    """A POST without a body."""


@extend_schema_field(PlanContent)
class PlanField(serializers.DictField):
    """A plan as a document; its form is for plans/selectors/checking.py to look at, place by place."""


class NewPlan(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    document = PlanField(help_text="The plan as it is exported: code, kind, name, levels, actions …")


class PlanDocument(serializers.Serializer):
    document = PlanField()
    generation = serializers.IntegerField(min_value=0, required=False, default=None, allow_null=True)


class PlanImport(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    document = PlanField(required=False)
    file = UploadField(required=False, help_text="A .yaml or .xlsx file, in place of ``document``.")
    dry_run = serializers.BooleanField(required=False, default=False)


class PlanImportDocument(PlanImport):
    """The same as JSON, which carries no file."""

    document = PlanField()
    file = None


class PlanImportFile(PlanImport):
    """The same as multipart/form-data."""

    document = None
    file = UploadField(help_text="A .yaml or .xlsx file.")


class CompileLevel(serializers.Serializer):
    level = serializers.ChoiceField(LEVELS)
    area = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, allow_null=True, default=None, max_length=500,
        help_text="Unit codes; what lies under them is meant too. Left out: the plan's whole unit.",
    )  # fmt: skip
    version = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="Its number; left out: the one in force."
    )
    values = serializers.DictField(child=serializers.CharField(max_length=80), required=False, default=dict)


class SendBack(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class Approval(serializers.Serializer):
    document = serializers.CharField(max_length=80)


class Filing(serializers.Serializer):
    receipt = serializers.CharField(max_length=80)


class Inheritance(serializers.Serializer):
    unit = serializers.CharField(max_length=12)
    values = serializers.DictField(child=serializers.CharField(max_length=80), required=False, default=dict)
    code = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class NewItem(serializers.Serializer):
    source = serializers.ChoiceField(Source.choices)
    text = serializers.CharField(max_length=500)
    subject = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class ItemAnswer(serializers.Serializer):
    item = serializers.IntegerField(min_value=1)
    decision = serializers.ChoiceField([RevisionItem.Status.ADOPTED, RevisionItem.Status.REJECTED])
    answer = serializers.CharField(max_length=500)


class DueDone(serializers.Serializer):
    what = serializers.ChoiceField([Due.What.REVIEW, Due.What.DRILL])
    done_on = serializers.DateField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class DueDate(serializers.Serializer):
    what = serializers.ChoiceField(Due.What.choices)
    due_on = serializers.DateField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ExportQuery(serializers.Serializer):
    version = serializers.IntegerField(required=False, default=None, allow_null=True)
    kind = serializers.ChoiceField(["yaml", "xlsx"], required=False, default="yaml")
