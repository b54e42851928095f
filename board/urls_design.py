"""Addresses of the design system: included at the root by board/urls.py."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import TemplateView

from board.views.design import design, set_theme

urlpatterns = [
    path("design/", design, name="design"),
    path("theme/", set_theme, name="theme"),
    path("offline/", login_not_required(TemplateView.as_view(template_name="offline.html")), name="offline"),
]
