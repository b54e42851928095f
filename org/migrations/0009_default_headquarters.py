"""A county that was founded before gets the usual headquarters with their seats (org/rules/headquarters.json)."""

from typing import Any

from django.db import migrations

from org.rules import default_headquarters as defaults


def lay_down(apps: Any, schema_editor: Any) -> None:
    unit, post = apps.get_model("org", "Unit").objects, apps.get_model("org", "Post").objects
    posts = dict(post.values_list("code", "pk"))
    for pk, name, name_en in unit.filter(level="county", active=True).values_list("pk", "name", "name_en"):
        departments = unit.filter(parent=pk, level="department", active=True).order_by("path")
        named = dict(departments.values_list("code", "name"))
        keys = dict(departments.values_list("code", "pk"))
        for row in defaults.listed():
            columns = defaults.columns(row, name, name_en)
            body = apps.get_model("org", "Headquarters").objects.create(unit_id=pk, code=row["code"], **columns)
            apps.get_model("org", "HeadquartersMember").objects.bulk_create(
                apps.get_model("org", "HeadquartersMember")(
                    headquarters=body, role=seat.role, unit_id=keys.get(seat.unit, pk), post_id=posts[seat.post],
                    order=order,
                )
                for order, seat in enumerate(defaults.seats(row, posts, named))
            )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("org", "0008_confirmations")]

    operations = [migrations.RunPython(lay_down, migrations.RunPython.noop)]
