"""Supervision letters, circulars and listings become official papers (norms.OfficialPaper).

Those that were issued before papers had to be signed stay as they were: their number, their day, and the mark that
nobody signed them.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

KIND = {"letter": "supervision_letter", "circular": "circular", "listed": "listed_supervision"}
TITLE = {"letter": "督办函", "circular": "隐患逾期通报", "listed": "挂牌督办通知"}


def _text(row: Any) -> list[str]:
    """What the sheet said, in the words of that time."""
    if row.form == "circular":
        return ["督办函逾期未复，现予通报，并计入考核。"]
    until = f"{row.due_on:%Y-%m-%d}" if row.due_on else "期限届满"
    if row.form == "letter":
        return [f"请立即整改，或书面说明原因，并于{until}前答复。逾期不复将予以通报，并计入考核。"]
    return [f"该重大隐患已挂牌督办，须于{until}前完成整改。延期须在期限届满20个工作日前提出。"]


def keep(apps: Any, schema_editor: Any) -> None:
    papers = apps.get_model("norms", "OfficialPaper").objects
    addressees = apps.get_model("norms", "PaperAddressee").objects
    units = apps.get_model("org", "Unit").objects
    rows = apps.get_model("hazards", "Supervision").objects.select_related("hazard__unit", "hazard__owner", "to")
    for row in rows.defer("hazard__unit__boundary", "hazard__owner__boundary", "to__boundary").order_by("pk"):
        hazard = row.hazard
        county = ".".join(hazard.unit.path.split(".")[:3])
        facts = [["隐患编号", hazard.ref], ["责任单位", hazard.owner.name], ["情况描述", hazard.description]]
        paper = papers.create(
            kind=KIND[row.form], subject=f"hazard:{hazard.pk}", unit=units.get(path=county),
            title=f"{TITLE[row.form]} {row.ref}", content={"paragraphs": _text(row), "facts": facts},
            status="served", drafted_at=row.issued_at, sign_due_at=row.issued_at, number=row.ref,
            served_at=row.issued_at, before_signing=True, exercise=hazard.exercise,
        )  # fmt: skip
        addressees.create(paper=paper, unit=row.to)
        row.paper = paper
        row.save(update_fields=["paper"])


def give_back(apps: Any, schema_editor: Any) -> None:
    """The number and the day return to the row; a draft, which has neither, gets its key and its day of drafting."""
    for row in apps.get_model("hazards", "Supervision").objects.select_related("paper"):
        row.ref = (row.paper.number or f"DRAFT-{row.pk}")[:24]
        row.issued_at = row.paper.served_at or row.paper.drafted_at
        row.save(update_fields=["ref", "issued_at"])


def _paper(**more: Any) -> Any:
    return models.OneToOneField(
        "norms.officialpaper", django.db.models.deletion.PROTECT, related_name="supervision", **more
    )


class Migration(migrations.Migration):
    dependencies = [("hazards", "0012_three_roles_and_signatures"), ("norms", "0004_official_papers")]
    operations = [
        migrations.AddField("supervision", "paper", _paper(null=True)),
        migrations.AlterField("supervision", "ref", models.CharField("number", max_length=24, null=True)),
        migrations.AlterField("supervision", "issued_at", models.DateTimeField("issued at", null=True)),
        migrations.RunPython(keep, give_back),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField("supervision", "ref"),
        migrations.RemoveField("supervision", "issued_at"),
        migrations.AlterField("supervision", "paper", _paper()),
    ]
