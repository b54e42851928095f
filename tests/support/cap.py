"""Warnings posted at the door, as a platform does."""

from __future__ import annotations

import datetime as dt
import re
import urllib.request
from pathlib import Path
from typing import Any

CAP = Path(__file__).parents[1] / "early_warning" / "data" / "rainstorm_12379.xml"
"""A red warning of rainstorm for Jushui and Zhukou."""


def post_cap(server: Any, token: str, identifier: str) -> int:
    body = CAP.read_text(encoding="utf-8")
    number = body.split("<identifier>")[1].split("</identifier>")[0]
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/cap+xml"}
    end = dt.datetime.now(dt.UTC) + dt.timedelta(hours=6)
    expires = f"<expires>{end:%Y-%m-%dT%H:%M:%S}+00:00</expires>"
    message = re.sub("<expires>[^<]*</expires>", expires, body.replace(number, identifier)).encode()
    asked = urllib.request.Request(f"{server.url}/api/v1/inbound/cap/", message, headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.status
