"""The channel contract: what a gateway's package implements, and the values that pass between it and the deliverer.

A gateway is one package in notify/gateways/ that registers one object with `gateway`. It knows nothing of the database:
`Access` holds the account's settings, `Outgoing` what is to be said. It runs on the deliverer's threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx
from django.utils.translation import gettext_lazy as _

from database.registry import Registry
from notify.rules.words import NO_ANSWER, NO_CONNECTION

IN_APP = "in_app"
SMS, VOICE, APP, EMAIL, PUSH, LOUDSPEAKER, BOARD = "sms", "voice", "app", "email", "push", "loudspeaker", "board"
PLACES = (BOARD, LOUDSPEAKER)
"""Channels to a place instead of a person: the group chat of a township, the loudspeakers of a village."""
TEXT, CALL_KEY, APP_BUTTON = "text", "call_key", "app_button"
"""How somebody replied (`Reply.how`)."""
BESIDE = (PUSH,)
"""Channels that go out beside the others and take the place of none: a failure there is no event, no step follows."""
OUTCOMES = (
    *("heard", "hung_up", "busy", "no_answer", "bad_number", "unreachable", "out_of_coverage", "switched_off"),
    *("delivered", "failed"),
)
"""What a receipt can say (notify.models.Delivery.Outcome)."""


@dataclass(frozen=True)
class Setting:
    """One setting of an account. ``secret``: encrypted at rest, never shown again, never logged. ``make``: makes one
    where none is entered. ``check``: what is wrong with a value, in words; empty where nothing is.
    """

    name: str
    label: Any
    secret: bool = False
    required: bool = True
    default: str = ""
    long: bool = False
    make: Callable[[], str] | None = None
    check: Callable[[str], Any] | None = None


EXERCISES = Setting("exercises", _("boards and loudspeakers in exercises too: yes, or empty"), required=False)
"""Of gateways to places: an exercise is told to many who take no part in it, so that an account has to allow it."""


def allows_exercises(values: Mapping[str, Any]) -> bool:
    return str(values.get(EXERCISES.name, "")).strip().lower() in ("yes", "y", "1", "true", "是")


@dataclass(frozen=True)
class Access:
    """An account as a gateway sees it; ``values`` hold its settings, the secret ones too. ``templates``: our key →
    (the vendor's code, the variables in order).
    """

    code: str
    values: Mapping[str, str]
    http: httpx.Client
    templates: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Access {self.code}>"  # never its secrets, not even in a traceback

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True)
class Outgoing:
    """One message to one address. ``text``: all of it, for gateways that take free text; ``template`` and ``params``:
    the same for those that take approved texts only. ``question``: what a call asks, answered by keys. ``title``,
    ``url``, ``tag``, ``about`` and ``urgent`` are for notifications on a screen: what stands above the text, the page
    that it leads to, the notification whose place it takes, the subject that older ones are cleared of.
    """

    reference: str
    channel: str
    address: str
    text: str
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    question: str = ""
    language: str = "zh-hans"
    title: str = ""
    url: str = ""
    tag: str = ""
    about: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Accepted:
    """The gateway took it. ``provider_id``: its own number, where it gives one. ``reached`` and ``gone``: of an address
    that names several browsers, those that took it and those that are no more.
    """

    provider_id: str = ""
    parts: int = 1
    reached: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What became of a message, by our ``reference`` or the gateway's ``provider_id``.

    ``keys``: pressed in a call; with an empty ``outcome`` they are all that is known so far. ``identity``: of the keys,
    so that those that come twice count once. ``ours``: our limit or the gateway's, the message was never tried: it is
    given again, and the account is at fault.
    """

    outcome: str
    reference: str = ""
    provider_id: str = ""
    phone: str = ""
    keys: str = ""
    error: str = ""
    identity: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Reply:
    """What somebody sent back: a text, or keys pressed. ``identity``: the gateway's number of it, where it has one."""

    phone: str
    text: str = ""
    keys: str = ""
    reference: str = ""
    identity: str = ""
    how: str = "text"


class Refused(Exception):
    """The gateway did not take it, for certain. ``permanent``: this address or text will never go; otherwise the
    account is at fault (rate, balance, signature) and another is tried. ``elsewhere``: a service behind the gateway is
    at fault: it is given again, and the account goes on with others. ``gone`` as in `Accepted`.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, outcome: str = "failed", elsewhere: bool = False,
        gone: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(reason)
        self.permanent, self.outcome, self.elsewhere, self.gone = permanent, outcome, elsewhere, gone


class Unsure(Exception):
    """Whether the gateway took it is not known: a timeout after the request was sent, an answer cut off."""


class NotThere(Exception):
    """Said by a look-up: the gateway never took it, so that it may be sent again."""


class Gateway:
    """A kind of gateway. Class attributes say what it is; a method that a gateway does not have raises
    NotImplementedError.
    """

    code: ClassVar[str]
    label: ClassVar[Any]
    channels: ClassVar[tuple[str, ...]]
    settings: ClassVar[tuple[Setting, ...]] = ()
    can_look_up: ClassVar[bool] = False
    can_poll: ClassVar[bool] = False
    needs_templates: ClassVar[bool] = False
    a_minute: ClassVar[int] = 0
    """Most messages to one address within a minute; 0: as many as the account's rate allows."""
    limits: ClassVar[Any] = ""
    """What the vendor allows, in words, for whoever enters rate and lines of an account."""
    taken: ClassVar[Any] = {"code": 0}
    """What a push is answered, so that it does not come again; None: what came of it (notify/api/door.py)."""

    def send(self, access: Access, message: Outgoing) -> Accepted:
        """Hand one message over. Raises Refused or Unsure; anything else counts as Unsure. At most `TIMEOUT_S`."""
        raise NotImplementedError

    def serves(self, values: Mapping[str, str]) -> frozenset[str] | None:
        """Codes of the units whose place an account with these settings reaches. None: the boards of all townships and
        the loudspeakers of all villages of its unit.
        """
        return None

    def looks_up(self, access: Access) -> bool:
        """Whether this account can be asked: a kind that can may need a setting for it."""
        return self.can_look_up

    def look_up(self, access: Access, reference: str, provider_id: str, address: str) -> Receipt | None:
        """What became of it: None while it is on its way. Raises NotThere where the gateway never took it."""
        raise NotImplementedError

    def authentic(self, access: Access, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> bool:
        """Whether a push comes from the gateway, beyond the secret address that it came by."""
        return True

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        """The receipts of a push. Raises ValueError for what cannot be read."""
        raise NotImplementedError

    def replies(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Reply]:
        """The replies of a push. Raises ValueError for what cannot be read."""
        raise NotImplementedError

    def greeting(self, access: Access, query: Mapping[str, str]) -> str | None:
        """What a GET of the address for pushes is answered, by which some gateways make sure that it is ours. None: it
        is not the gateway that asks.
        """
        return None

    def poll(self, access: Access) -> tuple[list[Receipt], list[Reply]]:
        """What has come in since the last time, where the gateway is asked instead of pushing, or as well."""
        raise NotImplementedError

    def tells_balance(self, access: Access) -> bool:
        """Whether this account can be asked what is left on it."""
        return False

    def balance(self, access: Access) -> str:
        """What is left on the account, in the gateway's figures."""
        raise NotImplementedError


TIMEOUT_S = 5.0
"""Limit of one request. A gateway that hangs is left within ten seconds (docs/adr/0046)."""

GATEWAYS: Registry[Gateway] = Registry(
    "gateways", "Kinds of gateways that carry messages out. `notify.gateways.contract.gateway`, one package each."
)


def gateway(made: Gateway) -> Gateway:
    return GATEWAYS.register(made.code, made)


def asked(call: Any, *args: Any, **more: Any) -> httpx.Response:
    """A request by ``call`` (a method of `httpx.Client`): Refused where no connection came about, so that nothing can
    have been taken; Unsure where the answer did not come.
    """
    try:
        answer: httpx.Response = call(*args, **more)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        raise Refused(NO_CONNECTION) from error
    except httpx.HTTPError as error:
        raise Unsure(NO_ANSWER) from error
    if answer.status_code in (502, 503, 504, 429):
        raise Refused(f"HTTP {answer.status_code}")
    if answer.status_code >= 500:
        raise Unsure(f"HTTP {answer.status_code}")
    return answer
