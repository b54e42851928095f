"""What an import asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MAX_MB = 50


class UploadForm(forms.Form):
    """A file of one of ``suffixes``, of at most `MAX_MB`; none where one is ``kept`` from before."""

    suffixes: tuple[str, ...] = ()

    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, kept: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kept:
            del self.fields["file"]
            return
        self.fields["file"].widget.attrs.update({"class": "form-control", "accept": ",".join(self.suffixes)})

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(self.suffixes):
            raise forms.ValidationError(_("Choose a file of the kind %(kinds)s.") % {"kinds": ", ".join(self.suffixes)})
        if (file.size or 0) > MAX_MB * 1024 * 1024:
            raise forms.ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": MAX_MB})
        return file


class PeopleForm(UploadForm):
    suffixes = (".xlsx",)

    replace = forms.BooleanField(
        label=_("Replace whoever holds the post now"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class UnitsForm(UploadForm):
    suffixes = (".xlsx",)


class BoundariesForm(UploadForm):
    suffixes = (".geojson", ".json", ".zip")

    crs = forms.CharField(
        label=_("Coordinate system, where the file does not say"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"class": "form-control", "placeholder": "EPSG:4549, GCJ-02", "autocomplete": "off"}
        ),
    )
    source = forms.CharField(
        label=_("Source, shown beside the map"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    # Chosen on the next page, which shows what columns the file has.
    code_column = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput())
    name_column = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput())
