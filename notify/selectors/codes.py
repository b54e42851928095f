"""Reply codes: two digits that tell the open orders of a person apart in a text reply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from notify.models import Message
from notify.rules.notices import Notice

CODES = range(11, 100)


def reply_codes(notices: Sequence[Notice]) -> dict[tuple[int, str], int]:
    """(person, group) → the code under which a reply answers it: the one that the person has been told for the group,
    or the lowest that is free among their open ones. No more than `CODES` are open at a time: the rest have none.
    """
    wanted = {(one.person_id, one.group): None for one in notices if one.group}
    if not wanted:
        return {}
    told = Message.objects.filter(person__in={person for person, _ in wanted}, reply_code__isnull=False)
    known: dict[tuple[int, str], int] = {}
    taken: dict[int, set[int]] = defaultdict(set)
    rows = told.filter(state=Message.State.OPEN) | told.filter(group__in={group for _, group in wanted})
    for person, group, told_code in rows.values_list("person_id", "group", "reply_code"):
        known[person, group] = told_code or 0
        taken[person].add(told_code or 0)
    for key in wanted:
        if key not in known:
            code = next((code for code in CODES if code not in taken[key[0]]), None)
            if code is not None:
                known[key] = code
                taken[key[0]].add(code)
    return {key: known[key] for key in wanted if key in known}
