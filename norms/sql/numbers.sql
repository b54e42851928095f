-- The row of a number that is in force at a moment for the unit of a path: of the nearest unit that has one of its own,
-- else of everybody ('' as the path: of everybody alone), the newest. No row where nobody has set it.
-- SETOF and ROWS 1, so that the planner puts it into the statement that asks.
CREATE OR REPLACE FUNCTION number_in_force(p_code text, p_path text, p_at timestamptz) RETURNS SETOF norms_number
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT n.* FROM norms_number n LEFT JOIN org_unit u ON u.id = n.unit_id
    WHERE n.code = p_code AND n.effective_from <= p_at
      AND (n.unit_id IS NULL OR u.path = p_path OR starts_with(p_path, u.path || '.'))
    ORDER BY length(u.path) DESC NULLS LAST, n.effective_from DESC LIMIT 1
$$;
