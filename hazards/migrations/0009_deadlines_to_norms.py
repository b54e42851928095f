"""Deadlines are counted by norms (norms 0002)."""

from importlib import import_module

from django.db import migrations

COUNTED = import_module("hazards.migrations.0002_deadlines_and_defaults").COUNTED


class Migration(migrations.Migration):
    dependencies = [("hazards", "0008_numbers_to_norms"), ("norms", "0002_calendar_and_deadlines")]
    operations = [migrations.RunSQL("DROP FUNCTION hazard_counted(timestamptz, int, boolean)", COUNTED)]
