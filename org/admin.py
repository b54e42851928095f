"""The administration shows the register and changes it through the same actions as everything else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from org import actions
from org.models import Appointment, Person, Post, Responsibility, Unit


class Kept(admin.ModelAdmin):
    """Base ModelAdmin without deletion; ``editable`` fields may change, the rest is read-only."""

    editable: tuple[str, ...] = ()
    may_add = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return [name for name in self.fields or () if name not in self.editable]

    def changed(self, form: forms.ModelForm) -> dict[str, Any]:
        return {name: form.cleaned_data[name] for name in form.changed_data}


@admin.register(Unit)
class UnitAdmin(Kept):
    list_display = ("code", "name", "name_en", "level", "population", "phone", "active")
    list_filter = ("level", "active", "boundary_approximate")
    search_fields = ("code", "name", "name_en")
    fields = (
        "code",
        "level",
        "parent",
        "name",
        "name_en",
        "phone",
        "population",
        "households",
        "boundary_source",
        "boundary_approximate",
        "active",
    )
    editable = ("name", "name_en", "phone", "population", "households")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        return super().get_queryset(request).defer("boundary")

    def save_model(self, request: HttpRequest, obj: Unit, form: forms.ModelForm, change: bool) -> None:
        if changes := self.changed(form):
            actions.update_unit(obj, by=request.user, **changes)


@admin.register(Person)
class PersonAdmin(Kept):
    list_display = ("username", "name", "name_en", "phone", "phone_confirmed_at", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser", "is_device")
    search_fields = ("username", "name", "name_en", "phone")
    fields = (
        "username",
        "name",
        "name_en",
        "phone",
        "phone_confirmed_at",
        "email",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "is_device",
        "last_login",
    )
    editable = ("name", "name_en", "phone", "email", "language")
    actions = ("confirm_phones",)

    def save_model(self, request: HttpRequest, obj: Person, form: forms.ModelForm, change: bool) -> None:
        changes = self.changed(form)
        if "phone" in changes:
            actions.change_phone(obj, phone=changes.pop("phone"), by=request.user)
        if changes:
            actions.update_person(obj, by=request.user, **changes)

    @admin.action(description=_("Confirm the phone numbers"))
    def confirm_phones(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person in queryset.exclude(phone=""):
            actions.confirm_phone(person, by=request.user)


@admin.register(Post)
class PostAdmin(Kept):
    list_display = ("code", "level", "rank", "name", "name_en")
    list_filter = ("level",)
    fields = ("code", "level", "rank", "name", "name_en", "capabilities")


@admin.register(Appointment)
class AppointmentAdmin(Kept):
    list_display = ("person", "post", "unit", "role", "valid_from", "valid_to")
    list_filter = ("role", "post")
    list_select_related = ("person", "post", "unit")
    search_fields = ("person__name", "person__username", "unit__code", "unit__name")
    autocomplete_fields = ("person", "unit")
    fields = ("person", "post", "unit", "role")
    may_add = True
    actions = ("end",)

    def save_model(self, request: HttpRequest, obj: Appointment, form: forms.ModelForm, change: bool) -> None:
        if not change:
            made = actions.appoint(person=obj.person, post=obj.post, unit=obj.unit, role=obj.role, by=request.user)
            obj.pk, obj.valid_from = made.pk, made.valid_from

    @admin.action(description=_("End these appointments now"))
    def end(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        for appointment in queryset.filter(valid_to__isnull=True):
            actions.end_appointment(appointment, by=request.user)


@admin.register(Responsibility)
class ResponsibilityAdmin(Kept):
    list_display = ("unit", "hazard_kind", "site", "lead", "deputy", "superior")
    list_filter = ("hazard_kind",)
    list_select_related = ("unit", "lead", "deputy", "superior")
    search_fields = ("unit__code", "unit__name", "site")
    autocomplete_fields = ("unit", "lead", "deputy", "superior")
    fields = ("unit", "site", "hazard_kind", "lead", "deputy", "superior")
    editable = ("lead", "deputy", "superior")
    may_add = True

    def save_model(self, request: HttpRequest, obj: Responsibility, form: forms.ModelForm, change: bool) -> None:
        people = {"lead": obj.lead, "deputy": obj.deputy, "superior": obj.superior}
        made = actions.set_responsibility(
            unit=obj.unit, site=obj.site, hazard_kind=obj.hazard_kind, by=request.user, **people
        )
        obj.pk = made.pk
