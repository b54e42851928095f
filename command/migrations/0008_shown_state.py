"""The state in which an assignment is shown, as a function of the database (command/sql/shown.sql)."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql" / "shown.sql"


class Migration(migrations.Migration):
    dependencies = [("command", "0007_end_condition_codes")]

    operations = [
        migrations.RunSQL(
            SQL.read_text("utf-8"),
            "DROP FUNCTION assignment_shown(text, text, timestamptz, bigint, bigint, timestamptz)",
        ),
        migrations.AlterField(
            "assignment",
            "climbed_to",
            models.CharField(
                blank=True,
                help_text="What the last rung that called somebody else did; remind while none has.",
                max_length=12,
                verbose_name="climbed to",
            ),
        ),
    ]
