"""China Mobile's Cloud MAS: free text over `norsubmit`. Plain HTTP from an address that the vendor has on its list.

The form of its receipts and replies is agreed with the county's branch; none is public, so none is read here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

import orjson
from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import SMS, Accepted, Access, Gateway, Outgoing, Refused, Setting, asked, gateway
from notify.gateways.reading import digits, told
from notify.rules.lengths import parts

PERMANENT = frozenset({"InvalidMessage", "NoSendMobile", "TooManyMobiles"})
"""What speaks of one text or one telephone; the rest (IllegalMac, InvalidUsrOrPwd, NoSignId) speaks of the account."""


class Yunmas(Gateway):
    code = "yunmas"
    label = _("China Mobile Cloud MAS")
    channels = (SMS,)
    limits = _("sent from addresses on the vendor's list only")
    settings = (
        Setting("endpoint", _("address"), default="http://112.35.1.155:1992"),
        Setting("ec_name", _("name of the organisation, as in the contract")),
        Setting("ap_id", _("interface account")),
        Setting("secret", _("interface password"), secret=True),
        Setting("sign", _("number of the signature")),
        Setting("extension", _("extension of the sender's number"), required=False),
    )

    def send(self, access: Access, message: Outgoing) -> Accepted:
        url = f"{access['endpoint'].rstrip('/')}/sms/norsubmit"
        answer = asked(access.http.post, url, content=body(access.values, digits(message.address), message.text))
        found = told(answer)
        code = str(found.get("rspcod") or f"HTTP {answer.status_code}")
        if found.get("success") is not True or code != "success":
            raise Refused(code, permanent=code in PERMANENT)
        return Accepted(str(found.get("msgGroup") or ""), parts(message.text))


def body(values: Mapping[str, str], mobiles: str, content: str) -> bytes:
    """Base64 of the JSON object, with the MD5 of its parts and the password."""
    before = [values.get("ec_name", ""), values.get("ap_id", "")]
    after = [mobiles, content, values.get("sign", ""), values.get("extension", "")]
    mac = hashlib.md5("".join([*before, values.get("secret", ""), *after]).encode(), usedforsecurity=False).hexdigest()
    names = ("ecName", "apId", "mobiles", "content", "sign", "addSerial")
    named = dict(zip(names, [*before, *after], strict=True)) | {"mac": mac}
    return base64.b64encode(orjson.dumps(named))


gateway(Yunmas())
