"""Messages to places, which have no person, and the rules that say which places hear of a message."""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def default_rules(apps: Any, schema_editor: Any) -> None:
    from notify.rules.default_reach import place_rows

    model = apps.get_model("notify", "PlaceRule")
    model.objects.bulk_create(model(**row) for row in place_rows())


def forget_places(apps: Any, schema_editor: Any) -> None:
    """Backwards: messages without a person cannot stay."""
    apps.get_model("notify", "Message").objects.filter(person=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0004_push_subscriptions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_places),
        migrations.CreateModel(
            name="PlaceRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(blank=True, max_length=60, verbose_name="code begins with")),
                ("colour", models.CharField(blank=True, max_length=8, verbose_name="colour")),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="channels",
                    ),
                ),
                ("source", models.CharField(max_length=160, verbose_name="source")),
            ],
            options={
                "verbose_name": "rule of reach of places",
                "verbose_name_plural": "rules of reach of places",
                "ordering": ["prefix", "colour"],
                "constraints": [models.UniqueConstraint(fields=["prefix", "colour"], name="place_rule_once")],
            },
        ),
        migrations.RunPython(default_rules, migrations.RunPython.noop),
    ]
