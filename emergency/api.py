"""The API's routes under /api/: each app hands in its own (`router_entries`, `api_urlpatterns`)."""

import threading
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter, SimpleRouter

import board.api.map
import board.api.worrying
import command.api.routes
import duty.api.routes
import early_warning.urls
import hazards.api.routes
import journal.urls
import norms.urls
import notify.urls
import org.urls
import plans.api.routes
import web.urls

APPS = (
    web.urls,
    journal.urls,
    norms.urls,
    notify.urls,
    org.urls,
    duty.api.routes,
    hazards.api.routes,
    plans.api.routes,
    command.api.routes,
    early_warning.urls,
    board.api.map,
    board.api.worrying,
)

_ONE_SCHEMA_AT_A_TIME = threading.Lock()


class SchemaView(SpectacularAPIView):
    """drf-spectacular loads its extensions without a lock: the first requests of a process would fail side by side."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with _ONE_SCHEMA_AT_A_TIME:
            return super().dispatch(request, *args, **kwargs)


root = DefaultRouter()
v1: list[URLPattern | URLResolver] = []
# Routing by prefix: each app's routes hang under their first word, or each request would try most of one flat list.
for app in APPS:
    for prefix, viewset in getattr(app, "router_entries", ()):
        root.register(prefix, viewset, basename=prefix)
        routes = SimpleRouter()
        routes.register("", viewset, basename=prefix)
        v1.append(path(f"{prefix}/", include(routes.urls)))
    v1 += getattr(app, "api_urlpatterns", [])
v1.append(path("", root.get_api_root_view(), name="api-root"))

urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
