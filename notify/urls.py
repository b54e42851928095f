from django.urls import path

from notify import views

app_name = "notify"

urlpatterns = [
    path("me/alarms/", views.alarms, name="alarms"),
    path("me/alarms/acknowledge/", views.acknowledge_shown, name="acknowledge_shown"),
    path("me/alarms/<int:message_id>/answer/", views.answer, name="answer"),
    path("me/alarms/<int:message_id>/acknowledge/", views.acknowledge, name="acknowledge"),
]
