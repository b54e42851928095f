"""The default numbers, cover rules and links; and the posts that are on the register already may keep rosters."""

from datetime import UTC, date, datetime

from django.db import migrations

from duty.rules.default_numbers import COVER, LIMITS, LINKS, ROSTER_KEEPERS

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def add(apps, schema_editor):
    limit, cover, link, post = (
        apps.get_model(*name)
        for name in (("duty", "Limit"), ("duty", "CoverRule"), ("duty", "PostLink"), ("org", "Post"))
    )
    limit.objects.bulk_create(
        limit(code=code, value=value, source=source, effective_from=SINCE) for code, (value, source) in LIMITS.items()
    )
    cover.objects.bulk_create(
        cover(level=level, season=season, start=start, hours=hours, source=source, effective_from=date(2020, 1, 1))
        for level, season, start, hours, source in COVER
    )
    link.objects.bulk_create(link(level=level, post=duty_post, register_post=code) for level, duty_post, code in LINKS)
    for row in post.objects.filter(code__in=ROSTER_KEEPERS):
        if "roster" not in row.capabilities:
            row.capabilities = [*row.capabilities, "roster"]
            row.save(update_fields=["capabilities"])


def remove(apps, schema_editor):
    for name in ("Limit", "CoverRule", "PostLink"):
        apps.get_model("duty", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("duty", "0002_who_is_on")]
    operations = [migrations.RunPython(add, remove)]
