"""Which files of our packages are served: those that a page of ours asks for."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class ServedFiles(StaticFilesConfig):
    """Static files of packages, without those that no page of ours loads: two thirds of all bytes, each of which would
    be hashed, stored twice and compressed.
    """

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "*-src.js"),  # for the packages' own authors
        *("jquery.js", "xregexp.js", "select2.full.js"),  # the admin takes the small ones, except with DEBUG
        *("htmax-*", "htmx-4*", "htmx-2.js", "htmx-2-compat*", "hx-*"),
        *("redoc", "rest_framework"),  # the API's documentation is Swagger's, and nobody browses the API in HTML
    ]
