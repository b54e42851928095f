"""When a timer was set: one that an action sets in the past is not overdue for that."""

from django.db import migrations, models

import database.clock


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0005_epochs"),
    ]

    operations = [
        migrations.AddField(
            model_name="timer",
            name="set_at",
            field=models.DateTimeField(
                db_default=database.clock.DatabaseNow(),
                help_text="Due before this: set in the past, and not overdue for that.",
            ),
        ),
    ]
