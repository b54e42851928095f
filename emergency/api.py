"""The API's routes under /api/: each app hands in its own (`router_entries`, `api_urlpatterns`)."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import DefaultRouter

import board.api
import command.api
import duty.api
import early_warning.urls
import hazards.api
import journal.urls
import org.urls
import plans.api

APPS = (
    journal.urls,
    org.urls,
    duty.api,
    hazards.api,
    plans.api,
    command.api,
    early_warning.urls,
    board.api,
)

router = DefaultRouter()
router.include_format_suffixes = False  # there is JSON alone, and each action would have to know of the suffix
router.include_root_view = True
for app in APPS:
    for prefix, viewset in getattr(app, "router_entries", ()):
        router.register(prefix, viewset, basename=prefix)

v1 = [*router.urls]
for app in APPS:
    v1 += getattr(app, "api_urlpatterns", [])

urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
