"""The desk's pages under /hazards/, in the namespace of hazards/urls.py."""

from django.urls import path

from hazards.views import acts, imports, register, saved_filters, statistics, ticket, triage

urlpatterns = [
    path("", triage.queue, name="queue"),
    path("map/", triage.on_map, name="map"),
    path("export/", triage.export, name="export"),
    path("assign/", acts.bulk_owner, name="bulk_owner"),
    path("lead/", acts.bulk_leader, name="bulk_leader"),
    path("views/new/", saved_filters.keep, name="view_keep"),
    path("views/<int:pk>/forget/", saved_filters.forget, name="view_forget"),
    path("register/", register.register, name="register"),
    path("register/hazards.pdf", register.paper, name="register_paper"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/export/", statistics.export, name="statistics_export"),
    path("import/", imports.sheet, name="import"),
    path("import/form.xlsx", imports.empty_sheet, name="import_form"),
    path("<int:pk>/", ticket.ticket, name="ticket"),
    path("<int:pk>/card/", ticket.card, name="card"),
    path("<int:pk>/papers/<int:paper>.pdf", ticket.paper, name="ticket_paper"),
    path("<int:pk>/acts/<slug:name>/", acts.act, name="act"),
]
