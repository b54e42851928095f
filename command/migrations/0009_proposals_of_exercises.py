"""A proposed level belongs to the exercise of the signal that suggests it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("command", "0008_shown_state")]

    operations = [
        migrations.AddField("proposal", "exercise", models.BigIntegerField(blank=True, null=True)),
    ]
