"""Pages under /warnings/, the API's routes, and the door of the platforms."""

from django.urls import path

from early_warning import views
from early_warning.api.door import CapDoor
from early_warning.api.routes import QuestionViewSet, WarningViewSet

app_name = "warnings"

urlpatterns = [
    path("", views.index, name="list"),
    path("platforms/", views.platforms, name="platforms"),
    path("platforms/<int:feed_id>/attend/", views.attend, name="attend"),
    path("platforms/messages/<int:unread_id>/", views.unread_verbatim, name="unread_verbatim"),
    path("<int:warning_id>/", views.detail, name="detail"),
    path("<int:warning_id>/message.xml", views.verbatim, name="verbatim"),
    path("<int:warning_id>/area.geojson", views.outline, name="outline"),
    path("<int:warning_id>/incident/", views.take_up, name="take_up"),
    path("<int:warning_id>/kind/", views.classify, name="classify"),
    path("<int:warning_id>/dismiss/", views.dismiss, name="dismiss"),
    path("<int:warning_id>/reopen/", views.reopen, name="reopen"),
    path("questions/<int:question_id>/accept/", views.accept, name="accept"),
    path("questions/<int:question_id>/reject/", views.reject, name="reject"),
]

router_entries = [("warnings", WarningViewSet), ("warning-questions", QuestionViewSet)]

api_urlpatterns = [path("inbound/cap/", CapDoor.as_view(), name="inbound-cap")]
