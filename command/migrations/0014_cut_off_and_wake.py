"""Villages presumed cut off, the predicted time to wake of an order, and the numbers of both."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock
from norms.migrations._defaults import lay_down


class Migration(migrations.Migration):
    dependencies = [
        ("command", "0013_orders_by_rule_and_papers"),
        ("norms", "0006_seconds"),
        ("org", "0009_default_headquarters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="wake",
            field=models.JSONField(
                blank=True,
                encoder=django.core.serializers.json.DjangoJSONEncoder,
                help_text="As `command.selectors.wake.as_data` said it when the order went out.",
                null=True,
                verbose_name="predicted time to wake",
            ),
        ),
        migrations.CreateModel(
            name="CutOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="since")),
                (
                    "grounds",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="grounds"
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="lifted at")),
                (
                    "lifted_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answer", "an answer"),
                            ("delivery", "a telephone was reached again"),
                            ("hazard", "a hazard was filed"),
                        ],
                        max_length=8,
                        verbose_name="sign of life",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cut_offs",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "village presumed cut off",
                "verbose_name_plural": "villages presumed cut off",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)), fields=("unit",), name="cut_off_once"
                    )
                ],
            },
        ),
        migrations.RunPython(
            *lay_down(
                "cut_off_people",
                "cut_off_within_min",
                "wake_call_s",
                "wake_message_s",
                "wake_delay_s",
                "wake_call_day_pct",
                "wake_call_night_pct",
                "wake_text_day_pct",
                "wake_text_night_pct",
                "wake_door_min",
                "wake_door_pct",
            )
        ),
    ]
