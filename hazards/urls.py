"""Pages of hazards. The service worker and the app's manifest stand at the root: that is how far they reach."""

from django.urls import path

from hazards.views import (
    acts,
    imports,
    phone,
    posters,
    public,
    register,
    saved_filters,
    statistics,
    ticket,
    triage,
)

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
    path("hazards/", triage.queue, name="queue"),
    path("hazards/map/", triage.on_map, name="map"),
    path("hazards/export/", triage.export, name="export"),
    path("hazards/assign/", acts.bulk_owner, name="bulk_owner"),
    path("hazards/lead/", acts.bulk_leader, name="bulk_leader"),
    path("hazards/views/new/", saved_filters.keep, name="view_keep"),
    path("hazards/views/<int:pk>/forget/", saved_filters.forget, name="view_forget"),
    path("hazards/register/", register.register, name="register"),
    path("hazards/register/hazards.pdf", register.paper, name="register_paper"),
    path("hazards/statistics/", statistics.statistics, name="statistics"),
    path("hazards/statistics/export/", statistics.export, name="statistics_export"),
    path("hazards/import/", imports.sheet, name="import"),
    path("hazards/import/form.xlsx", imports.empty_sheet, name="import_form"),
    path("hazards/<int:pk>/", ticket.ticket, name="ticket"),
    path("hazards/<int:pk>/card/", ticket.card, name="card"),
    path("hazards/elsewhere/<int:pk>/", acts.looked, name="looked"),
    path("hazards/<int:pk>/acts/<slug:name>/", acts.act, name="act"),
]
