"""Version 1 of the ladders; later versions are added beside them, never over them."""

from datetime import UTC, datetime

from django.db import migrations

from command.rules.default_ladders import rows


def add(apps, schema_editor):
    ladder = apps.get_model("command", "Ladder")
    effective = datetime(2020, 1, 1, tzinfo=UTC)
    ladder.objects.bulk_create(ladder(**row, effective_from=effective) for row in rows())


def remove(apps, schema_editor):
    apps.get_model("command", "Ladder").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("command", "0001_incidents_orders_assignments")]
    operations = [migrations.RunPython(add, remove)]
