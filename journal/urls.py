from django.urls import path

from journal.api.events import EventsView

api_urlpatterns = [path("events/", EventsView.as_view(), name="events")]
