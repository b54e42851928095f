"""``hazard_ref()``: the next number of a ticket, ``YH2026-0100``, counted anew each year (Beijing time).

Other numbers come from a row that whoever takes one holds until the commit, so that none is lost. Filing must not wait
for that: on a rainy night hundreds file in a second, and each would wait for the disk of the one before. A sequence
lets nobody wait; what is rolled back leaves a gap. The year's first ticket keeps where the sequence stood.
"""

from django.db import migrations

REF = """
    CREATE SEQUENCE hazard_number;
    CREATE FUNCTION hazard_ref() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        this int := extract(year FROM sanji_now() AT TIME ZONE 'Asia/Shanghai');
        stood bigint;
        n text;
    BEGIN
        SELECT value INTO stood FROM journal_counter WHERE kind = 'hazard' AND year = this;
        IF stood IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('hazard_ref'));
            SELECT value INTO stood FROM journal_counter WHERE kind = 'hazard' AND year = this;
            IF stood IS NULL THEN
                stood := nextval('hazard_number');
                INSERT INTO journal_counter (kind, year, value) VALUES ('hazard', this, stood);
            END IF;
        END IF;
        n := (nextval('hazard_number') - stood)::text;
        RETURN 'YH' || this || '-' || lpad(n, greatest(4, length(n)), '0');
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0003_drawn"), ("journal", "0003_commits_soon")]
    operations = [
        migrations.RunSQL(REF, reverse_sql="DROP FUNCTION hazard_ref; DROP SEQUENCE hazard_number"),
    ]
