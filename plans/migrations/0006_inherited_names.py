"""Plans that units inherited lose the name of the template's owner: 举水乡庆元县… becomes 举水乡…."""

from typing import Any

from django.db import migrations

from plans.rules.names import inherited_name, inherited_name_en


def rename(apps: Any, schema_editor: Any) -> None:
    """Only names that were made by the system; what somebody typed stays."""
    rows = apps.get_model("plans", "Plan").objects.exclude(template=None).select_related("template__unit", "unit")
    for plan in rows.order_by("pk"):
        above, owner, unit = plan.template, plan.template.unit, plan.unit
        if plan.name == f"{unit.name}{above.name}"[:120]:
            plan.name = inherited_name(above.name, owner.name, unit.name)[:120]
        if plan.name_en and plan.name_en == f"{above.name_en}, {unit.name_en}"[:160]:
            plan.name_en = inherited_name_en(above.name_en, owner.name_en, unit.name_en)[:160]
        plan.save(update_fields=["name", "name_en"])


class Migration(migrations.Migration):
    dependencies = [("plans", "0005_headquarters")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
