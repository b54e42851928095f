from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("command", "0004_responses_and_proposals")]

    operations = [
        migrations.RemoveField(model_name="task", name="figure"),
        migrations.AddField(
            model_name="assignment",
            name="figure",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="What the plan's action counts, as reported with done.",
                null=True,
                verbose_name="figure",
            ),
        ),
    ]
