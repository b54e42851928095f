#!/usr/bin/env python
"""Django's command line for Sanji."""

import gc
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emergency.settings")
    # Looking for garbage as often as Python does by itself takes a fifteenth of a long command.
    gc.set_threshold(50_000, 20, 50)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
