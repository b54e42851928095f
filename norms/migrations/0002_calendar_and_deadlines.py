"""The calendar of holidays comes from duty, as it is; counting deadlines (norms/sql/deadlines.sql) comes from hazards."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql" / "deadlines.sql"
DROP = """
    DROP FUNCTION deadline_by_rule(text, timestamptz, int);
    DROP FUNCTION deadline_counted(timestamptz, int, text);
    DROP FUNCTION rest_day(date)
"""
OURS = """
    ALTER TABLE duty_calendarday RENAME TO norms_calendarday;
    ALTER TABLE norms_calendarday RENAME CONSTRAINT duty_calendar_day_once TO norms_calendar_day_once
"""
DUTY_S = """
    ALTER TABLE norms_calendarday RENAME CONSTRAINT norms_calendar_day_once TO duty_calendar_day_once;
    ALTER TABLE norms_calendarday RENAME TO duty_calendarday
"""
KINDS = [("holiday", "holiday"), ("working", "adjusted working day"), ("normal", "ordinary day")]


class Migration(migrations.Migration):
    dependencies = [("norms", "0001_numbers"), ("duty", "0010_numbers")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(OURS, DUTY_S)],
            state_operations=[
                migrations.CreateModel(
                    name="CalendarDay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("date", models.DateField(verbose_name="date")),
                        ("kind", models.CharField(choices=KINDS, max_length=8, verbose_name="kind")),
                        ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                        ("source", models.CharField(max_length=160, verbose_name="source")),
                        ("version", models.PositiveIntegerField(verbose_name="version")),
                        ("official", models.BooleanField(default=False, verbose_name="official")),
                    ],
                    options={
                        "verbose_name": "calendar day",
                        "verbose_name_plural": "calendar days",
                        "ordering": ["date", "-version"],
                        "constraints": [
                            models.UniqueConstraint(fields=("date", "version"), name="norms_calendar_day_once")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(SQL.read_text("utf-8"), DROP),
    ]
