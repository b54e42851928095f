"""A true record: what the system does by rule is told as the system's, in both languages, never as a person's."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from django.utils.translation import override

from database.rows import as_json
from journal.sentences import VERBS, say
from norms.rules.automatic import RULES
from norms.selectors.automatic import by_rule
from tests.support.sources import sources

PERSON = {"zh": "某甲", "en": "Somebody"}
RULE = {"code": "test", "text": {"zh": "某规则", "en": "some rule"}, "approved_by": None, "document": ""}
SUBJECT = {"zh-hans": "系统按规则自动", "en": "the system, by rule,"}
LINES = {
    "assignment.acknowledged": [{"how": "self"}, {"how": "phone", "person": {"name": PERSON}}, {"how": "deputy"}],
    "assignment.climbed": [{"do": "remind"}, {"do": "deputy"}, {"called_names": None}],
}
"""Verbs whose sentence depends on what happened: each of its forms."""


NOT_PEOPLE = {
    *("unit_name", "post_name", "plan_name", "template_name", "kind_name", "form_name", "action_name", "grade_name"),
    *("closure_name", "outcome_name", "colour_name", "what_name", "body_name", "to_names"),
}
"""Names of things; whatever else a sentence calls a name may be a person's."""


class Names(dict[str, Any]):
    """Values for whatever a sentence asks."""

    def __missing__(self, key: str) -> Any:
        if key in NOT_PEOPLE:
            return {"zh": f"‹{key}›", "en": f"‹{key}›"}
        return PERSON if "name" in key or key in {"person", "holder", "to", "from"} else f"‹{key}›"


def rendered(verb: str, more: dict[str, Any], language: str) -> str:
    template = VERBS[verb].template
    text = str(template({**Names(), **more, "by": "x"}) if callable(template) else template)
    names = set(re.findall(r"%\((\w+)\)s", text)) | {"called_names", "holder", "for_name", "ground"}
    data = {name: Names()[name] for name in names - {"by", "told"}}
    with override(language):
        return say(verb, "", {**data, **more, "rule": RULE}, None)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_act_of_the_system_has_a_person_as_its_subject(language: str) -> None:
    """Every sentence of the journal, as if the system had done it: none begins with a person."""
    person = PERSON["zh" if language == "zh-hans" else "en"]
    assert len(VERBS) > 150
    wrong = []
    for verb in VERBS:
        for more in LINES.get(verb, [{}]):
            said = rendered(verb, more, language)
            assert said, verb
            if said.startswith(person):
                wrong.append((verb, said))
    assert wrong == [], "\n".join(f"{verb}: {said}" for verb, said in wrong)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_who_acts_is_the_system_wherever_a_sentence_says_who_acts(language: str) -> None:
    for verb, template in ((verb, one.template) for verb, one in VERBS.items()):
        with override(language):
            asks = not callable(template) and "%(by)s" in str(template)
        if asks:
            assert SUBJECT[language] in rendered(verb, {}, language), verb


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_rule_who_approved_it_and_the_document_are_told(language: str) -> None:
    approved = {**RULE, "approved_by": {"id": 1, "name": PERSON, "phone": ""}, "document": "庆防指〔2026〕3号"}
    data = {"ref": "ZL2026-0041", "units": 1, "assignments": 1}
    with override(language):
        with_approval = say("order.issued", "", {**data, "rule": approved}, None)
        default = say("order.issued", "", {**data, "rule": RULE}, None)
        by_person = say("order.issued", "某乙", {**data, "rule": approved}, None)
    expected = {
        "zh-hans": "系统按规则自动下达指令ZL2026-0041，1个单位、1项任务"
        "（规则：某规则；批准：某甲；文号：庆防指〔2026〕3号）",
        "en": "the system, by rule, issued order ZL2026-0041 to 1 units, 1 assignments"
        " (rule: some rule; approved by: Somebody; document: 庆防指〔2026〕3号)",
    }
    assert with_approval == expected[language]
    assert {"zh-hans": "本县尚未批准", "en": "not approved yet"}[language] in default
    assert "某规则" not in by_person, "a person's act is told as a person's"


def test_an_answer_logged_for_somebody_names_both_and_the_means() -> None:
    data = {"how": "phone", "unit_name": {"zh": "茶源村", "en": ""}, "post_name": {"zh": "山洪预警员", "en": ""},
            "person": {"id": 1, "name": {"zh": "李某", "en": ""}}}  # fmt: skip
    with override("zh-hans"):
        assert say("assignment.acknowledged", "张某", data, None) == "张某登记（电话）：茶源村山洪预警员李某答复收到"


def test_every_automatic_act_of_the_house_names_its_rule() -> None:
    """Above norms the bare SYSTEM is left to the consoles' commands: what runs by itself acts `by_rule`."""
    below = ("journal/", "org/", "notify/", "web/", "database/", "bench/", "tests/", "emergency/")
    found = []
    for source in sources():
        if source.path.startswith(below) or "/management/" in source.path:
            continue
        found += [
            source.at(node) for node in ast.walk(source.tree) if isinstance(node, ast.Name) and node.id == "SYSTEM"
        ]
    assert found == []


@pytest.mark.django_db
def test_every_rule_can_act_and_says_itself_in_both_languages() -> None:
    assert len(RULES) > 15
    for code in RULES:
        actor = by_rule(code)
        assert (actor.ref, actor.name) == ("system", "")
        assert actor.rule is not None
        assert actor.rule["text"]["zh"] != actor.rule["text"]["en"]
        assert as_json(actor.rule)


@pytest.mark.django_db
def test_a_rule_s_approver_is_whoever_set_its_number(admin: Any) -> None:
    from norms.actions import set_number
    from norms.models import Number

    assert by_rule("hazards.overdue").rule["approved_by"] is None, "a default was approved by nobody"
    newest = Number.objects.filter(code="climb_county").order_by("-pk").first()
    from database.clock import now

    set_number("climb_county", by=admin, expected=newest.pk, value=9, effective_from=now(), source="庆安委〔2026〕8号")
    rule = by_rule("hazards.overdue").rule
    assert (rule["approved_by"]["id"], rule["document"]) == (admin.pk, "庆安委〔2026〕8号")
