# shellcheck shell=bash
# Databases, files and settings for the time of one command: tests and measurements. Everything is gone at its end.

SCRATCH=
HELD=()

# begin_scratch NEEDS...: from here on everything is cleared up, whichever way the script ends.
begin_scratch() {
  trap clear_scratch EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  APT_LOG=$(mktemp)
  unguard_host
  ensure "$@"
}

# prefer_memory GIGABYTES: what is made for this run is kept in memory where there is that much room, and twice as much
# left for the run itself. tmpfs: a disk's file system takes ten times as long to copy a database of a thousand files.
prefer_memory() {
  local kilobytes=$(($1 * 1024 * 1024)) folder=/dev/shm
  [[ -z ${TMPDIR:-} && -w $folder && $(stat --file-system --format %T "$folder") == tmpfs ]] || return 0
  [[ $(findmnt --noheadings --output OPTIONS --target "$folder") != *noexec* ]] || return 0
  (($(df --output=avail -k "$folder" | tail -n 1) > kilobytes)) || return 0
  (($(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) > 3 * kilobytes)) || return 0
  export TMPDIR=$folder
}

# A folder of this run alone. PostgreSQL's account must be able to get into it, so not under a closed home.
make_scratch() {
  local base
  PG_ACCOUNT=$(postgres_account)
  for base in "${TMPDIR:-/tmp}" /tmp /var/tmp; do
    if [[ -w $base ]] && as_postgres test -x "$base"; then break; fi
  done
  SCRATCH=$(mktemp -d "$base/sanji-$PROGRAM.XXXXXX")
  chmod 711 "$SCRATCH"
  LOCAL=$SCRATCH
  mkdir "$SCRATCH/log" "$SCRATCH/media"
}

start_scratch_databases() { # [PostgreSQL options]
  PG_BIN=$(find_postgres)
  choose_postgres_home "$ROOT"
  choose_socket "$SCRATCH"
  make_cluster
  REDIS_PORT=$(free_port)
  REDIS_PASSWORD=$(random_word 16)
  write_redis_settings "$SCRATCH/redis.conf" "$REDIS_PORT" "$REDIS_PASSWORD"
  become_postgres "$PG_BIN/postgres" -D "$PG_HOME/data" -k "$PG_SOCKET" -c listen_addresses= -c max_connections=200 \
    -c shared_buffers=512MB "$@" \
    >"$SCRATCH/log/postgres.log" 2>&1 &
  HELD+=($!)
  "$(find_redis)" "$SCRATCH/redis.conf" >"$SCRATCH/log/redis.log" 2>&1 &
  HELD+=($!)
  wait_for 60 "PostgreSQL or Redis" scratch_databases_answer || { tail -n 20 "$SCRATCH"/log/*.log >&2; exit 1; }
  make_database
}

scratch_databases_answer() { postgres_answers && redis_answers "$REDIS_PORT"; }

settle_scratch_environment() { # nothing of the caller's own settings may leak in
  export DATABASE_URL REDIS_URL STATIC_ROOT=$SCRATCH/static MEDIA_ROOT=$SCRATCH/media JOURNAL_ANCHORS=$SCRATCH/anchors
  DATABASE_URL=$(database_url)
  REDIS_URL=redis://:$REDIS_PASSWORD@127.0.0.1:$REDIS_PORT/0
  export SECRET_KEY=for-a-scratch-system-and-nothing-else-0123456789-0123456789 ALLOWED_HOSTS='*' DEMO=1 DEBUG=0
  export PATH=$VENV/bin:$PATH PYTHONUNBUFFERED=1 SANJI_VENV=$VENV
  unset DJANGO_SETTINGS_MODULE PYTHONPATH PYTHONHOME TILE_URL TILE_KEY LOG_FORMAT WEB_PUSH HTTPS CSRF_TRUSTED_ORIGINS PORT HOST
}

clear_scratch() {
  local status=$? pid
  trap - EXIT
  trap '' INT TERM HUP
  stop_work
  unguard_host
  for pid in "${HELD[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${HELD[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [[ -n ${PG_SOCKET:-} && $PG_SOCKET != "$SCRATCH"/* ]]; then rm -rf "$PG_SOCKET"; fi
  rm -rf "$SCRATCH" "$APT_LOG"
  exit "$status"
}
