"""Acts with a form, as every app's pages do them (web/dialogs.py)."""

from web.dialogs import Act, done, go, perform, posted

__all__ = ["Act", "done", "go", "perform", "posted"]
