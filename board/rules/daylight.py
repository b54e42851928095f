"""Sunset and darkness at a place, by the usual approximation of the sun's declination; right to a few minutes."""

from __future__ import annotations

import datetime as dt
import math

HORIZON = math.radians(-0.833)
"""The sun's height when its upper rim sets: refraction and its radius."""
DAY = dt.timedelta(days=1)


def daylight(noon_utc: dt.datetime, lon: float, lat: float) -> tuple[dt.datetime, dt.datetime]:
    """Sunrise and sunset around the noon of a place. Beyond the polar circles the day is whole or has no length."""
    turn = 2 * math.pi * (noon_utc.timetuple().tm_yday - 81) / 365
    declination = math.radians(23.44) * math.sin(turn)
    equation = 9.87 * math.sin(2 * turn) - 7.53 * math.cos(turn) - 1.5 * math.sin(turn)  # minutes
    above = math.sin(HORIZON) - math.sin(math.radians(lat)) * math.sin(declination)
    angle = above / (math.cos(math.radians(lat)) * math.cos(declination))
    half = math.degrees(math.acos(max(-1.0, min(1.0, angle)))) / 15
    midnight = noon_utc.replace(hour=0, minute=0, second=0, microsecond=0)
    noon = midnight + dt.timedelta(hours=12 - lon / 15, minutes=-equation)
    return noon - dt.timedelta(hours=half), noon + dt.timedelta(hours=half)


def hours_until_dark(at: dt.datetime, lon: float, lat: float) -> float:
    """0 while it is dark there."""
    local = at.astimezone(dt.UTC) + dt.timedelta(hours=lon / 15)
    rise, sets = daylight(local, lon, lat)
    present = at.astimezone(dt.UTC)
    return (sets - present).total_seconds() / 3600 if rise <= present < sets else 0.0
