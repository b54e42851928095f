"""The wall screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def wall(request: HttpRequest) -> HttpResponse:
    return render(request, "board/wall.html", {})


def device(request: HttpRequest, token: str) -> HttpResponse:
    raise NotImplementedError
