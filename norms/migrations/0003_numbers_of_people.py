"""Numbers that count people."""

from django.db import migrations, models

MEASURES = [
    ("minutes", "minutes"), ("hours", "hours"), ("days", "days"), ("working_days", "working days"),
    ("months", "months"), ("metres", "metres"), ("percent", "percent"), ("times", "times"), ("people", "people"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("norms", "0002_calendar_and_deadlines")]
    operations = [
        migrations.AlterField(
            "number", "measure", models.CharField(choices=MEASURES, max_length=12, verbose_name="measure")
        ),
    ]
