"""Database triggers: a version that has left draft keeps its text, and so do its levels and actions."""

from __future__ import annotations

import pgtrigger

_LEFT_DRAFT = "a version of a plan that has left draft is immutable"

VERSION_KEEPS = pgtrigger.Trigger(
    name="keeps_its_text",
    operation=pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func=f"""
        IF OLD.status = 'draft' THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR OLD.status = 'superseded' THEN
            RAISE EXCEPTION '{_LEFT_DRAFT}' USING ERRCODE = 'restrict_violation';
        END IF;
        IF (OLD.plan_id, OLD.number, OLD.summary, OLD.basis, OLD.created_by_id, OLD.created_at)
            IS DISTINCT FROM (NEW.plan_id, NEW.number, NEW.summary, NEW.basis, NEW.created_by_id, NEW.created_at)
        THEN
            RAISE EXCEPTION '{_LEFT_DRAFT}' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    """,
)
"""Beside its state it takes on who approved it and the receipt of its filing; once superseded, nothing."""

PART_KEEPS = pgtrigger.Trigger(
    name="keeps_its_text",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func=f"""
        IF TG_OP <> 'INSERT' AND EXISTS (
            SELECT 1 FROM plans_version v WHERE v.id = OLD.version_id AND v.status <> 'draft'
        ) OR TG_OP <> 'DELETE' AND EXISTS (
            SELECT 1 FROM plans_version v WHERE v.id = NEW.version_id AND v.status <> 'draft'
        ) THEN
            RAISE EXCEPTION '{_LEFT_DRAFT}' USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)
"""For levels and actions."""

NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    operation=pgtrigger.Truncate,
    when=pgtrigger.Before,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'versions of plans are kept: cannot truncate %', TG_TABLE_NAME;",
)
