"""The share from which a drawn area counts as covering a unit (org/selectors/areas.py)."""

from datetime import UTC, datetime
from importlib import import_module

from django.db import migrations

LIMITS = import_module("duty.migrations.0003_default_numbers").LIMITS
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
