-- Who is on, as the database says it: one definition for pages, API, ladder, calendar feeds and exports.
--
-- `duty_watch` gives the stretches of time for which each post of a unit is answered for by whom. It rests on these facts:
-- stints (who is booked, free of overlaps by constraint), the shift in charge (`duty_taking`: a shift takes over at its
-- start, or once its handover is accepted, and stays until the next one takes over), and who is there: on the register,
-- not on leave, with an appointment in the unit that has not ended.
--
-- Whoever changes a function here adds a migration that runs this file again; columns of a result cannot be changed in
-- place (DROP first).

CREATE OR REPLACE VIEW duty_taking AS
SELECT s.id, s.unit_id, s.during,
    CASE
        -- Nobody to be relieved, or relief by the clock: the shift begins when it says.
        WHEN NOT s.signed OR NOT EXISTS (
            SELECT 1 FROM duty_shift b
            WHERE b.live AND b.unit_id = s.unit_id AND upper(b.during) = lower(s.during)
        ) THEN lower(s.during)
        WHEN s.taken_at IS NOT NULL THEN GREATEST(s.taken_at, lower(s.during))
        -- Still to come: as planned. Begun, and not taken over: at the earliest a moment from now.
        ELSE GREATEST(lower(s.during), sanji_now() + interval '1 microsecond')
    END AS takes_at
FROM duty_shift s WHERE s.live;

CREATE OR REPLACE FUNCTION duty_watch(p_units bigint[], p_from timestamptz, p_to timestamptz)
RETURNS TABLE (
    unit_id bigint, post varchar, person_id bigint, during tstzrange,
    shift_id bigint, slot_id bigint, override_id bigint, stands_in_for bigint
) LANGUAGE sql STABLE AS $$
WITH anchors AS MATERIALIZED (
    -- The shift in charge when the period begins; whatever came before it no longer matters.
    SELECT u.id AS unit_id, COALESCE((
        SELECT lower(t.during) FROM duty_taking t
        WHERE t.unit_id = u.id AND lower(t.during) <= p_from AND t.takes_at <= p_from
        ORDER BY lower(t.during) DESC LIMIT 1
    ), p_from) AS since
    FROM org_unit u WHERE CASE WHEN p_units IS NULL THEN u.active ELSE u.id = ANY(p_units) END
), shifts AS MATERIALIZED (
    -- A short read of the index a unit; flattened, the planner reads every shift there ever was (hence the OFFSET).
    SELECT t.id, t.unit_id, t.during, t.takes_at
    FROM anchors a CROSS JOIN LATERAL (
        SELECT * FROM duty_taking d
        WHERE d.unit_id = a.unit_id AND lower(d.during) >= a.since AND lower(d.during) < p_to OFFSET 0
    ) t
), chains AS (
    SELECT s.unit_id, unnest(range_agg(s.during)) AS whole FROM shifts s GROUP BY s.unit_id
), reigns AS (
    -- Whoever is on stays until relieved, but not past the end of an unbroken chain of shifts.
    SELECT s.id, s.unit_id, s.during, GREATEST(s.takes_at, p_from) AS since, LEAST(upper(c.whole), p_to, min(s.takes_at)
        OVER (PARTITION BY s.unit_id ORDER BY lower(s.during) ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
    ) AS until
    FROM shifts s JOIN chains c ON c.unit_id = s.unit_id AND c.whole @> lower(s.during)
), charge AS MATERIALIZED (
    SELECT r.id, r.unit_id, r.during, CASE WHEN r.since < r.until THEN tstzrange(r.since, r.until) END AS reign
    FROM reigns r WHERE r.since < r.until
), booked AS MATERIALIZED (
    SELECT c.unit_id, st.post, st.person_id, st.during * c.reign AS during, c.id AS shift_id, st.slot_id,
           NULL::bigint AS override_id
    FROM charge c JOIN duty_slot sl ON sl.shift_id = c.id
    JOIN duty_stint st ON st.slot_id = sl.id AND st.during && c.reign
    UNION ALL
    SELECT st.unit_id, st.post, st.person_id, st.during * tstzrange(p_from, p_to), NULL, NULL, st.override_id
    FROM anchors a JOIN duty_stint st
        ON st.unit_id = a.unit_id AND st.override_id IS NOT NULL AND st.during && tstzrange(p_from, p_to)
    UNION ALL
    -- Past the end of their shift, not yet relieved: whoever was on last.
    SELECT c.unit_id, st.post, st.person_id, piece, c.id, st.slot_id, st.override_id
    FROM charge c JOIN duty_stint st
        ON st.unit_id = c.unit_id AND st.during @> upper(c.during) - interval '1 microsecond'
    CROSS JOIN LATERAL unnest(
        tstzmultirange(c.reign * tstzrange(upper(c.during), NULL)) - COALESCE((
            SELECT range_agg(o.during) FROM duty_stint o
            WHERE o.unit_id = c.unit_id AND o.post = st.post AND o.override_id IS NOT NULL AND o.during && c.reign
        ), '{}')
    ) AS piece
    WHERE upper(c.reign) > upper(c.during)
), known AS MATERIALIZED (
    SELECT b.*, COALESCE((
        SELECT range_agg(l.during) FROM duty_leave l
        WHERE l.person_id = b.person_id AND l.status = 'approved' AND l.during && b.during
    ), '{}') + CASE WHEN p.is_active THEN '{}'::tstzmultirange ELSE tstzmultirange(tstzrange(COALESCE((
        SELECT max(e.at) FROM journal_event e
        WHERE e.subject = 'person:' || p.id AND e.verb = 'org.person_deactivated'
    ), '-infinity'), NULL)) END + (
        SELECT CASE WHEN max(COALESCE(a.valid_to, 'infinity')) < 'infinity'
            AND (b.override_id IS NULL OR max(a.valid_to) > (
                SELECT o.made_at FROM duty_override o WHERE o.id = b.override_id))
            THEN tstzmultirange(tstzrange(max(a.valid_to), NULL)) ELSE '{}'::tstzmultirange END
        FROM org_appointment a JOIN org_unit h ON h.id = a.unit_id
        WHERE a.person_id = b.person_id
          AND (h.id = b.unit_id OR h.parent_id = b.unit_id AND h.level = 'department')
    ) AS away
    FROM booked b JOIN org_person p ON p.id = b.person_id
), held AS MATERIALIZED (
    SELECT k.unit_id, k.post, k.person_id, piece AS during, k.shift_id, k.slot_id, k.override_id
    FROM known k CROSS JOIN LATERAL unnest(tstzmultirange(k.during) - k.away) AS piece
), missing AS (
    SELECT k.unit_id, k.post, k.person_id, piece AS during,
        CASE k.post WHEN 'leader' THEN ARRAY['main', 'deputy'] WHEN 'main' THEN ARRAY['deputy']
                    WHEN 'deputy' THEN ARRAY['main'] ELSE '{}' END AS in_turn
    FROM known k CROSS JOIN LATERAL unnest(tstzmultirange(k.during) * k.away) AS piece
)
SELECT h.unit_id, h.post, h.person_id, h.during, h.shift_id, h.slot_id, h.override_id, NULL::bigint FROM held h
UNION ALL
SELECT m.unit_id, m.post, h.person_id, piece, h.shift_id, h.slot_id, h.override_id, m.person_id
FROM missing m JOIN held h ON h.unit_id = m.unit_id AND h.post = ANY(m.in_turn) AND h.during && m.during
CROSS JOIN LATERAL unnest(
    tstzmultirange(h.during * m.during) - COALESCE((
        SELECT range_agg(f.during) FROM held f
        WHERE f.unit_id = m.unit_id AND f.during && m.during
          AND array_position(m.in_turn, f.post::text) < array_position(m.in_turn, h.post::text)
    ), '{}')
) AS piece
$$;

CREATE OR REPLACE FUNCTION duty_on(p_units bigint[], p_at timestamptz)
RETURNS TABLE (
    unit_id bigint, post varchar, person_id bigint,
    shift_id bigint, slot_id bigint, override_id bigint, stands_in_for bigint
) LANGUAGE sql STABLE AS $$
SELECT w.unit_id, w.post, w.person_id, w.shift_id, w.slot_id, w.override_id, w.stands_in_for
FROM duty_watch(p_units, p_at, p_at + interval '1 microsecond') w
$$;

CREATE OR REPLACE FUNCTION duty_in_season(p_path text, p_level text, p_day date, p_kind text)
RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT EXISTS (
    SELECT 1 FROM duty_season s JOIN org_unit u ON u.id = s.unit_id
    WHERE s.starts_on <= p_day AND s.ends_on > p_day
      AND (u.path = p_path OR p_path LIKE u.path || '.%')
      AND (s.levels = '{}' OR p_level = ANY(s.levels))
      AND CASE WHEN p_kind IS NULL THEN s.strengthened ELSE s.kind = p_kind END
)
$$;

-- Where a response runs over a unit; over a department: in its county. Its end is not known: a day is asked for ahead.
CREATE OR REPLACE FUNCTION duty_in_response(p_path text, p_level text, p_hazard text)
RETURNS SETOF tstzrange LANGUAGE sql STABLE AS $$
SELECT tstzrange(c.starts_at, COALESCE(c.ends_at, GREATEST(c.starts_at, sanji_now()) + interval '1 day'))
FROM duty_responsecover c
WHERE (p_hazard = 'any' OR c.hazard = p_hazard) AND (c.ends_at IS NULL OR c.ends_at > c.starts_at) AND EXISTS (
    SELECT 1 FROM unnest(c.paths) AS a(path)
    WHERE CASE WHEN p_level = 'department'
        THEN a.path || '.' LIKE regexp_replace(p_path, '[^.]*$', '') || '%'
        ELSE p_path || '.' LIKE a.path || '.%' END
)
$$;

CREATE OR REPLACE FUNCTION duty_needed(p_units bigint[], p_from timestamptz, p_to timestamptz)
RETURNS TABLE (unit_id bigint, needed tstzmultirange) LANGUAGE sql STABLE AS $$
WITH units AS MATERIALIZED (
    SELECT u.id, u.code, u.path, u.level FROM org_unit u
    WHERE CASE WHEN p_units IS NULL THEN u.active ELSE u.id = ANY(p_units) END
), days AS (
    SELECT d::date AS day FROM generate_series(
        (p_from AT TIME ZONE 'Asia/Shanghai')::date - 1, (p_to AT TIME ZONE 'Asia/Shanghai')::date, interval '1 day'
    ) d
), rules AS (
    SELECT r.*, LEAD(r.effective_from) OVER (
        PARTITION BY r.level, r.unit_id, r.season, r.response, r.endings, r.start ORDER BY r.effective_from, r.id
    ) AS superseded FROM duty_coverrule r
), windows AS (
    SELECT u.id AS unit_id, u.path, u.level, r.season, r.response, d.day, tstzrange(
        (d.day + r.start) AT TIME ZONE 'Asia/Shanghai',
        (d.day + r.start) AT TIME ZONE 'Asia/Shanghai' + make_interval(hours => r.hours)
    ) AS during
    FROM units u
    JOIN rules r ON r.unit_id = u.id OR (r.unit_id IS NULL AND r.level = u.level
        AND (r.endings = '{}' OR EXISTS (SELECT 1 FROM unnest(r.endings) AS e(code) WHERE u.code LIKE '%' || e.code))
        AND NOT EXISTS (SELECT 1 FROM duty_coverrule own WHERE own.unit_id = u.id))
    JOIN days d ON r.effective_from <= d.day AND (r.superseded IS NULL OR r.superseded > d.day)
), asked AS (
    SELECT w.unit_id, w.during FROM windows w
    WHERE w.response = '' AND (w.season = '' OR duty_in_season(w.path, w.level, w.day, w.season))
    UNION ALL
    SELECT w.unit_id, w.during * c.running FROM windows w
    CROSS JOIN LATERAL duty_in_response(w.path, w.level, w.response) AS c(running) WHERE w.response <> ''
    UNION ALL
    -- A published shift must be filled, whether or not a rule asks for it.
    SELECT u.id, s.during FROM units u JOIN duty_shift s
        ON s.unit_id = u.id AND s.live AND s.during && tstzrange(p_from, p_to)
)
SELECT a.unit_id, range_agg(a.during) * tstzmultirange(tstzrange(p_from, p_to)) FROM asked a GROUP BY a.unit_id
$$;

CREATE OR REPLACE FUNCTION duty_gaps(p_units bigint[], p_from timestamptz, p_to timestamptz)
RETURNS TABLE (unit_id bigint, post varchar, during tstzrange) LANGUAGE sql STABLE AS $$
WITH covered AS (
    SELECT w.unit_id, w.post, range_agg(w.during) AS whole FROM duty_watch(p_units, p_from, p_to) w
    WHERE w.stands_in_for IS NULL GROUP BY w.unit_id, w.post
)
SELECT n.unit_id, p.post, unnest(n.needed - COALESCE(c.whole, '{}'))
FROM duty_needed(p_units, p_from, p_to) n
JOIN org_unit u ON u.id = n.unit_id LEFT JOIN duty_crew k ON k.level = u.level
CROSS JOIN LATERAL unnest(COALESCE(k.posts, '{leader,main,deputy}'::varchar[])) AS p(post)
LEFT JOIN covered c ON c.unit_id = n.unit_id AND c.post = p.post
$$;

-- Who is called for a post of the register, where a roster says who is on duty in it: for orders and their ladder.
-- `turn` 1 is the person on duty in the linked duty post; then the others of the shift, the leader last. A unit whose
-- roster has nobody on at the moment gives no row: then its appointments count, as without a roster.
CREATE OR REPLACE FUNCTION duty_called(p_units bigint[], p_posts text[])
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
$$;
