"""Kinds of subjects of norms; a number has no status."""

from __future__ import annotations

from journal.rules.subjects import subject_kinds

subject_kinds(number="norms.Number")
