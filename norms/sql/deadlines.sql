-- Deadlines, counted in Asia/Shanghai. The day from which one runs is not counted.

-- Whether a date is a day of rest: by the newest version of the calendar, else by its weekday.
CREATE OR REPLACE FUNCTION rest_day(p_day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT COALESCE((
        SELECT CASE c.kind WHEN 'holiday' THEN true WHEN 'working' THEN false END
        FROM norms_calendarday c WHERE c.date = p_day ORDER BY c.version DESC LIMIT 1
    ), extract(isodow FROM p_day) >= 6)
$$;

-- So many of a measure after (before, when negative) a moment. Minutes and hours count to the moment; days, working
-- days and months give the last second of a day. Besides: the version of the calendar of that year, whether it is the
-- official one, weekdays that were not counted and days at a weekend that were.
CREATE OR REPLACE FUNCTION deadline_counted(p_from timestamptz, p_count int, p_measure text)
RETURNS TABLE (due_at timestamptz, version int, official boolean, rested date[], worked date[])
LANGUAGE plpgsql STABLE ROWS 1 AS $$
DECLARE
    first date := (p_from AT TIME ZONE 'Asia/Shanghai')::date;
    present date := first;
    missing int := abs(p_count);
    step int := CASE WHEN p_count < 0 THEN -1 ELSE 1 END;
BEGIN
    rested := '{}';
    worked := '{}';
    CASE p_measure
        WHEN 'minutes' THEN due_at := p_from + make_interval(mins => p_count);
        WHEN 'hours' THEN due_at := p_from + make_interval(hours => p_count);
        WHEN 'days' THEN present := first + p_count;
        WHEN 'months' THEN present := first + make_interval(months => p_count);
        WHEN 'working_days' THEN
            WHILE missing > 0 LOOP
                present := present + step;
                IF rest_day(present) THEN
                    IF extract(isodow FROM present) < 6 THEN rested := rested || present; END IF;
                ELSE
                    missing := missing - 1;
                    IF extract(isodow FROM present) >= 6 THEN worked := worked || present; END IF;
                END IF;
            END LOOP;
    END CASE;
    IF due_at IS NULL THEN
        due_at := (present + time '23:59:59') AT TIME ZONE 'Asia/Shanghai';
    ELSE
        present := (due_at AT TIME ZONE 'Asia/Shanghai')::date;
    END IF;
    SELECT c.version, c.official INTO version, official FROM norms_calendarday c
    WHERE c.date BETWEEN date_trunc('year', present)::date AND (date_trunc('year', present) + interval '1 year')::date - 1
    ORDER BY c.version DESC LIMIT 1;
    RETURN NEXT;
END $$;

-- The deadline that the number of a code gives, counted from a moment (p_way 1; -1: back from it): its value, its end,
-- the calendar's version, the days of the reminders, and why. No row where nobody has set the number.
CREATE OR REPLACE FUNCTION deadline_by_rule(p_rule text, p_from timestamptz, p_way int)
RETURNS TABLE (value int, due_at timestamptz, version int, remind_first int, remind_second int, why jsonb)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT r.value, c.due_at, c.version, early.value, late.value, jsonb_build_object(
            'code', r.measure, 'rule', p_rule, 'from', (p_from AT TIME ZONE 'Asia/Shanghai')::date, 'n', r.value,
            'due', (c.due_at AT TIME ZONE 'Asia/Shanghai')::date
        ) || CASE r.measure WHEN 'working_days' THEN jsonb_build_object(
            'rested', c.rested, 'worked', c.worked, 'official', COALESCE(c.official, false),
            'year', extract(year FROM c.due_at AT TIME ZONE 'Asia/Shanghai')::int
        ) ELSE '{}' END
    FROM number_in_force(p_rule, '', p_from) r
    CROSS JOIN LATERAL number_in_force('remind_first', '', p_from) early
    CROSS JOIN LATERAL number_in_force('remind_second', '', p_from) late
    CROSS JOIN LATERAL deadline_counted(p_from, r.value * p_way, r.measure) c
$$;
