"""The closed vocabularies of answers."""

from __future__ import annotations

HOW_LOGGED = ("phone", "door_knock", "gong", "loudspeaker", "sms_reply", "radio", "in_person")
