"""What is told of API tokens, which end from now on; and whether this database was founded as a demonstration."""

import django.db.models.deletion
from django.db import migrations, models

import database.clock

# A database from before knows a demonstration by all of its logins and its county.
DEMONSTRATION = """
    INSERT INTO org_demonstration (founded_at)
    SELECT sanji_now() WHERE EXISTS (SELECT 1 FROM org_unit WHERE code = '331126') AND 5 = (
        SELECT count(*) FROM org_person WHERE username IN ('officer', 'leader', 'township', 'village', 'admin')
    )
"""
# Tokens of people had no end; those of screens are ended by revoking them.
TOKENS_END = """
    UPDATE knox_authtoken t SET expiry = sanji_now() + interval '180 days'
    FROM org_person p WHERE p.id = t.user_id AND t.expiry IS NULL AND NOT p.is_device
"""


class Migration(migrations.Migration):
    dependencies = [
        ("knox", "0009_extend_authtoken_field"),
        ("org", "0001_the_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="TokenNote",
            fields=[
                (
                    "token",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="note",
                        serialize=False,
                        to="knox.authtoken",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="what it is for")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
            ],
            options={
                "verbose_name": "note on an API token",
                "verbose_name_plural": "notes on API tokens",
            },
        ),
        migrations.CreateModel(
            name="Demonstration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("founded_at", models.DateTimeField(db_default=database.clock.DatabaseNow())),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "demonstration",
                "verbose_name_plural": "demonstrations",
                "constraints": [
                    models.UniqueConstraint(fields=("ended_at",), name="demonstration_once", nulls_distinct=False)
                ],
            },
        ),
        migrations.RunSQL(DEMONSTRATION, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(TOKENS_END, reverse_sql=migrations.RunSQL.noop),
    ]
