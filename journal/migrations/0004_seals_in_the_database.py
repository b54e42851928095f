"""Seals are numbered, cover `written_at`, and are made by a function of the database's owner (journal/sql/seals.sql)."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql" / "seals.sql"

NUMBER_THE_OLD = """
    ALTER TABLE journal_seal DISABLE TRIGGER USER;
    UPDATE journal_seal s SET number = n.number, format = 1
    FROM (SELECT id, row_number() OVER (ORDER BY last_seq) AS number FROM journal_seal) n WHERE n.id = s.id;
    ALTER TABLE journal_seal ENABLE TRIGGER USER;
"""
UNDO = """
    DROP FUNCTION journal_seal_next(integer, interval);
    DROP FUNCTION journal_digest(bigint, bigint, bigint, text, smallint);
    DROP FUNCTION journal_event_text(journal_event, smallint);
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_commits_soon")]

    operations = [
        migrations.AddField("seal", "number", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("seal", "format", models.PositiveSmallIntegerField(default=2)),
        migrations.RunSQL(NUMBER_THE_OLD, migrations.RunSQL.noop),
        migrations.AlterField("seal", "number", models.PositiveBigIntegerField(unique=True)),
        migrations.AlterModelOptions("seal", {"ordering": ["number"]}),
        migrations.AddConstraint(
            "event", models.CheckConstraint(condition=models.Q(seq__gt=0), name="event_seq_positive")
        ),
        migrations.RunSQL(SQL.read_text("utf-8"), UNDO),
    ]
