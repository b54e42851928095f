"""All addresses: pages by app, the API under /api/, and the machine's own endpoints."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog, set_language

from emergency.views.login import SignIn, admin_login, session

urlpatterns = [
    path("api/", include("emergency.api")),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("me/session/", session, name="session"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("jsi18n/", login_not_required(JavaScriptCatalog.as_view()), name="javascript-catalog"),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("", include("emergency.views.health")),
    path("register/", include("org.urls")),
    path("", include("web.urls")),
    path("", include("notify.urls")),
    path("", include("norms.urls")),
    path("duty/", include("duty.urls")),
    path("plans/", include("plans.urls")),
    path("", include("hazards.urls")),
    path("", include("command.urls")),
    path("warnings/", include("early_warning.urls")),
    path("", include("board.urls")),
]

handler400 = "emergency.views.errors.refused"
handler403 = "emergency.views.errors.forbidden"
handler404 = "emergency.views.errors.not_found"
handler500 = "emergency.views.errors.broken"
