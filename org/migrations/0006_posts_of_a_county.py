"""The posts that a county really has: those missing are added, default names and ranks of before become today's."""

import json
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTS = Path(__file__).resolve().parent.parent / "rules" / "posts.json"
BEFORE = {
    "command_office_director": ("应急指挥部办公室主任", "Command Office Director"),
    "county_duty_deputy": ("县级值班员（副班）", "County Duty Officer, Second"),
    "department_head": ("部门负责人", "Head of Department"),
    "township_party_secretary": ("乡镇（街道）党委书记", "Township Party Secretary"),
    "township_head": ("乡镇长（街道办主任）", "Township Head"),
    "township_deputy": ("分管应急副职", "Township Deputy for Emergencies"),
    "township_duty": ("乡镇值班员", "Township Duty Officer"),
    "village_head": ("村（社区）主任", "Village Head"),
    "village_deputy": ("村（社区）副主任", "Village Deputy"),
    "geological_watch": ("地质灾害监测员", "Geological Watch"),
}
RANKS = {
    "deputy_magistrate": 3,
    "command_office_director": 4,
    "county_duty_officer": 5,
    "county_duty_deputy": 6,
    "department_duty": 2,
}
COLUMNS = ("level", "name", "name_en", "rank", "optional", "capabilities")


def bring_up_to_date(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Only where a county has been founded; a name or rank that the county changed stays as it is."""
    posts = apps.get_model("org", "Post")
    known = posts.objects.in_bulk(field_name="code")
    if not set(BEFORE) & set(known):
        return
    for row in json.loads(POSTS.read_text(encoding="utf-8")):
        code = row["code"]
        post = known.get(code)
        if post is None:
            posts.objects.create(code=code, **{name: row[name] for name in COLUMNS})
            continue
        zh, en = BEFORE.get(code, ("", ""))
        post.name = row["name"] if post.name == zh else post.name
        post.name_en = row["name_en"] if post.name_en == en else post.name_en
        post.rank = row["rank"] if post.rank == RANKS.get(code) else post.rank
        post.save(update_fields=["name", "name_en", "rank"])


class Migration(migrations.Migration):
    dependencies = [("org", "0005_headquarters")]

    operations = [
        migrations.AddField(
            "post",
            "optional",
            models.BooleanField(
                default=False,
                help_text="Not every unit has this post: a unit without it has no vacancy.",
                verbose_name="only where there is one",
            ),
        ),
        migrations.RunPython(bring_up_to_date, migrations.RunPython.noop),
    ]
