"""Pages at the root of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("board.urls_design")),
]
