#!/usr/bin/env python3
"""Log rotation: copies its standard input through, and keeps it in FILE, FILE.1 and so on; the oldest goes.

Usage: write_log.py FILE

One process writes for all others, so that no line is lost or torn where a file is full. It ends when nobody is left who
could say anything. A terminal that was closed and a disk that is full end nothing: the system goes on without its log.
"""

import logging
import os
import signal
import sys
from logging.handlers import RotatingFileHandler

BYTES = 20 * 1024 * 1024
FILES = 20
"""400 MB at most. A county's system writes some hundred KB a day, so that half a year and more is there (Cybersecurity
Law, article 21); whoever floods it pushes out older files, and never fills the disk."""


def main() -> None:
    os.umask(0o077)  # a log names people
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is for those who speak; what they say at their end is kept too
    logging.raiseExceptions = False
    file = RotatingFileHandler(sys.argv[1], maxBytes=BYTES, backupCount=FILES - 1, encoding="utf-8")
    heard = True
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace")
        file.emit(logging.LogRecord("", logging.INFO, "", 0, text.rstrip("\n"), None, None))
        heard = heard and passed_on(text)


def passed_on(text: str) -> bool:
    """Whether anybody still hears us."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # what is left in its buffer must not be tried again at the end
        return False
    return True


if __name__ == "__main__":
    main()
