# shellcheck shell=bash
# The processes that a run started: finding them again and ending them, whatever became of the run.

# The ids of all processes that belong to this clone's .local, except our own.
our_processes() {
  local file pid
  # Processes are found by the environment variable SANJI_LOCAL; grep itself must not have it.
  env -u SANJI_LOCAL grep -lzxsF "SANJI_LOCAL=$LOCAL" /proc/[0-9]*/environ 2>/dev/null | grep -oE '[0-9]+' || true
  # PostgreSQL and Redis overwrite their environment with a title; they are known by where they stand.
  for file in "$LOCAL"/run/postgres.pid "$LOCAL"/run/redis.pid "$LOCAL"/postgres/data/postmaster.pid; do
    pid=$(head -n 1 "$file" 2>/dev/null) || continue
    case $(readlink "/proc/$pid/cwd" 2>/dev/null) in
      "$ROOT" | "$LOCAL"/postgres/data | "$(readlink -f "$LOCAL/postgres")"/data) printf '%s\n' "$pid" ;;
    esac
  done
}

end_processes() { # SIGTERM to all of ours, then SIGINT, then SIGKILL, ten seconds apart
  local pids pid deadline
  for signal in TERM INT KILL; do
    mapfile -t pids < <(our_processes | sort -un)
    ((${#pids[@]})) || return 0
    for pid in "${pids[@]}"; do kill -s "$signal" "$pid" 2>/dev/null || true; done
    deadline=$((SECONDS + 10))
    while ((SECONDS < deadline)) && [[ -n $(our_processes) ]]; do sleep 0.1; done
  done
}

wait_for() { # SECONDS WHAT COMMAND...: until the command succeeds
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < deadline)) || { warn "$what did not come within the time allowed"; return 1; }
    sleep 0.1
  done
}

WORKING=
BESIDE=() # shells of ours that go on beside what we do

# work PROGRAM...: runs in the background, so that a trap runs at once and not after a long command. Bash lets
# background jobs and their children ignore SIGINT; env resets that.
work() {
  local status=0
  env --default-signal=INT,QUIT "$@" 9>&- &
  WORKING=$!
  wait "$WORKING" || status=$?
  WORKING=
  return "$status"
}

stop_work() {
  local pid
  for pid in $WORKING "${BESIDE[@]}"; do kill "$pid" 2>/dev/null || true; done
}
