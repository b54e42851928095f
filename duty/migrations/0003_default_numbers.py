"""The default numbers, cover rules and links; and the posts that are on the register already may keep rosters."""

from datetime import UTC, date, datetime

from django.db import migrations

from duty.rules.default_numbers import COVER, LINKS, ROSTER_KEEPERS

SINCE = datetime(2020, 1, 1, tzinfo=UTC)

RULE = "county's own rules of duty"
DEFAULT = "default; set by the county"
DESIGN = "design; set by the county"
SIGN_INS = "design; set by the county (GB/T 22239-2019, 8.1.4.1 b: failed sign-ins are limited; OWASP device cookies)"
SESSIONS = "default; set by the county (GB/T 22239-2019, 8.1.4.1 b: idle sessions end by themselves)"
LIMITS = {
    "handover_opens_min": (30, DEFAULT),
    "handover_late_min": (10, DEFAULT),
    "check_in_late_min": (15, DEFAULT),
    "call_back_min": (5, DEFAULT),
    "swap_ahead_h": (24, RULE),
    "longest_h": (24, DEFAULT),
    "gap_days": (30, DEFAULT),
    "area_share_pct": (10, DESIGN),
    "shortest_min": (60, DEFAULT),
    "leave_longest_days": (180, DEFAULT),
    "session_idle_h": (12, SESSIONS),
    "session_shift_grace_min": (60, SESSIONS),
    "session_longest_d": (7, SESSIONS),
    "nobody_again_min": (5, DEFAULT),
    "sign_in_failures": (10, SIGN_INS),
    "sign_in_lock_min": (1, SIGN_INS),
    "sign_in_lock_longest_min": (30, SIGN_INS),
    "sign_in_forgotten_h": (24, SIGN_INS),
    "sign_in_spared_min": (15, SIGN_INS),
    "sign_in_spared_failures": (100, SIGN_INS),
    "public_address_h": (20, DESIGN),
    "public_poster_h": (60, DESIGN),
    "public_county_h": (300, DESIGN),
    "public_always_h": (3, DESIGN),
}
"""As they stood until 0010: later defaults are registered (norms/rules/numbers.py)."""


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
