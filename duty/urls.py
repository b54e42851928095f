from django.urls import path

from duty import views

app_name = "duty"

urlpatterns = [
    path("ical/<str:token>.ics", views.calendar_feed, name="ical"),
]
