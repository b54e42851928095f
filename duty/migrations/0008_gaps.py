"""Gap alarms that follow one another, a county's fallback contact, and people who left a unit while on its duty.

``duty_watch`` as in 0006_leave, with one thing more: whoever's last appointment in the unit (or a department of it) has
ended is not there any more, and the same stand-ins answer. Somebody from elsewhere who was put on duty by an override
stays.
"""

from datetime import UTC, datetime
from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock

CODES = ("nobody_again_min",)
LIMITS = import_module("duty.migrations.0003_default_numbers").LIMITS
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
BEFORE = import_module("duty.migrations.0006_leave").WATCH
LEFT = """
        ), '-infinity'), NULL)) END + (
            SELECT CASE WHEN max(COALESCE(a.valid_to, 'infinity')) < 'infinity'
                AND (b.override_id IS NULL OR max(a.valid_to) > (
                    SELECT o.made_at FROM duty_override o WHERE o.id = b.override_id))
                THEN tstzmultirange(tstzrange(max(a.valid_to), NULL)) ELSE '{}'::tstzmultirange END
            FROM org_appointment a JOIN org_unit h ON h.id = a.unit_id
            WHERE a.person_id = b.person_id
              AND (h.id = b.unit_id OR h.parent_id = b.unit_id AND h.level = 'department')
        ) AS away
"""
END = "\n        ), '-infinity'), NULL)) END AS away\n"
assert BEFORE.count(END) == 1  # noqa: S101 - the text of a landed migration does not change
WATCH = BEFORE.replace(END, LEFT)


def add(apps, schema_editor):
    limit = apps.get_model("duty", "Limit")
    for code in CODES:
        value, source = LIMITS[code]
        # A database founded after the number was written down has it already from the migration that adds them all.
        limit.objects.get_or_create(code=code, effective_from=SINCE, defaults={"value": value, "source": source})


def remove(apps, schema_editor):
    apps.get_model("duty", "Limit").objects.filter(code__in=CODES, effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0007_session_numbers"),
        ("org", "0003_sort_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField(
            model_name="gapalarm",
            name="reason",
            field=models.CharField(
                choices=[
                    ("deactivated", "off the register"),
                    ("unreachable", "unreachable"),
                    ("nobody", "nobody rostered"),
                    ("leave", "on leave"),
                    ("moved_on", "serves elsewhere now"),
                    ("no_phone", "without a phone number"),
                    ("one_phone", "one phone number with a colleague"),
                ],
                max_length=12,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="gapalarm",
            name="status",
            field=models.CharField(
                choices=[("open", "open"), ("filled", "filled"), ("replaced", "followed by another")],
                default="open",
                max_length=8,
                verbose_name="status",
            ),
        ),
        migrations.CreateModel(
            name="FallbackContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("set_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="set at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_fallback",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "fallback contact",
                "verbose_name_plural": "fallback contacts",
            },
        ),
        migrations.RunSQL(WATCH, reverse_sql=BEFORE),
        migrations.RunPython(add, remove),
    ]
