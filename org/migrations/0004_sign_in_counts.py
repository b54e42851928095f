"""Failed sign-ins by name and client, with their locks (org/selectors/sign_ins.py)."""

from django.db import migrations, models

import database.clock


class Migration(migrations.Migration):
    dependencies = [("org", "0003_sort_keys")]
    operations = [
        migrations.CreateModel(
            name="SignInCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=255)),
                ("client", models.CharField(max_length=80)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("locks", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(db_default=database.clock.DatabaseNow())),
                ("locked_at", models.DateTimeField(blank=True, null=True)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                ("spared_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={"ordering": ["username", "client"]},
        ),
        migrations.AddConstraint(
            model_name="signincount",
            constraint=models.UniqueConstraint(fields=("username", "client"), name="sign_in_count_once"),
        ),
    ]
