"""All addresses: pages by app, the API under /api/, and the machine's own endpoints."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from emergency.login import SignIn

urlpatterns = [
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    path("admin/", admin.site.urls),
    path("api/", include("emergency.api")),
    path("", include("emergency.health")),
]
# TEMPORARY while apps are being written in parallel.
for prefix, module in (
    ("register/", "org.urls"),
    ("", "notify.urls"),
    ("duty/", "duty.urls"),
    ("", "command.urls"),
    ("warnings/", "early_warning.urls"),
    ("", "board.urls"),
):
    try:
        urlpatterns.append(path(prefix, include(module)))
    except ImportError as error:
        print(f"SKIPPED {module}: {error}")

handler403 = "emergency.pages.forbidden"
handler404 = "emergency.pages.not_found"
handler500 = "emergency.pages.broken"
