"""The sentences of norms' events and messages, and the rules by which norms acts by itself."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from database.members import sometimes
from journal.sentences import MOVED, sentence
from norms.actions.chase import TOLD
from norms.rules.automatic import rule
from notify.selectors.ranks import rank
from notify.sentences import sentence as message


def _signed(values: dict[str, Any]) -> Any:
    if not values.get("for_name"):
        return _("%(by)s signed %(kind_name)s %(number)s: %(title)s")
    if values.get("ground"):
        return _("%(by)s signed %(kind_name)s %(number)s for %(for_name)s (%(ground)s): %(title)s")
    return _("%(by)s signed %(kind_name)s %(number)s, which %(for_name)s had not signed in time: %(title)s")


def _chased(values: dict[str, Any]) -> Any:
    names = values.get("called_names")
    if isinstance(names, dict) and any(names.values()):
        return _("%(kind_name)s “%(title)s” still waits for a signature: %(by)s reminded %(called_names)s")
    return _("%(kind_name)s “%(title)s” still waits for a signature, and nobody holds the posts that sign it")


sentence(
    "number.set", _("%(by)s set “%(label)s” of %(unit_name)s to %(said)s, from %(from)s on: %(source)s"),
    code=str, label=dict, value=int, said=dict, source=str, unit_name=dict, **{"from": str},
)  # fmt: skip
sentence("paper.drafted", _("%(by)s drafted %(kind_name)s “%(title)s”; it waits for a signature"), "paper")
sentence("paper.reworded", _("%(by)s reworded the draft “%(title)s”"), "paper", before=list)
sentence(
    "paper.signed", _signed,
    "paper", **MOVED, signer=dict, signer_name=dict, number=str, for_name=sometimes(dict), ground=sometimes(dict),
)  # fmt: skip
sentence(
    "paper.served", _("%(by)s served %(kind_name)s %(number)s on %(to_names)s: %(title)s"),
    "paper", **MOVED, addressees=list, to_names=dict, number=str,
)  # fmt: skip
sentence("paper.withdrawn", _("%(by)s withdrew %(kind_name)s “%(title)s”: %(reason)s"), "paper", **MOVED, reason=str)
sentence("paper.received", _("%(by)s received %(kind_name)s %(number)s for %(receiver)s"), "paper", receiver=dict)
sentence("paper.chased", _chased, "paper", **TOLD)

message("paper.to_sign", _("To be signed by %(due)s: %(title)s"))
message("paper.unsigned", _("Still unsigned, due %(due)s: %(title)s"))
message("paper.served", _("%(number)s has been served on you: %(title)s"))
rank("paper.", 20)

rule("paper.chase", _("whoever has to sign a paper is reminded, then the deputy and the office"), "paper_again_h")
