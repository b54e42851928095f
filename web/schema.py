"""The API's schema (drf-spectacular): what each operation answers, and how it refuses.

A view says what its verbs answer: ``shape`` is a row of its list, ``shape_whole`` one thing with all that hangs on
it, and ``shapes`` what a verb answers that is neither, with its status where that is not 200. Refusals are the same
everywhere (web/rest.py), so they are told here once.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers


@extend_schema_field({"$ref": "#/components/schemas/Complaints"})
class ComplaintsField(serializers.DictField):
    """A recursive schema component, which no serializer can express: settings.py writes it out."""


@extend_schema_serializer(many=False)
class Error(serializers.Serializer):
    """``code`` is for programs and stays; ``detail`` is a sentence; ``fields`` are a field's complaints."""

    code = serializers.CharField()
    detail = serializers.CharField()
    fields = ComplaintsField()  # type: ignore[assignment]


@extend_schema_serializer(many=False)
class ConflictError(Error):
    """The thing has moved on: ``current`` is its present state, where there is one to tell."""

    current = serializers.DictField(required=False)


@extend_schema_field(OpenApiTypes.BINARY)
class UploadField(serializers.FileField):
    """A file in a multipart body, declared as binary: by default it would be declared as a URL."""


ALWAYS = ("400", "401", "403", "404", "405", "406", "414", "429", "503")
WITH_BODY = ("413", "415")
DESCRIPTIONS = {
    "400": "Something in the address or the body cannot be taken; `fields` says what.",
    "401": "Nobody is signed in, or the token is not known.",
    "403": "This person may not do this.",
    "404": "There is nothing here, or it lies outside the jurisdiction.",
    "405": "This address does not know this method.",
    "406": "Nothing that `Accept` names is answered here.",
    "409": "It has changed meanwhile, or its state does not allow this.",
    "413": "The body is too large.",
    "414": "The address is too long.",
    "415": "The body's content type is not read here.",
    "429": "Too many requests; `Retry-After` tells when to come again.",
    "503": "Too busy, or a part is away; nothing was stored. Come again after `Retry-After` seconds.",
}


class OurSchema(AutoSchema):
    def get_response_serializers(self) -> Any:
        """The response shapes that the view declares; free JSON where it declares none."""
        view, verb = self.view, getattr(self.view, "action", None)
        told = getattr(view, "shapes", {}).get(verb)
        if told is not None:
            return told if isinstance(told, dict) else {200: told}
        row = getattr(view, "shape", None)
        if row is None:
            found = super().get_response_serializers()
            is_empty = isinstance(found, serializers.Serializer) and not found.fields
            return OpenApiTypes.OBJECT if found is None or is_empty else found
        shown = row if verb == "list" else getattr(view, "shape_whole", row)
        return {201 if verb == "create" else 200: shown}

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for code in self._refusals():
            if code not in bodies:
                refusal = ConflictError if code == "409" else Error
                bodies[code] = self._get_response_for_code(refusal, code, ["application/json"], direction)
            bodies[code]["description"] = bodies[code].get("description") or DESCRIPTIONS[code]
        return dict(sorted(bodies.items()))

    def _refusals(self) -> tuple[str, ...]:
        # A list may be asked for what has moved on too: a plan's version, say.
        return (*ALWAYS, "409", *(WITH_BODY if self.method in ("POST", "PUT", "PATCH") else ()))
