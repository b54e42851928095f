"""Response levels of two ladders, and what a proposal tells for the request for approval."""

from django.db import migrations, models

LEVELS = [
    ("blue", "blue"), ("yellow", "yellow"), ("orange", "orange"), ("red", "red"),
    ("IV", "IV"), ("III", "III"), ("II", "II"), ("I", "I"),
]  # fmt: skip


def level(**more):
    return models.CharField(choices=LEVELS, max_length=8, verbose_name="response level", **more)


class Migration(migrations.Migration):
    dependencies = [("command", "0011_red_ladder")]
    operations = [
        migrations.AlterField("incident", "response_level", level(blank=True)),
        migrations.AlterField("response", "level", level()),
        migrations.AlterField("proposal", "level", level()),
        migrations.AddField(
            "proposal",
            "told",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="What the sentence of grounds says beside `grounds`.",
                verbose_name="for the request",
            ),
        ),
    ]
