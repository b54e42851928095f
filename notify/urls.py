from django.urls import path

from notify import views
from notify.api.deliveries import DeliveryViewSet
from notify.api.door import ReceiptDoor, ReceiptDoorByAddress, ReplyDoor, ReplyDoorByAddress
from notify.api.push import PushView

app_name = "notify"

urlpatterns = [
    path("me/alarms/", views.alarms, name="alarms"),
    path("me/alarms/acknowledge/", views.acknowledge_shown, name="acknowledge_shown"),
    path("me/alarms/<int:message_id>/answer/", views.answer, name="answer"),
    path("me/alarms/<int:message_id>/acknowledge/", views.acknowledge, name="acknowledge"),
]

router_entries = [("deliveries", DeliveryViewSet)]

api_urlpatterns = [
    path("me/push/", PushView.as_view(), name="me-push"),
    path("inbound/receipt/<slug:account>/", ReceiptDoor.as_view(), name="inbound-receipt"),
    path("inbound/receipt/<slug:account>/<str:token>/", ReceiptDoorByAddress.as_view(), name="inbound-receipt-token"),
    path("inbound/reply/<slug:account>/", ReplyDoor.as_view(), name="inbound-reply"),
    path("inbound/reply/<slug:account>/<str:token>/", ReplyDoorByAddress.as_view(), name="inbound-reply-token"),
]
