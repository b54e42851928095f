"""Timer handlers of plans: whoever keeps a plan is reminded of what is due, and its leaders once it is overdue."""

from __future__ import annotations

from collections.abc import Sequence

from journal.actions.recording import record
from journal.timers import Due as Timer
from journal.timers import handler
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from plans.actions.reminders import ON_THE_DAY, REMIND, follow
from plans.cards import WHAT_NAMES, due_card
from plans.models import Due
from plans.selectors.people import writers_and_approvers


@handler(REMIND)
def remind(timers: Sequence[Timer]) -> None:
    """One reminder for each date that is still open; the next one follows. A plan out of use is not spoken of."""
    found = Due.objects.select_related("plan__unit").defer("plan__unit__boundary").select_for_update(of=("self",))
    dues = {due.pk: due for due in found.filter(pk__in=[timer.subject_id for timer in timers], done_on=None)}
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        due = dues.get(timer.subject_id)
        if due is None:
            continue
        if due.plan.active:
            _remind(due, timer.step)
        follow(due, timer.step + 1)


def _remind(due: Due, step: int) -> None:
    """Before the day its writers are told (its approvers where there are none), from the day on both."""
    plan, by = due.plan, by_rule("plans.remind")
    writers, approvers = writers_and_approvers(plan.unit)
    people = [*writers, *approvers] if step >= ON_THE_DAY else writers or approvers
    code = "plan.overdue" if step > ON_THE_DAY else "plan.due_soon"
    data = {"plan": names(plan), "what": WHAT_NAMES[due.what], "due_on": due.due_on.isoformat()}
    url = f"/plans/{plan.code}/"
    notices = [Notice(one, code, f"due:{due.pk}", plan.unit.path, data=data, url=url) for one in dict.fromkeys(people)]
    notify.send_all(notices, by=by)
    more = {"people": len(notices), "step": step}
    record("plan.due_reminded", f"due:{due.pk}", plan.unit.path, by=by, card=due_card(due), data=more)
