"""``python -m bench NAME``: founds the demo county in an empty database and runs one measurement, or all."""

from __future__ import annotations

import os
import platform
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emergency.settings")


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from bench import duty, hazards, journal, live, map, order, plans, reach, timers, verify
    from bench.rates import lift
    from bench.report import additions

    parts = (order, plans, duty, map, timers, hazards, journal, live, reach, verify)
    known = {part.__name__.removeprefix("bench."): part.run for part in parts}
    wanted = sys.argv[1] if len(sys.argv) > 1 else "all"
    if wanted not in (*known, "all"):
        sys.exit(f"bench knows {', '.join(known)} and all, not {wanted!r}")
    lift()
    call_command("migrate", verbosity=0)
    call_command("found_demo")
    speed = f"{additions():.1f} million additions a second"
    print(f"{platform.python_version()}, {os.cpu_count()} cores of {speed} each, load {os.getloadavg()[0]:.1f}")
    for name, run in known.items():
        if wanted in (name, "all"):
            print(f"\n== {name}", flush=True)
            run()


if __name__ == "__main__":
    main()
