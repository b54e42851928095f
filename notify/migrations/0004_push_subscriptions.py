"""Browsers that may show notifications, and pushes beside the county's own rules of reach as it began with them."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock

BEFORE = {
    ("", True, "message"): ["sms", "voice"],
    ("", True, "phone"): ["voice", "sms"],
    ("order.", False, "message"): ["sms"],
}
SOURCE = "default; set by the county"


def add_push(apps: Any, schema_editor: Any) -> None:
    _change(apps, "", "push")


def take_push(apps: Any, schema_editor: Any) -> None:
    _change(apps, "push", "")


def _change(apps: Any, ends_with: str, then_with: str) -> None:
    """Rules as they were laid down; what the county has changed stays as it is."""
    model = apps.get_model("notify", "ReachRule")
    for (prefix, alarm, asked), channels in BEFORE.items():
        old, new = ([*channels, *([more] if more else [])] for more in (ends_with, then_with))
        rows = model.objects.filter(prefix=prefix, colour="", alarm=alarm, asked=asked, source=SOURCE, channels=old)
        rows.update(channels=new)


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0003_second_telephone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.CharField(max_length=1000)),
                ("p256dh", models.CharField(max_length=90)),
                ("auth", models.CharField(max_length=30)),
                ("server_key", models.CharField(max_length=90)),
                ("device", models.CharField(max_length=60, verbose_name="device")),
                (
                    "created_at",
                    models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="created at"),
                ),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "push subscription",
                "verbose_name_plural": "push subscriptions",
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="pushsubscription",
            constraint=models.UniqueConstraint(fields=("endpoint",), name="push_endpoint_once"),
        ),
        migrations.RunPython(add_push, take_push),
    ]
