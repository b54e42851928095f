"""``/demo/exchange/``: the other end of the demonstration's gateway account. It verifies each signature, takes each
reference once, and can be asked about it; what it took rings on the demo phones. Only where DEMO is on.
"""

from __future__ import annotations

import hmac
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from board.demo.gateway import SECRET
from board.selectors import exchange as kept
from notify.gateways.contract import PLACES, SMS, VOICE
from notify.gateways.generic import sign
from notify.rules.references import key_of

MAX_BYTES = 64 * 1024


@csrf_exempt
@login_not_required
@require_POST
def exchange(request: HttpRequest) -> JsonResponse:
    """The request of notify/gateways/generic: ``{reference, channel, to, text, question, code}`` → ``{id}``."""
    if (refusal := _refusal(request)) is not None:
        return refusal
    told = _read(request.body)
    if faults := _faults(told):
        return JsonResponse({"error": "invalid", "fields": faults}, status=400)
    new = kept.take(told["reference"], told["channel"])
    return JsonResponse({"id": f"demo-{told['reference']}", "again": not new})


@login_not_required
@require_safe
def look_up(request: HttpRequest, reference: str) -> JsonResponse:
    """Whether it was taken; what became of it, the demo phones tell."""
    if (refusal := _refusal(request)) is not None:
        return refusal
    if not kept.taken(reference):
        return JsonResponse({"error": "unknown"}, status=404)
    return JsonResponse({"id": f"demo-{reference}"})


def _refusal(request: HttpRequest) -> JsonResponse | None:
    if not settings.DEMO:
        raise Http404
    if request.method == "POST" and request.content_type != "application/json":
        return JsonResponse({"error": "unsupported_media_type"}, status=415)
    if len(request.body) > MAX_BYTES:
        return JsonResponse({"error": "too_large"}, status=413)
    if not hmac.compare_digest(request.headers.get("X-Signature", "").encode(), sign(SECRET, request.body).encode()):
        return JsonResponse({"error": "wrong signature"}, status=401)
    return None


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _faults(told: dict[str, Any]) -> list[str]:
    """The names of fields that are missing or wrong."""
    faults = [name for name in ("to", "text") if not isinstance(told.get(name), str) or not told[name]]
    if told.get("channel") not in (SMS, VOICE, *PLACES):
        faults.append("channel")
    if not isinstance(told.get("reference"), str) or key_of(told["reference"]) is None or len(told["reference"]) > 15:
        faults.append("reference")
    return faults
