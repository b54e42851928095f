"""The API's routes under /api/: each app hands in its own (`router_entries`, `api_urlpatterns`)."""

from importlib import import_module

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import DefaultRouter

# TEMPORARY tolerance while apps are being written in parallel.
APPS = []
for name in ("journal.urls", "org.urls", "duty.api", "command.api", "early_warning.urls", "board.api"):
    try:
        APPS.append(import_module(name))
    except ImportError as error:
        print(f"SKIPPED {name}: {error}")

router = DefaultRouter()
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
