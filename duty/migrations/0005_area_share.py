"""The share from which a drawn area counts as covering a unit (org/selectors/areas.py)."""

from datetime import UTC, datetime

from django.db import migrations

from duty.rules.default_numbers import LIMITS

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
CODE = "area_share_pct"


def add(apps, schema_editor):
    value, source = LIMITS[CODE]
    apps.get_model("duty", "Limit").objects.get_or_create(
        code=CODE, effective_from=SINCE, defaults={"value": value, "source": source}
    )


def remove(apps, schema_editor):
    apps.get_model("duty", "Limit").objects.filter(code=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [("duty", "0004_called_by_roster")]
    operations = [migrations.RunPython(add, remove)]
