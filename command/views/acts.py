"""Acts with a form, as every app's pages do them (journal/pages.py)."""

from journal.pages import Act, done, go, perform, posted

__all__ = ["Act", "done", "go", "perform", "posted"]
