# shellcheck shell=bash
# What the scripts tell the person who started them.

PROGRAM=${0##*/}

say() { printf '%s\n' "$*"; }

# One line for each step, so that a slow first start is seen to be alive.
step() { printf '[%3ds] %s\n' "$SECONDS" "$*"; }

warn() { printf 'scripts/%s: %s\n' "$PROGRAM" "$*" >&2; }

switched_on() { # VALUE, written as emergency/env.py takes it
  [[ ${1,,} =~ ^(1|true|yes|on)$ ]]
}

die() {
  warn "$*"
  exit 1
}
