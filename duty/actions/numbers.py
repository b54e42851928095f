"""Numbers that communication tests found wrong or silent: corrected or confirmed in the register. A proposal is no row:
it is there while the number that was tested is today's and has not been confirmed since.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from duty.models import CommTestLine
from duty.selectors.comm_tests import kept_line, stale_numbers
from journal.actions.recording import record
from org.actions import change_phone, confirm_phone
from org.cards import names
from org.models import Person
from org.rules.capabilities import REGISTER
from org.rules.phones import checked_phone
from web.errors import Conflict, Invalid


@transaction.atomic
def correct_number(line_id: int, phone: str, *, by: Person) -> Person:
    """Write the right number into the register. The old one is kept in the journal, which a change of a number
    otherwise keeps out: it says whom the tests, and the alarms before them, did not reach. Conflict where another was
    first.
    """
    line, person = _proposed(line_id, by)
    old, new = person.phone, checked_phone(phone)
    if not new:
        raise Invalid.field("phone", _("This is needed."))
    if new == old:
        raise Invalid.field("phone", _("This number stands there already: confirm it instead."))
    changed = change_phone(person, phone=new, by=by)
    data = {"person": person.pk, "name": names(person), "old": old}
    record("comm_test.number_corrected", f"comm_test:{line.test_id}", line.unit.path, by=by, data=data)
    return changed


@transaction.atomic
def confirm_number(line_id: int, *, by: Person) -> Person:
    """The number is right: note it in the register. Conflict where another was first."""
    _line, person = _proposed(line_id, by)
    return confirm_phone(person, by=by)


def _proposed(line_id: int, by: Person) -> tuple[CommTestLine, Person]:
    """The person is locked before the proposal is looked at: of two keepers one comes second, and is told."""
    line = kept_line(by, line_id)
    person = Person.objects.select_for_update().get(pk=line.person_id)
    if person.phone != line.phone:
        words = _("Somebody else has changed this number: it is %(phone)s now.") % {"phone": person.phone or "–"}
        raise Conflict(words, current={"person": person.pk, "phone": person.phone})
    if line.pk not in {one.pk for one in stale_numbers(by, REGISTER, of=person)}:
        words = _("Nothing is left to check here: this number was confirmed, or a newer test has answered.")
        raise Conflict(words, current={"person": person.pk, "phone": person.phone})
    return line, person
