"""Requests behind the login, for type hints: the user is a person, never Django's ``AnonymousUser``.

No such object is ever made: ``LoginRequiredMiddleware`` and the API's permissions let nobody else through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from rest_framework.request import Request as RestRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # the type checker's name for settings.AUTH_USER_MODEL


class Request(HttpRequest):
    """What a view gets."""

    user: _User
    # Set by django-axes and by emergency/authentication/sign_in.py, of which one has typed a password wrongly
    axes_locked_out: bool
    sign_in_lock: Any


class ApiRequest(RestRequest):
    """What a view of the API gets."""

    user: _User
