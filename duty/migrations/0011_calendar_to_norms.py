"""The calendar of holidays is norms' (norms 0002), and so is what says whether a date is a day of rest."""

from importlib import import_module

from django.db import migrations

REST_DAY = import_module("duty.migrations.0002_who_is_on").REST_DAY


class Migration(migrations.Migration):
    dependencies = [("duty", "0010_numbers"), ("norms", "0002_calendar_and_deadlines")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("CalendarDay")]),
        # On the way back its table comes after it.
        migrations.RunSQL("DROP FUNCTION duty_rest_day(date)", ["SET LOCAL check_function_bodies = off", REST_DAY]),
    ]
