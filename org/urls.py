"""Pages under /register/ and routes under /api/v1/."""

from django.urls import path, re_path

from org import views
from org.api import PostViewSet, UnitViewSet

router_entries = [("units", UnitViewSet), ("posts", PostViewSet)]

urlpatterns = [
    path("", views.units, name="register"),
    re_path(r"^units/(?P<code>[0-9A-Za-z]{6,12})/$", views.unit, name="register-unit"),
    path("import/", views.imports, name="register-import"),
    path("import/people/template/", views.people_template, name="register-people-template"),
    path("import/people/export/", views.people_export, name="register-people-export"),
    re_path(r"^import/(?P<kind>people|boundaries)/$", views.preview, name="register-preview"),
    re_path(r"^import/(?P<kind>people|boundaries)/confirm/$", views.confirm, name="register-confirm"),
]
