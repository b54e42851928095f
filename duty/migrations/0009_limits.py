"""Failed sign-ins (org/selectors/sign_ins.py) and reports through the public's door (hazards/actions/public.py)."""

from datetime import UTC, datetime
from importlib import import_module

from django.db import migrations

CODES = (
    *("sign_in_failures", "sign_in_lock_min", "sign_in_lock_longest_min", "sign_in_forgotten_h"),
    *("sign_in_spared_min", "sign_in_spared_failures"),
    *("public_address_h", "public_poster_h", "public_county_h", "public_always_h"),
)
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
    dependencies = [("duty", "0008_gaps")]
    operations = [migrations.RunPython(add, remove)]
