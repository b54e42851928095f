"""A message may go to a person's second telephone over the same channel."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notify", "0002_gateways")]

    operations = [
        migrations.RemoveConstraint("delivery", "delivery_once"),
        migrations.AddConstraint(
            "delivery",
            models.UniqueConstraint(fields=["message", "channel", "address"], name="delivery_once"),
        ),
    ]
