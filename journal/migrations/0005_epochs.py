"""The journal's epoch, which a restore changes (journal/actions/epochs.py)."""

import django.contrib.postgres.functions
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_seals_in_the_database")]

    operations = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), unique=True),
                ),
                ("began_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("reason", models.CharField(max_length=40)),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.RunSQL("INSERT INTO journal_epoch (reason) VALUES ('founded')", migrations.RunSQL.noop),
    ]
