"""No rate limits: in a measurement one sender asks for as much as a county. What counting costs is still measured."""

from django.conf import settings

MANY = (10**9, 10)


def lift() -> None:
    """For this process."""
    settings.RATES = {
        name: dict.fromkeys(rate, MANY) if isinstance(rate, dict) else MANY for name, rate in settings.RATES.items()
    }
