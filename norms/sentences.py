"""The sentences of norms' events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journal.sentences import sentence

sentence(
    "number.set", _("%(by)s set “%(label)s” of %(unit_name)s to %(said)s, from %(from)s on: %(source)s"),
    code=str, label=dict, value=int, said=dict, source=str, unit_name=dict, **{"from": str},
)  # fmt: skip
