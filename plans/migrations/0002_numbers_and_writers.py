"""The default numbers; and the posts that are on the register already may write plans and put them in force."""

from datetime import UTC, datetime

from django.db import migrations

from plans.rules.default_numbers import APPROVERS, WRITERS

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
DEFAULT = "default; set by the county"
LIMITS = {
    "plan_filing_days": (20, DEFAULT),
    "plan_first_reminder_days": (90, DEFAULT),
    "plan_second_reminder_days": (30, DEFAULT),
    "plan_third_reminder_days": (7, DEFAULT),
    "plan_reminder_every_days": (7, DEFAULT),
}


def add(apps, schema_editor):
    limit, post = apps.get_model("duty", "Limit"), apps.get_model("org", "Post")
    limit.objects.bulk_create(
        limit(code=code, value=value, source=source, effective_from=SINCE) for code, (value, source) in LIMITS.items()
    )
    for row in post.objects.filter(code__in=[*WRITERS, *APPROVERS]):
        wanted = ["plan", "plan_approval"] if row.code in APPROVERS else ["plan"]
        row.capabilities = [*row.capabilities, *(name for name in wanted if name not in row.capabilities)]
        row.save(update_fields=["capabilities"])


def remove(apps, schema_editor):
    apps.get_model("duty", "Limit").objects.filter(code__in=LIMITS).delete()


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_plans_versions_actions"), ("duty", "0004_called_by_roster")]
    operations = [migrations.RunPython(add, remove)]
