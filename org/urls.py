"""Pages under /register/ and routes under /api/v1/."""

from django.urls import path, re_path

from org.api.headquarters import HeadquartersViewSet
from org.api.units import PostViewSet, UnitViewSet
from org.views import headquarters, register

router_entries = [("units", UnitViewSet), ("posts", PostViewSet), ("headquarters", HeadquartersViewSet)]

urlpatterns = [
    path("", register.units, name="register"),
    re_path(r"^units/(?P<code>[0-9A-Za-z]{6,15})/$", register.unit, name="register-unit"),
    path("headquarters/", headquarters.headquarters, name="register-headquarters"),
    path("headquarters/new/", headquarters.create, name="register-headquarters-new"),
    path("headquarters/<int:pk>/", headquarters.change, name="register-headquarters-change"),
    path("headquarters/<int:pk>/seats/new/", headquarters.seat, name="register-headquarters-seat"),
    path("headquarters/<int:pk>/seats/<int:seat>/", headquarters.unseat, name="register-headquarters-unseat"),
    path("import/", register.imports, name="register-import"),
    path("import/units/template/", register.units_template, name="register-units-template"),
    path("import/people/template/", register.people_template, name="register-people-template"),
    path("import/people/export/", register.people_export, name="register-people-export"),
    re_path(r"^import/(?P<kind>people|boundaries|units)/$", register.preview, name="register-preview"),
    re_path(r"^import/(?P<kind>people|boundaries|units)/confirm/$", register.confirm, name="register-confirm"),
]
