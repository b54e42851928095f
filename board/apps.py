from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "board"

    def ready(self) -> None:
        from board import sentences  # noqa: F401 - register
        from board.selectors import published  # noqa: F401 - a system check, asked for by its tag
