"""Model fields that normalise text before it is stored, whoever writes it: forms, API, imports, `bulk_create`.

What they do happens in `to_python` and `pre_save`, so a lookup by such a column is cleaned too. For the database they
are plain text: a change of an old column to one of these needs no migration.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from database import text
from database.pinyin import sort_key


class LineField(models.CharField):
    """One line of text (database/text.py `clean`)."""

    spelling: Callable[[str], str] = staticmethod(text.clean)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.spelling(value) if isinstance(value, str) else value

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = getattr(instance, self.attname)
        if isinstance(value, str):
            value = self.spelling(value)
            setattr(instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class NameField(LineField):
    """A name (database/text.py `name`): in Chinese without the spaces that fill a column."""

    spelling = staticmethod(text.name)


class SortKeyField(models.CharField):
    """The order of a Chinese name among others, by pinyin (database/pinyin.py `sort_key`): written whenever the row is
    saved with this column; `Meta.ordering` and ``order_by`` name it.
    """

    def __init__(self, *args: Any, source: str = "name", person: bool = False, **kwargs: Any) -> None:
        self.source, self.person = source, person
        kwargs = {"max_length": 960, "editable": False, "default": "", "db_collation": "C", **kwargs}
        super().__init__(*args, **kwargs)

    def pre_save(self, instance: models.Model, add: bool) -> str:
        made = sort_key(text.name(getattr(instance, self.source)), person=self.person)[: self.max_length]
        setattr(instance, self.attname, made)
        return made

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
