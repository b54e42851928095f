"""Documents that belong to a subject: known by their content, kept as sent, covered by the seals, only saved."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook

from journal.actions.attachments import attach, attach_document, verify_files
from journal.models import Attachment, Event
from journal.selectors.attachments import SEEN_BY, documents_of, photos_of
from journal.sentences import say
from org.models import Person
from tests.support.evil_photos import flat_png
from web import documents
from web.errors import Invalid

pytestmark = pytest.mark.django_db
PATH = "33.11.26"
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"


def named(content: bytes, name: str = "x") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def workbook() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


LETTER = zipped("[Content_Types].xml", "word/document.xml")


@pytest.fixture
def officer(demo_county: object) -> Person:
    return Person.objects.get(username="officer")


@pytest.mark.parametrize(("content", "ending"), [(PDF, "pdf"), (LETTER, "docx"), (workbook(), "xlsx")])
def test_a_document_is_kept_as_it_was_sent_and_known_by_its_content(
    officer: Person, content: bytes, ending: str
) -> None:
    kept = attach_document("incident:1", PATH, named(content, "批复.exe"), by=officer)
    assert (kept.is_photo, kept.ending) == (False, ending)
    assert Path(kept.file.path).read_bytes() == content
    event = Event.objects.get(verb="attachment.added")
    assert event.data["file_sha256"] == hashlib.sha256(content).hexdigest()
    assert "批复.exe" in say(event.verb, event.by_name, event.data, event.card)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script>",
        b"\n%PDF-1.7 with something before it",
        b"PK\x03\x04 broken off",
        LETTER[:-10],
        zipped("a.txt"),
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        zipped("[Content_Types].xml", "word/document.xml", *(f"{n}" for n in range(documents.MOST_PARTS))),
        flat_png(10, 10),
    ],
    ids=["empty", "program", "html", "late pdf", "broken zip", "cut docx", "zip", "macros", "many parts", "picture"],
)
def test_what_is_no_document_of_these_kinds_is_refused_and_leaves_nothing(officer: Person, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        attach_document("incident:1", PATH, named(content, "letter.pdf"), by=officer)
    assert list(refusal.value.fields) == ["file"]
    assert not Attachment.objects.exists()
    assert not Event.objects.filter(verb="attachment.added").exists()


def test_a_document_that_is_too_large_is_refused(officer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGEST_FILE", 20)
    with pytest.raises(Invalid):
        attach_document("incident:1", PATH, named(PDF), by=officer)


def test_only_the_kinds_that_are_wanted_are_taken(officer: Person) -> None:
    with pytest.raises(Invalid):
        attach_document("incident:1", PATH, named(workbook()), by=officer, kinds=["pdf"])
    assert attach_document("incident:1", PATH, named(PDF), by=officer, kinds=["pdf"]).ending == "pdf"


def test_the_same_document_again_is_the_same_attachment(officer: Person) -> None:
    first, second = (attach_document("incident:1", PATH, named(PDF), by=officer) for _ in range(2))
    assert first == second
    assert Event.objects.filter(verb="attachment.added").count() == 1


def test_a_document_is_no_photo_where_photos_are_asked_for(officer: Person) -> None:
    document = attach_document("incident:1", PATH, named(PDF), by=officer)
    photo = attach("incident:1", PATH, io.BytesIO(flat_png(10, 10)), by=officer)
    assert list(photos_of(["incident:1"])) == [photo]
    assert list(documents_of(["incident:1"])) == [document]


def test_the_sent_name_reaches_no_path_and_no_header(officer: Person, settings: object) -> None:
    kept = attach_document("sample:7", PATH, named(PDF, '../../etc/passwd\r\nX-Evil: 1".pdf'), by=officer)
    assert kept.file.path.startswith(str(settings.MEDIA_ROOT))  # type: ignore[attr-defined]
    client = Client()
    client.force_login(officer)
    with SEEN_BY.lent({"sample": lambda person, pk: person == officer}):
        answer = client.get(f"/attachments/{kept.pk}/")
    assert answer["Content-Disposition"] == f'attachment; filename="document-{kept.pk}.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "X-Evil" not in answer
    assert answer.content == PDF


def test_a_document_is_covered_by_the_seals(officer: Person) -> None:
    kept = attach_document("incident:1", PATH, named(PDF), by=officer)
    assert verify_files() == []
    Path(kept.file.path).write_bytes(PDF + b" ")
    (breach,) = verify_files()
    assert "another one" in breach.reason
    Path(kept.file.path).write_bytes(PDF)
    call_command("verify_journal")
