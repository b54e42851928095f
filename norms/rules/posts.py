"""Which post of a unit keeps its books, and which one answers for it, by the unit's level."""

DESK = {
    "village": "village_head",
    "township": "township_station",
    "department": "department_head",
    "county": "command_office_director",
}
"""Level → the post that keeps the unit's tickets and takes in its papers."""
HEAD = {
    "village": "village_head",
    "township": "township_head",
    "department": "department_head",
    "county": "deputy_magistrate",
}
"""Level → the post that answers for the unit."""
