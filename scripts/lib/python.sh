# shellcheck shell=bash
# Finds a Python and makes the virtual environment from a lock file.

# Have Python write .pyc files: otherwise each of the many processes would compile all of Django anew, several seconds of a
# core each time.
unset PYTHONDONTWRITEBYTECODE

# The first of these that is Python 3.11 to 3.13 and can make environments. The system's own comes first: it is built with
# what it learnt from running: pages take an eighth less time than on one that a version manager has built without.
find_python() {
  local name
  for name in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    "$name" -c 'import sys, venv, ensurepip, ssl, ctypes
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 || continue
    command -v "$name"
    return
  done
  return 1
}

# make_environment LOCK [ALSO]: $VENV holds exactly what LOCK pins (or what ALSO, a larger lock, pins).
# The stamp is written last: an environment without its stamp was left half-made, and is made anew.
make_environment() {
  local lock=$1 also=${2:-} python stamp
  python=$(find_python)
  stamp=$VENV/.made-from
  # One at a time, even after its starter was killed: what installs holds the lock as well.
  exec 8>"$VENV.lock"
  flock -n 8 || { say "Another installation into $VENV is at work; waiting for it to end." && flock -w 900 8; } ||
    die "something still holds $VENV.lock"
  fill_environment
  exec 8>&-
}

fill_environment() { # with the variables of make_environment
  if [[ -e $stamp && -x $VENV/bin/python ]]; then
    [[ $(<"$stamp") == "$(environment_mark "$lock")" ]] && return
    [[ -n $also && $(<"$stamp") == "$(environment_mark "$also")" ]] && return
  fi
  step "Installing the Python packages of ${lock##*/} ($("$python" --version))"
  # Programs in an environment carry its path, and its packages are for one Python: after a move or an upgrade of the
  # system it is made from nothing.
  if [[ ! -x $VENV/bin/uv || "$(tail -n 1 "$stamp" 2>/dev/null)" != "$(environment_place)" ]]; then
    rm -f "$stamp"
    work "$python" -m venv --clear "$VENV" || die "could not make the environment $VENV"
  fi
  rm -f "$stamp"
  install_lock "$lock" "$python"
  environment_mark "$lock" >"$stamp.new"
  mv "$stamp.new" "$stamp"
}

environment_mark() { # LOCK: changes with every pin, and with the place
  sha256sum <"$1" | cut -d ' ' -f 1
  environment_place
}

environment_place() { # one line
  printf '%s %s\n' "$("$VENV/bin/python" --version 2>&1)" "$VENV"
}

install_lock() { # LOCK PYTHON: with uv, which is many times quicker; with pip where uv cannot be had
  local lock=$1 python=$2
  follow_pip_settings
  if [[ ! -x $VENV/bin/uv ]]; then
    lines_of_uv "$lock" >"$VENV/uv.txt"
    work "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$VENV/uv.txt" ||
      warn "uv could not be installed; going on with pip"
  fi
  if [[ -x $VENV/bin/uv ]] && work "$VENV/bin/uv" pip sync --quiet --require-hashes --python "$VENV/bin/python" "$lock"; then
    return
  fi
  warn "installing with pip, which takes longer"
  work "$python" -m venv --clear "$VENV"
  work "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
    die "the Python packages could not be installed (is there a network? a mirror is set with pip's or uv's own settings)"
}

lines_of_uv() { # LOCK: the pin of uv with its hashes
  awk '/^[a-z]/ { mine = /^uv==/ } mine' "$1"
}

follow_pip_settings() { # uv does not read pip's settings: a place with a mirror has it there
  local index certificate
  index=$("$VENV/bin/python" -m pip config get global.index-url 2>/dev/null || true)
  index=${PIP_INDEX_URL:-$index}
  if [[ -n $index && -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]]; then export UV_DEFAULT_INDEX=$index; fi
  certificate=$("$VENV/bin/python" -m pip config get global.cert 2>/dev/null || true)
  certificate=${PIP_CERT:-$certificate}
  if [[ -n $certificate && -z ${SSL_CERT_FILE:-} ]]; then export SSL_CERT_FILE=$certificate; fi
  # A network with an authority of its own has told the system of it, as pip's Python and apt expect.
  export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1}
}
