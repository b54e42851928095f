#!/usr/bin/env python3
"""Fills a case's placeholders: {run} by one word a run, {now+600s} by that moment in +08:00, {now+0sZ} in UTC with a Z.

Usage: fill.py FILE... [--run WORD] [--into DIR]      without --into the texts go to standard output
"""
import argparse
import datetime as dt
import pathlib
import re
import sys
import uuid


def fill(text: str, run: str, now: dt.datetime) -> str:
    def moment(m):
        at = now + dt.timedelta(seconds=int(m[1]))
        return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if m[2] else at.isoformat()
    return re.sub(r"\{now([+-]\d+)s(Z?)\}", moment, text).replace("{run}", run)

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("files", nargs="+", type=pathlib.Path); p.add_argument("--run", default=uuid.uuid4().hex[:6]); p.add_argument("--into", type=pathlib.Path)
    a = p.parse_args(); now = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).replace(microsecond=0)
    for f in a.files:
        text = fill(f.read_text("utf-8"), a.run, now)
        if a.into: a.into.mkdir(parents=True, exist_ok=True); (a.into / f.name).write_text(text, "utf-8")
        else: sys.stdout.write(text)
