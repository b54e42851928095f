"""Pages of command, at the root of the site."""

from django.urls import path, register_converter

from command.views import (
    five_stops,
    incident_acts,
    incidents,
    ladders,
    me,
    me_contact,
    order_acts,
    orders,
    phone,
    photos,
    proposals,
    respond_acts,
    response,
    start,
)
from command.views.converters import MoveVerb, UnitCode

register_converter(UnitCode, "unitcode")
register_converter(MoveVerb, "incidentmove")

app_name = "command"

urlpatterns = [
    path("start/", start.start, name="start"),
    path("me/", me.me, name="me"),
    path("me/contact/", me_contact.contact, name="me_contact"),
    path("me/phone/", me.change_phone, name="me_phone"),
    path("me/phone/confirm/", me.confirm_phone, name="me_confirm"),
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/new/", incidents.new_incident, name="incident_new"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("incidents/<int:pk>/units/", incidents.units_in_area, name="incident_units"),
    path("incidents/<int:pk>/level/", incident_acts.level, name="incident_level"),
    path("incidents/<int:pk>/end/", incident_acts.end, name="incident_end"),
    path("incidents/<int:pk>/offer/", incident_acts.offer, name="incident_offer"),
    path("incidents/<int:pk>/accept/", incident_acts.accept, name="incident_accept"),
    path("incidents/<int:pk>/decline/", incident_acts.decline, name="incident_decline"),
    path("incidents/<int:pk>/<incidentmove:verb>/", incident_acts.move, name="incident_move"),
    path("incidents/<int:pk>/response/", respond_acts.plan_level, name="incident_plan"),
    path("incidents/<int:pk>/response/who/", respond_acts.plan_level_who, name="incident_plan_who"),
    path("responses/<int:pk>/tasks/", response.tasks, name="response_tasks"),
    path("responses/<int:pk>/print/", response.sheet, name="response_print"),
    path("responses/<int:pk>/mine/", response.checklist, name="checklist"),
    path("responses/<int:pk>/approve/", respond_acts.approve, name="response_approve"),
    path("responses/<int:pk>/stop/", respond_acts.stop, name="response_stop"),
    path("responses/<int:pk>/conditions/<slug:code>/", respond_acts.condition, name="response_condition"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/who/", proposals.who, name="proposal_who"),
    path("proposals/<int:pk>/accept/", proposals.accept, name="proposal_accept"),
    path("proposals/<int:pk>/refuse/", proposals.refuse, name="proposal_refuse"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/new/", orders.new_order, name="order_new"),
    path("orders/preview/", orders.preview, name="order_preview"),
    path("orders/five-stops/", five_stops.five_stops, name="five_stops"),
    path("orders/five-stops/<int:pk>/lift/", five_stops.lift, name="five_stops_lift"),
    path("orders/mine/", phone.mine, name="mine"),
    path("orders/mine/<int:pk>/", phone.one, name="mine_one"),
    path("orders/mine/<int:pk>/act/", phone.act, name="mine_act"),
    path("orders/area/", phone.area, name="area"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/places/<unitcode:code>/", orders.place, name="order_place"),
    path("orders/<int:pk>/print/", orders.sheet, name="order_print"),
    path("orders/<int:pk>/remind/", order_acts.remind, name="order_remind"),
    path("orders/<int:pk>/call-off/", order_acts.call_off, name="order_call_off"),
    path("orders/ladders/", ladders.ladder_list, name="ladders"),
    path("orders/ladders/<slug:colour>/", ladders.edit, name="ladder_edit"),
    path("orders/ladders/<slug:colour>/night/", ladders.night, name="ladder_night"),
    path("assignments/<int:pk>/reassign/", order_acts.reassign, name="assignment_reassign"),
    path("assignments/<int:pk>/answer/", order_acts.answer, name="assignment_answer"),
    path("assignments/<int:pk>/verify/", order_acts.verify, name="assignment_verify"),
    path("assignments/<int:pk>/send-back/", order_acts.send_back, name="assignment_send_back"),
    path("attachments/<int:pk>/", photos.photo, name="photo"),
]
