"""A monthly communication test can name a post."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0013_comm_tests"),
        ("org", "0009_default_headquarters"),
    ]

    operations = [
        migrations.AddField(
            model_name="commtestplan",
            name="post",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.post",
            ),
        ),
    ]
