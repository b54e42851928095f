"""A message may be played in an exercise: it is another one than the real message of the same identity."""

from django.db import migrations, models
from django.db.models.functions import MD5, Coalesce

ONCE = "raw_message_once"


class Migration(migrations.Migration):
    dependencies = [("early_warning", "0003_parts_and_questions")]

    operations = [
        migrations.AddField("rawmessage", "exercise", models.BigIntegerField(blank=True, null=True)),
        migrations.RemoveConstraint("rawmessage", ONCE),
        migrations.AddConstraint(
            "rawmessage",
            models.UniqueConstraint(
                "unit", MD5("identifier"), MD5("sender"), "sent", Coalesce("exercise", 0), name=ONCE
            ),
        ),
    ]
