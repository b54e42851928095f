"""Numbers of the domain, and which is in force as a function of the database (norms/sql/numbers.sql).

The rows come from the apps that kept numbers of their own before (duty 0010, hazards 0008).
"""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock

SQL = Path(__file__).resolve().parent.parent / "sql" / "numbers.sql"
MEASURES = [
    ("minutes", "minutes"),
    ("hours", "hours"),
    ("days", "days"),
    ("working_days", "working days"),
    ("months", "months"),
    ("metres", "metres"),
    ("percent", "percent"),
    ("times", "times"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [("org", "0001_the_register"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Number",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("value", models.PositiveIntegerField(verbose_name="value")),
                ("measure", models.CharField(choices=MEASURES, max_length=12, verbose_name="measure")),
                ("source", models.CharField(max_length=160, verbose_name="source")),
                ("effective_from", models.DateTimeField(verbose_name="effective from")),
                ("set_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="set at")),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="numbers",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "number",
                "verbose_name_plural": "numbers",
                "ordering": ["code", "-effective_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "unit", "effective_from"), name="norms_number_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL.read_text("utf-8"), "DROP FUNCTION number_in_force(text, text, timestamptz)"),
    ]
