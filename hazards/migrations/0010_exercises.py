"""A hazard may be filed in an exercise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0009_deadlines_to_norms")]

    operations = [
        migrations.AddField("hazard", "exercise", models.BigIntegerField(blank=True, null=True)),
    ]
