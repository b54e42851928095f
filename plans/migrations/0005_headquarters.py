"""A plan may name the headquarters that it belongs to, and a level a seat of it as its approver."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0009_default_headquarters"), ("plans", "0004_why_due")]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="headquarters",
            field=models.ForeignKey(
                blank=True, help_text="Left empty, the one that answers for the type of hazard.", null=True,
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.headquarters",
                verbose_name="headquarters",
            ),
        ),
        migrations.AlterField(
            model_name="level",
            name="approver",
            field=models.CharField(
                help_text="A post's code, or headquarters:commander and the like.", max_length=40,
                verbose_name="post that approves",
            ),
        ),
    ]  # fmt: skip
