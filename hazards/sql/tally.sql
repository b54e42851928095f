-- The tallies of all tickets there are, counted anew (hazards/actions/tally.py keeps them from then on).
INSERT INTO hazards_tally (unit_id, kind, month, found, rectified, otherwise, in_time, reopened)
SELECT unit_id, kind, date_trunc('month', at AT TIME ZONE 'Asia/Shanghai')::date,
    sum(found), sum(rectified), sum(otherwise), sum(in_time), sum(reopened)
FROM (
    SELECT unit_id, kind, found_at AS at, 1 AS found, 0 AS rectified, 0 AS otherwise, 0 AS in_time, 0 AS reopened
    FROM hazards_hazard WHERE status NOT IN ('held', 'turned_away', 'merged')
    UNION ALL
    SELECT unit_id, kind, closed_at, 0, (closure = 'rectified')::int, (closure = 'otherwise')::int,
        COALESCE(in_time, false)::int, 0
    FROM hazards_hazard WHERE closed_at IS NOT NULL
    UNION ALL
    SELECT h.unit_id, h.kind, e.at, 0, 0, 0, 0, 1
    FROM journal_event e JOIN hazards_hazard h ON h.id = split_part(e.subject, ':', 2)::bigint
    WHERE e.verb = 'hazard.reopened' AND e.subject LIKE 'hazard:%'
) one
GROUP BY 1, 2, 3;
