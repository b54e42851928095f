"""Who is called for a post of the register, where a roster says who is on duty in it: for orders and their ladder.

``turn`` 1 is the person on duty in the linked duty post; then the others of the shift, the leader last. A unit whose
roster has nobody on at the moment gives no row: then its appointments count, as without a roster.
"""

from django.db import migrations

CALLED = """
    CREATE FUNCTION duty_called(p_units bigint[], p_posts text[])
    RETURNS TABLE (unit_id bigint, register_post varchar, person_id bigint, turn int) LANGUAGE sql STABLE AS $$
    WITH linked AS MATERIALIZED (
        SELECT u.id AS unit_id, l.post, l.register_post FROM org_unit u JOIN duty_postlink l ON l.level = u.level
        WHERE u.id = ANY(p_units) AND l.register_post = ANY(p_posts)
    ), on_now AS MATERIALIZED (
        SELECT d.unit_id, d.post, d.person_id
        FROM duty_on(ARRAY(SELECT DISTINCT k.unit_id FROM linked k), sanji_now()) d
    ), ordered AS (
        SELECT k.unit_id, k.register_post, o.person_id, min(CASE o.post WHEN k.post THEN 0
            WHEN 'main' THEN 1 WHEN 'deputy' THEN 2 WHEN 'leader' THEN 3 ELSE 4 END) AS place
        FROM linked k JOIN on_now o ON o.unit_id = k.unit_id
        WHERE EXISTS (SELECT 1 FROM on_now m WHERE m.unit_id = k.unit_id AND m.post = k.post)
        GROUP BY k.unit_id, k.register_post, o.person_id
    )
    SELECT o.unit_id, o.register_post, o.person_id,
           row_number() OVER (PARTITION BY o.unit_id, o.register_post ORDER BY o.place, o.person_id)::int
    FROM ordered o
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0003_default_numbers")]
    operations = [migrations.RunSQL(CALLED, reverse_sql="DROP FUNCTION duty_called")]
