"""A platform and its token."""

from __future__ import annotations

TOKEN = "a-token-of-the-tests"
