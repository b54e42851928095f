"""For migrations of any app that lay down the defaults of its numbers: ``migrations.RunPython(*lay_down("code", …))``."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import override

from norms.rules.numbers import NUMBERS

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def lay_down(*codes: str) -> tuple[Callable[..., None], Callable[..., None]]:
    """Forwards and backwards. A number that is there already stays as it is. The migration depends on norms 0001."""

    def add(apps: Any, schema_editor: Any) -> None:
        rows = apps.get_model("norms", "Number").objects
        for code in codes:
            kind = NUMBERS[code]
            with override("en"):
                values = {"value": kind.default, "measure": kind.measure.value, "source": str(kind.source)}
            rows.get_or_create(code=code, unit=None, effective_from=SINCE, defaults=values)

    def remove(apps: Any, schema_editor: Any) -> None:
        apps.get_model("norms", "Number").objects.filter(code__in=codes).delete()

    return add, remove
