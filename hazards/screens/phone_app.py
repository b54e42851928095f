"""Filing by phone as an app: the service worker with what it keeps for when there is no network, and the manifest."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.shortcuts import resolve_url
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

TEMPLATE = "hazards/phone/file.html"
LOOKS = (
    "vendor/bootstrap/bootstrap.min.css", "css/tokens.css", "css/base.css", "css/components.css", "css/forms.css",
    "css/frame.css", "css/phone.css", "css/map.css", "css/hazards_phone.css", "leaflet/leaflet.css",
    "img/icons.svg", "img/favicon.svg",
)  # fmt: skip
SCRIPTS = ("django_htmx/htmx-2.min.js", "leaflet/leaflet.js", "js/frame/ui.js", "js/hazards/file.js")
"""What the shell's document names; the modules that these import are found by reading them."""
WORKER = "js/hazards/sw.js"
_IMPORT = re.compile(r"""(?:^|\n)\s*(?:import|export)\b[^;'"]*?['"](\.{1,2}/[^'"]+)['"]""")


def worker() -> str:
    """The service worker's script, with what it keeps written above it."""
    kept = {
        "page": reverse("hazards:file"),
        "logout": reverse("logout"),
        "start": resolve_url(settings.LOGIN_REDIRECT_URL),
        "catalogue": reverse("javascript-catalog"),
        "languages": [code for code, _name in settings.LANGUAGES],
        "icon": static("img/app-192.png"),
        "assets": [static(name) for name in shell_files()],
    }
    kept["version"] = hashlib.sha256((json.dumps(kept) + _contents()).encode()).hexdigest()[:12]
    return f"const SHELL = {json.dumps(kept)};\n{_read(WORKER)}"


def manifest(language: str) -> dict[str, Any]:
    start = reverse("hazards:file")
    icons = [("192x192", "any", "img/app-192.png"), ("512x512", "any", "img/app-512.png")]
    icons += [("512x512", "maskable", "img/app-maskable-512.png")]
    return {
        "id": start,
        "name": _("Sanji · County emergency command"),
        "short_name": _("Sanji"),
        "description": _("File hazards by phone, with and without a signal."),
        "lang": language,
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": "#0d131d",
        "theme_color": "#141c29",
        "icons": [{"src": static(src), "sizes": s, "purpose": p, "type": "image/png"} for s, p, src in icons],
    }


def shell_files() -> list[str]:
    """Every static file that the shell needs, the modules that modules import among them."""
    return list(_shell_files() if not settings.DEBUG else _shell_files.__wrapped__())


@cache
def _shell_files() -> tuple[str, ...]:
    found = dict.fromkeys(LOOKS)
    waiting = list(SCRIPTS)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        if name.startswith("js/"):
            waiting += [_beside(name, path) for path in _IMPORT.findall(_read(name))]
    return tuple(found)


def _beside(name: str, path: str) -> str:
    """``js/a.js`` and ``../vendor/b.js`` give ``vendor/b.js``."""
    parts = name.split("/")[:-1]
    for step in path.split("/"):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def _contents() -> str:
    """What tells one version of the shell from the next: the names of static files may be the same in development.

    The page's own template is among it, and so is every one that it is made of.
    """
    return _digest() if not settings.DEBUG else _digest.__wrapped__()


@cache
def _digest() -> str:
    templates = settings.BASE_DIR / "templates"
    parts = [TEMPLATE, "base_phone.html", "document.html", "command/phone/_tabs.html"]
    digest = hashlib.sha256("".join(_read(name) for name in shell_files() if not name.endswith(".png")).encode())
    digest.update("".join((templates / part).read_text(encoding="utf-8") for part in parts).encode())
    digest.update(_read(WORKER).encode())
    return digest.hexdigest()


def _read(name: str) -> str:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"no static file {name}")
    return Path(found).read_text(encoding="utf-8")
