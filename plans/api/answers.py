"""What the API answers of plans, for its schema; the bodies are made by representations.py, and a test holds the two
together."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from org.api.representations import HeadquartersMention, PersonName, UnitName
from plans.files.document_schema import ACTION_KEYS, LEVEL_KEYS, PLAN_KEYS, Key, json_type
from plans.rules.words import LEVELS


class PlanProblem(s.Serializer):
    """``place`` is empty for the document as a whole; actions count from 1."""

    place = s.CharField()
    message = s.CharField()


# A plan as a document, by the tables that say which keys there are (plans/files/document_schema.py)
# ---------------------------------

TRIGGER = {
    "type": "object",
    "description": "A rule: the kind of signal, and the conditions of that kind, all of which must hold.",
    "properties": {"signal": {"type": "string"}},
    "required": ["signal"],
    "additionalProperties": {
        "oneOf": [
            {"type": "string"}, {"type": "number"}, {"type": "boolean"},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
}  # fmt: skip


@extend_schema_field(TRIGGER)
class TriggerField(s.DictField):
    pass


def _field(key: Key, needed: bool) -> s.Field:
    kind, words = json_type(key), f"One of: {', '.join(key.choices)}." if key.choices else None
    if key.many:
        return s.ListField(child=s.CharField(), required=needed, help_text=words)
    if kind == "object":
        return s.DictField(child=s.CharField(), required=needed)
    if kind == "integer":
        return s.IntegerField(min_value=0, max_value=key.limit, required=needed)
    return s.BooleanField(required=needed) if kind == "boolean" else s.CharField(required=needed, help_text=words)


def _made(name: str, keys: dict[str, Key], *, empty: bool = False, **more: s.Field) -> type[s.Serializer]:
    """``empty``: nothing at all may stand there too."""
    return type(
        name, (s.Serializer,), {key: _field(told, told.needed and not empty) for key, told in keys.items()} | more
    )


PlanAction = _made("PlanAction", ACTION_KEYS)
PlanLevel = _made("PlanLevel", LEVEL_KEYS, triggers=s.ListField(child=TriggerField(), required=False))
PlanLevels = type("PlanLevels", (s.Serializer,), {level: PlanLevel(required=False) for level in LEVELS})
_BESIDE = {"levels": PlanLevels(required=False), "actions": PlanAction(many=True, required=False)}
PlanContent = _made("PlanContent", PLAN_KEYS, **_BESIDE)
"""What is left out is as by default."""
PlanContentOrNothing = _made("PlanContentOrNothing", PLAN_KEYS, empty=True, **_BESIDE)


class VersionAnswer(s.Serializer):
    id = s.IntegerField()
    number = s.IntegerField()
    status = s.CharField()
    summary = s.CharField()
    created_by = PersonName(allow_null=True)
    created_at = s.DateTimeField()
    approved_by = PersonName(allow_null=True)
    approved_at = s.DateTimeField(allow_null=True)
    document = s.CharField(help_text="The document by which it was approved.")
    filed_at = s.DateTimeField(allow_null=True)
    receipt = s.CharField()
    generation = s.IntegerField()


class DueAnswer(s.Serializer):
    id = s.IntegerField()
    what = s.CharField()
    due_on = s.DateField()
    done_on = s.DateField(allow_null=True)
    note = s.CharField()
    why = s.CharField(help_text="How the date was counted; empty where somebody chose it.")


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
    headquarters = HeadquartersMention(allow_null=True)
    template = s.CharField(allow_null=True)
    active = s.BooleanField()
    review_months = s.IntegerField(allow_null=True)
    drill_months = s.IntegerField(allow_null=True)
    in_force = s.IntegerField(allow_null=True)
    open_items = s.IntegerField()
    dues = DueAnswer(many=True)
    versions = VersionAnswer(many=True)


class PlanWhole(PlanAnswer):
    document = PlanContent(allow_null=True)
    document_version = s.IntegerField(allow_null=True)
    items = ItemAnswered(many=True)


class PlanImported(s.Serializer):
    """``document``: the plan as it is kept; empty where something is wrong with it."""

    new = s.BooleanField()
    problems = PlanProblem(many=True)
    document = PlanContentOrNothing()
    plan = s.IntegerField(allow_null=True)
    code = s.CharField(allow_null=True)
    version = s.IntegerField(allow_null=True)


class VacancyOfAction(s.Serializer):
    unit = s.CharField()
    post = s.CharField()
    action = s.CharField()


class CompiledPerson(s.Serializer):
    id = s.IntegerField()
    name = s.CharField()
    role = s.CharField()


class CompiledLine(s.Serializer):
    """One action for one post of one unit; ``after``: the actions that must be done first."""

    action = s.CharField()
    phase = s.CharField()
    verb = s.CharField()
    unit = s.CharField()
    unit_name = s.CharField()
    post = s.CharField()
    text = s.CharField()
    text_en = s.CharField()
    due_min = s.IntegerField()
    after = s.ListField(child=s.CharField())
    evidence = s.CharField()
    people = CompiledPerson(many=True)


class CompiledAnswer(s.Serializer):
    version = s.IntegerField()
    level = s.CharField()
    units = s.IntegerField()
    people = s.IntegerField()
    lines = CompiledLine(many=True)
    vacancies = VacancyOfAction(many=True)
    problems = PlanProblem(many=True)
