"""``POST /api/v1/hazards/`` and ``POST /api/v1/hazards/ID/photos/``: the doors that phones and other systems use."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from hazards.actions.file import file_hazard
from hazards.actions.photograph import add_photo
from hazards.cards import hazard_card
from hazards.models import Hazard, Photo
from hazards.rules.filing import NewHazard, filing_of
from hazards.rules.words import Door
from hazards.selectors import photos
from journal.api.once import acts_once
from web.errors import Invalid
from web.requests import ApiRequest
from web.rest import JSONParser, checked
from web.schema import UploadField


class NewPhoto(serializers.Serializer):
    """The body of ``POST /api/v1/hazards/ID/photos/``, as multipart."""

    photo = UploadField(required=False, help_text="JPEG, PNG or WebP of at most 30 MB; `file` is taken too.")
    file = UploadField(required=False)
    shows = serializers.ChoiceField(Photo.Shows.choices, required=False, default=Photo.Shows.BEFORE)
    sha256 = serializers.CharField(required=False, allow_blank=True, default="", help_text="Of the bytes sent.")
    original_sha256 = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Of the camera's file, when it was scaled down."
    )
    pair = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="Photo of the other side.")


class FilingMixin(viewsets.GenericViewSet):
    """For the view set of tickets."""

    @extend_schema(request=NewHazard)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        filing = filing_of(checked(NewHazard, request))
        hazard, new = file_hazard(filing, by=request.user, door=Door.API if request.auth else Door.PHONE)
        return Response(ticket(hazard), status=201 if new else 200)

    @extend_schema(request={"multipart/form-data": NewPhoto})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, JSONParser])
    def photos(self, request: ApiRequest, pk: str) -> Response:
        data = photo_fields(request)
        photo, new = add_photo(int(pk), data.pop("photo"), by=request.user, **data)
        return Response(photos.receipt(photo), status=201 if new else 200)


def ticket(hazard: Hazard) -> dict[str, Any]:
    """The ticket as its filer gets it back."""
    return {**hazard_card(hazard), "client_id": hazard.client_id, "door": hazard.door, "filed_at": hazard.filed_at}


def photo_fields(request: ApiRequest) -> dict[str, Any]:
    """The photo and its particulars. Invalid (``photo``) when there is none; what an empty file is, the reader says."""
    photo = request.FILES.get("photo") or request.FILES.get("file")
    if photo is None:
        raise Invalid.field("photo", _("No photo was sent."))
    plain = {name: value for name, value in cast(dict[str, Any], request.data).items() if name not in ("photo", "file")}
    if unknown := sorted(set(plain) - set(NewPhoto().fields)):
        raise exceptions.ValidationError({name: [_("There is no such field.")] for name in unknown})
    bound = NewPhoto(data=plain)
    bound.is_valid(raise_exception=True)
    return {"photo": photo, **bound.validated_data}
