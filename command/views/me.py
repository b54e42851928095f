"""The person's own page: posts, phone, language, theme, sound, sign-out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from command.views.acts import Act, perform, posted
from command.views.forms import PhoneNumberForm
from command.views.me_contact import contact_context
from command.views.me_push import push_context
from command.views.phone import phone_frame
from command.views.start import on_the_ground
from org import actions as org
from org.models import Appointment
from org.selectors.register import held_now
from web.dialogs import NoFields
from web.requests import Request


def me(request: Request) -> HttpResponse:
    rows = (
        held_now(Appointment.objects.filter(person=request.user)).select_related("unit", "post").defer("unit__boundary")
    )
    posts = list(rows.order_by("unit__path", "post__rank"))
    frame = "base_phone.html" if on_the_ground(posts) else "base.html"
    context = {"posts": posts, "frame_base": frame, "tab": "me", **contact_context(request.user, posts)}
    context |= push_context(request.user)
    return render(request, "command/me.html", {**context, **phone_frame(request.user)})


def change_phone(request: Request) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        org.change_phone(request.user, phone=data["phone"], by=request.user)
        return _("Your number is stored. Confirm it once you were reached on it.")

    form = PhoneNumberForm(posted(request), initial={"phone": request.user.phone})
    note = _("Duty desks see this number. Alarms ring it once the county has an account at a gateway.")
    return perform(request, Act(_("Change my number"), _("Store"), form, do, reverse("command:me"), note=note))


@require_POST
def confirm_phone(request: Request) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        org.confirm_phone(request.user, by=request.user)
        return _("Number confirmed.")

    act = Act(_("Confirm my number"), _("This is my number"), NoFields(posted(request)), do, reverse("command:me"))
    return perform(request, act)
