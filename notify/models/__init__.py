"""Messages, their deliveries, the gateway accounts that carry them, and what comes back."""

from notify.models.accounts import Account, PlaceRule, ReachRule, Template
from notify.models.contacts import Contact
from notify.models.inbound import Inbound
from notify.models.messages import Delivery, Message
from notify.models.push import PushSubscription

__all__ = [
    "Account", "Contact", "Delivery", "Inbound", "Message", "PlaceRule", "PushSubscription", "ReachRule", "Template",
]  # fmt: skip
