# shellcheck shell=bash
# Ports of this machine, and asking a web server on one of them.

check_port() { # NAME VALUE
  if [[ ! $2 =~ ^[1-9][0-9]{0,4}$ ]] || (($2 > 65535)); then die "$1 must be a number from 1 to 65535, not '$2'"; fi
}

someone_listens() { # HOST PORT
  (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}

free_port() { # a port of 127.0.0.1 that nobody holds right now
  "$VENV/bin/python" -c 'import socket
with socket.socket() as one:
    one.bind(("127.0.0.1", 0))
    print(one.getsockname()[1])'
}

# http_get HOST PORT PATH: the whole answer, headers first; fails when nobody answers within 5 s. ASKED_AS: the name that the
# server is called by, which must be one of its ALLOWED_HOSTS.
http_get() {
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 1
    printf "GET %s HTTP/1.0\r\nHost: %s:%s\r\n\r\n" "$3" "$4" "$2" >&3
    cat <&3' _ "$1" "$2" "$3" "${ASKED_AS:-localhost}" 2>/dev/null
}

answers_well() { # HOST PORT PATH: whether it answers 200
  [[ $(http_get "$@" | head -n 1) == HTTP/*\ 200* ]]
}
