"""How long a sign-in lasts (emergency/middleware/session_age.py): idle time, time for the handover after a shift, longest life."""

from datetime import UTC, datetime
from importlib import import_module

from django.db import migrations

CODES = ("session_idle_h", "session_shift_grace_min", "session_longest_d")
LIMITS = import_module("duty.migrations.0003_default_numbers").LIMITS
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def add(apps, schema_editor):
    limit = apps.get_model("duty", "Limit")
    for code in CODES:
        value, source = LIMITS[code]
        # A database founded after the number was written down has it already from the migration that adds them all.
        limit.objects.get_or_create(code=code, effective_from=SINCE, defaults={"value": value, "source": source})


def remove(apps, schema_editor):
    apps.get_model("duty", "Limit").objects.filter(code__in=CODES, effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [("duty", "0006_leave")]
    operations = [migrations.RunPython(add, remove)]
