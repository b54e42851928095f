"""Lays out one sheet as PDF: ``python -m web.press`` reads a job from standard input and writes the PDF to standard
output. The job is JSON: ``html``, ``static_url`` and ``folders``, in which files under that address are looked for.

It runs in a process of its own (web/paper.py starts it) because a layout takes a core for seconds and Pango is C:
neither may stall or end a web server that holds everybody's sockets. It knows no Django, no database and no network.
"""

from __future__ import annotations

import json
import mimetypes
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

HERE = "http://sheet.invalid"
"""Base URL of a sheet: a host name that never resolves (RFC 2606)."""


class LocalFiles(URLFetcher):
    """URL fetcher for WeasyPrint that reads files of the given folders only: any other URL, or a missing file, ends the
    layout.
    """

    def __init__(self, static_url: str, folders: list[str]) -> None:
        super().__init__(fail_on_errors=True)
        self.static_url = static_url
        self.folders = [Path(folder).resolve() for folder in folders]

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(HERE + self.static_url):
            raise PermissionError(f"a sheet reads local files only, not {url[:200]}")
        file = self._file(unquote(urlsplit(url).path).removeprefix(self.static_url))
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})

    def _file(self, name: str) -> Path:
        for folder in self.folders:
            file = (folder / name).resolve()
            if file.is_relative_to(folder) and file.is_file():
                return file
        raise FileNotFoundError(f"no static file {name[:200]}")


def pressed(html: str, static_url: str, folders: list[str]) -> bytes:
    """The sheet as PDF, with the glyphs it uses embedded. FatalURLFetchingError where it names what it may not read."""
    return HTML(string=html, base_url=HERE, url_fetcher=LocalFiles(static_url, folders)).write_pdf(pdf_tags=True)


def main() -> int:
    job = json.load(sys.stdin.buffer)
    try:
        pdf = pressed(job["html"], job["static_url"], job["folders"])
    except FatalURLFetchingError as refused:
        sys.stderr.write(f"{refused}: {refused.__cause__}\n")
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
