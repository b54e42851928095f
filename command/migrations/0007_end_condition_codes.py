"""The conditions of ending a response have one set of codes; events keep the old ones (journal/rules/old_codes.py)."""

from django.db import migrations, models

RENAMED = (("secondary", "secondary_dangers_controlled"), ("report", "final_report_drafted"))
RENAME = "UPDATE command_endcondition SET code = %s WHERE code = %s"


class Migration(migrations.Migration):
    dependencies = [("command", "0006_handed_on")]

    operations = [
        migrations.AlterField(
            model_name="endcondition",
            name="code",
            field=models.CharField(
                choices=[
                    ("nobody_missing", "nobody is missing"),
                    ("secondary_dangers_controlled", "secondary dangers are under control"),
                    ("final_report_drafted", "a final report is drafted"),
                ],
                max_length=40,
            ),
        ),
        migrations.RunSQL(
            [(RENAME, [new, old]) for old, new in RENAMED], [(RENAME, [old, new]) for old, new in RENAMED]
        ),
    ]
