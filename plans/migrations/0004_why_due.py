"""Why a plan's date is what it is, as deadlines say it (norms/rules/deadlines.py); empty where somebody chose the day."""

import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_versions_keep"), ("norms", "0002_calendar_and_deadlines")]
    operations = [
        migrations.AddField(
            "due",
            "why",
            models.JSONField(
                blank=True,
                default=dict,
                encoder=django.core.serializers.json.DjangoJSONEncoder,
                help_text="As a deadline's.",
                verbose_name="why",
            ),
        ),
    ]
