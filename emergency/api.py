"""The API's routes under /api/: each app hands in its own (`router_entries`, `api_urlpatterns`)."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter, SimpleRouter

import board.api.map
import command.api.routes
import duty.api.routes
import early_warning.urls
import hazards.api.routes
import journal.urls
import org.urls
import plans.api.routes
import web.urls

APPS = (
    web.urls,
    journal.urls,
    org.urls,
    duty.api.routes,
    hazards.api.routes,
    plans.api.routes,
    command.api.routes,
    early_warning.urls,
    board.api.map,
)

root = DefaultRouter()
v1 = []
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
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
