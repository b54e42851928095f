"""The statistics' roll-up; and no column any more that holds what the map draws."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

FILL = (Path(__file__).parent.parent / "sql" / "tally.sql").read_text()
OPEN = models.Q(("status__in", ["closed", "merged", "turned_away"]), _negated=True)


class Migration(migrations.Migration):
    dependencies = [
        ("hazards", "0006_counted_is_one_row"),
        ("journal", "0006_timers_set_at"),
        ("org", "0001_the_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=24)),
                ("month", models.DateField()),
                ("found", models.IntegerField(default=0)),
                ("rectified", models.IntegerField(default=0)),
                ("otherwise", models.IntegerField(default=0)),
                ("in_time", models.IntegerField(default=0)),
                ("reopened", models.IntegerField(default=0)),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="hazard", name="hazard_map"),
        migrations.RemoveField(model_name="hazard", name="drawn"),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                condition=OPEN,
                fields=["lon", "lat"],
                include=["id", "ref", "kind", "grade", "status", "people_at_risk", "next_due_at"],
                name="hazard_map",
            ),
        ),
    ]
