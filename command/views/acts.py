"""Form dialogs for actions (web/dialogs.py), as command's pages import them."""

from web.dialogs import Act, done, go, perform, posted

__all__ = ["Act", "done", "go", "perform", "posted"]
