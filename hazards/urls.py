"""Pages of hazards. The service worker and the app's manifest stand at the root: that is how far they reach."""

from django.urls import include, path

from hazards.views import phone, posters, public

app_name = "hazards"

urlpatterns = [
    path("sw.js", phone.worker, name="worker"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("public/hazard/", public.hazard, name="public"),
    path("hazards/file/", phone.file, name="file"),
    path("hazards/file/mine/", phone.mine, name="mine"),
    path("hazards/shell/<str:language>/", phone.shell, name="shell"),
    path("hazards/posters/", posters.posters, name="posters"),
    path("hazards/posters/new/", posters.make, name="poster_make"),
    path("hazards/posters/print/", posters.printed, name="poster_print"),
    path("hazards/posters/posters.pdf", posters.paper, name="poster_paper"),
    path("hazards/posters/<int:pk>/replace/", posters.replace, name="poster_replace"),
    path("hazards/posters/<int:pk>/end/", posters.end, name="poster_end"),
    path("hazards/", include("hazards.urls_desk")),
]
