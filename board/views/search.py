"""The search: a fragment inside the dialog, a page of its own without a script."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from board.selectors.search import search
from journal.selectors.participants import world_of_request
from web.requests import Request


def search_everything(request: Request) -> HttpResponse:
    text = request.GET.get("q", "")
    template = "board/_search.html" if request.headers.get("HX-Request") else "board/search.html"
    groups = search(request.user, text, world_of_request(request))
    return render(request, template, {"groups": groups, "text": text.strip()})
