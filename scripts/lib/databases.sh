# shellcheck shell=bash
# A private PostgreSQL and Redis: where they live, how they are made, whether they answer.
# PostgreSQL is reached through a socket in a private folder alone, so no port can clash with the host's server.

SOCKET_PATH_LIMIT=90 # bytes; Linux allows 107, less the name of the socket file in the folder

# The account that PostgreSQL runs as when we are root, as which it refuses to run. Empty: the current one.
postgres_account() {
  ((EUID == 0)) || return 0
  if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

become_postgres() { # COMMAND...: in place of this (sub)shell, so that its process id is the command's
  cd /            # the account may not be able to enter the folder that we stand in
  if [[ -z $PG_ACCOUNT ]]; then exec "$@"; fi
  exec setpriv --reuid "$PG_ACCOUNT" --regid "$(id -g "$PG_ACCOUNT")" --init-groups -- "$@"
}

as_postgres() { (become_postgres "$@"); }

own_by_postgres() { # FOLDER
  if [[ -n $PG_ACCOUNT ]]; then chown "$PG_ACCOUNT:" "$1"; fi
}

# choose_postgres_home ROOT: sets PG_HOME. It is .local/postgres, which is a link to a folder under /var/lib where the
# account cannot get into the clone (a clone under root's own home). The folder's name comes from the clone's path, and a
# file in it says which clone it belongs to: a copied clone must not share the database of the one it was copied from.
choose_postgres_home() {
  local root=$1 link=$LOCAL/postgres apart
  if [[ -L $link ]] && ! belongs_here "$root" "$(readlink "$link")"; then rm "$link"; fi
  if [[ ! -e $link ]]; then
    if [[ -L $link ]]; then rm "$link"; fi
    if [[ -z $PG_ACCOUNT ]] || as_postgres test -x "$LOCAL"; then
      mkdir -m 700 "$link"
      own_by_postgres "$link"
    else
      apart=$(home_apart "$root")
      (umask 066 && mkdir -p "${apart%/*}")
      mkdir -p "$apart"
      chmod 700 "$apart"
      own_by_postgres "$apart"
      printf '%s' "$root" >"$apart/clone"
      ln -sn "$apart" "$link"
    fi
  fi
  PG_HOME=$(readlink -f "$link")
  as_postgres test -x "$PG_HOME" || die "$PG_HOME cannot be entered by $(account_name); see docs/running.md"
}

home_apart() { # ROOT
  printf '/var/lib/sanji/%s' "$(sha256sum <<<"$1" | cut -c 1-16)"
}

belongs_here() { # ROOT HOME: it is ours, or that of a clone which was moved here
  local owner
  owner=$(cat "$2/clone" 2>/dev/null) || return 1
  [[ $owner == "$1" ]] && return
  [[ $(readlink -f "$owner/.local/postgres" 2>/dev/null) == "$2" ]] && return 1
  printf '%s' "$1" >"$2/clone"
}

account_name() { printf '%s' "${PG_ACCOUNT:-$(id -un)}"; }

# choose_socket ROOT: sets PG_SOCKET, a folder that only we can enter. PostgreSQL's clients part host names at commas, and
# the kernel allows 107 bytes (a Chinese character has three), so an unusual path makes way for a short one.
choose_socket() {
  local plain='^[A-Za-z0-9/._-]+$'
  PG_SOCKET=$PG_HOME/socket
  if ((${#PG_SOCKET} > SOCKET_PATH_LIMIT)) || [[ ! $PG_SOCKET =~ $plain ]]; then
    PG_SOCKET=/tmp/sanji-$EUID-$(sha256sum <<<"$1" | cut -c 1-16)
  fi
  mkdir -m 700 "$PG_SOCKET" 2>/dev/null || true
  own_by_postgres "$PG_SOCKET"
  [[ -d $PG_SOCKET && ! -L $PG_SOCKET && $(stat -c %U "$PG_SOCKET") == "$(account_name)" ]] ||
    die "$PG_SOCKET is not a folder of ours: remove it and start again"
  chmod 700 "$PG_SOCKET"
}

wanted_postgres() { # the version that made our data, if there is any
  cat "$LOCAL/postgres/data/PG_VERSION" 2>/dev/null || true
}

# initdb into a temporary folder, then rename (atomic): a folder named data is always complete.
make_cluster() {
  [[ -e $PG_HOME/data/PG_VERSION ]] && return
  step "Making a private database server in $PG_HOME"
  rm -rf "$PG_HOME/data.new" "$PG_HOME/data"
  as_postgres "$PG_BIN/initdb" --data-checksums --pgdata "$PG_HOME/data.new" --username sanji --encoding UTF8 --locale C.UTF-8 \
    --auth-local trust --auth-host reject --no-instructions --no-sync >"$LOCAL/log/initdb.log" 2>&1 ||
    { cat "$LOCAL/log/initdb.log" >&2; die "the database server could not be made"; }
  sync -f "$PG_HOME/data.new"
  mv "$PG_HOME/data.new" "$PG_HOME/data"
}

postgres_answers() { "$PG_BIN/pg_isready" --quiet --host "$PG_SOCKET" --username sanji --dbname postgres; }

make_database() { # the one named sanji, unless it is there
  local psql=("$PG_BIN/psql" -X -q -h "$PG_SOCKET" -U sanji -d postgres -At)
  [[ $("${psql[@]}" -c "select 1 from pg_database where datname = 'sanji'") == 1 ]] ||
    "${psql[@]}" -c 'create database sanji'
}

database_mark() { # a fingerprint that changes when another database takes this one's place, as after a restore
  "$PG_BIN/psql" -X -q -h "$PG_SOCKET" -U sanji -d sanji -At -c \
    "select count(*), max(applied), (select oid from pg_database where datname = current_database()) from django_migrations" \
    2>/dev/null || printf none
}

# database_url [ROLE]: by default as the owner of the tables, who migrates; processes connect as sanji_app, who can append
# to the journal and change nothing in it (journal/actions/roles.py).
database_url() { printf 'postgis://%s@%s/sanji' "${1:-sanji}" "${PG_SOCKET//\//%2F}"; }

# write_redis_settings FILE PORT PASSWORD: nothing in Redis must survive (timers and messages are rows), so it writes no
# files. The password keeps the machine's other users out: a port, unlike a folder, is open to all of them.
write_redis_settings() {
  (
    umask 077
    printf '%s\n' "bind 127.0.0.1" "port $2" "requirepass $3" 'save ""' "appendonly no" "daemonize no" \
      "loglevel warning" "maxmemory-policy noeviction" >"$1"
  )
}

redis_answers() { # PORT
  [[ $(timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; printf "PING\r\n" >&3; head -n 1 <&3' _ "$1" 2>/dev/null) \
    == [-+]* ]]
}

random_word() { # BYTES: hexadecimal
  od -An -vtx1 -N "$1" /dev/urandom | tr -d ' \n'
}
