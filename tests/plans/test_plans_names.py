"""What a plan is called that a unit inherits."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from org.models import Unit
from plans.models import Plan
from plans.rules.names import inherited_name, inherited_name_en
from tests.support.plans import NEIGHBOUR, TOWN


@pytest.mark.parametrize(
    ("template", "owner", "name"),
    [
        ("庆元县防汛防台抗旱应急预案", "庆元县", "举水乡防汛防台抗旱应急预案"),
        ("浙江省庆元县地震应急预案", "庆元县", "举水乡地震应急预案"),
        ("乡镇（街道）防汛防台抗旱应急预案（范本）", "庆元县", "举水乡防汛防台抗旱应急预案"),
        ("村（社区）应急明白卡（范本）", "庆元县", "举水乡应急明白卡"),
        ("防汛预案", "庆元县", "举水乡防汛预案"),
        ("庆元县", "庆元县", "举水乡庆元县"),
    ],
)
def test_an_inherited_plan_has_the_unit_s_name_in_place_of_the_owner_s(template: str, owner: str, name: str) -> None:
    assert inherited_name(template, owner, "举水乡") == name


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (
            "Qingyuan County plan for floods, typhoons and drought",
            "Jushui Township plan for floods, typhoons and drought",
        ),
        ("Township plan for floods (template)", "Jushui Township plan for floods"),
        ("Flood plan", "Flood plan, Jushui Township"),
        ("", ""),
    ],
)
def test_so_has_its_english_name(template: str, name: str) -> None:
    assert inherited_name_en(template, "Qingyuan County", "Jushui Township") == name
    assert inherited_name_en("Flood plan", "Qingyuan County", "") == ""


@pytest.mark.django_db
def test_plans_inherited_before_are_renamed_unless_somebody_named_them(demo_county: Unit) -> None:
    town, near = (Unit.objects.get(code=code) for code in (TOWN, NEIGHBOUR))
    more = {"kind": "township", "hazard_type": "flood"}
    above = Plan.objects.create(
        code="a", unit=demo_county, name="庆元县防汛预案", name_en="Qingyuan County flood plan", **more
    )
    old = Plan.objects.create(
        code="b", unit=town, template=above, name="举水乡庆元县防汛预案",
        name_en=f"Qingyuan County flood plan, {town.name_en}", **more,
    )  # fmt: skip
    typed = Plan.objects.create(code="c", unit=near, template=above, name="我镇预案", **more)
    import_module("plans.migrations.0006_inherited_names").rename(apps, None)
    old.refresh_from_db()
    typed.refresh_from_db()
    assert (old.name, old.name_en) == ("举水乡防汛预案", "Jushui Township flood plan")
    assert typed.name == "我镇预案"
