"""A timer belongs to the exercise of its subject."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0007_subscribers_have_names")]

    operations = [
        migrations.AddField("timer", "exercise", models.BigIntegerField(blank=True, null=True)),
    ]
