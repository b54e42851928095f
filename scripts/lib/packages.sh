# shellcheck shell=bash
# Installs the operating system's packages that are missing, and nothing else, through apt.
# Promise to the host: no service is started, restarted or enabled, and no database cluster made, by what happens here.
#
# A need is a word NAME with two functions: has_NAME (is it here?) and packages_NAME (which packages would bring it).

OLDEST_POSTGRES=15
OLDEST_REDIS=7
POLICY=/usr/sbin/policy-rc.d
CLUSTER_RULE=/etc/postgresql-common/createcluster.d/sanji.conf
GUARD_MARK="# made by Sanji's scripts for the time of one installation"

has_python() { find_python >/dev/null; }
has_postgres() { find_postgres >/dev/null; }
has_redis() { find_redis >/dev/null; }
has_geo() { library_present gdal && library_present geos_c && library_present proj; }
has_pango() { library_present pango-1.0 && library_present pangoft2-1.0 && has_subsetter; }
has_subsetter() { library_present harfbuzz-subset || [[ -z $(candidate libharfbuzz-subset0) ]]; }
has_gettext() { command -v msgfmt >/dev/null; }
has_git() { command -v git >/dev/null; }
has_browser() { find_browser >/dev/null; }
has_fonts() { fc-list :lang=zh 2>/dev/null | grep -q .; }

packages_redis() { printf 'redis-server\n'; }
packages_geo() { printf 'gdal-bin\n'; } # brings GEOS and PROJ under whatever name this release gives them
packages_pango() { # lays out PDFs; HarfBuzz's subsetter, where it is offered, cuts Chinese fonts many times quicker
  printf 'libpango-1.0-0\nlibpangoft2-1.0-0\n'
  if [[ -n $(candidate libharfbuzz-subset0) ]]; then printf 'libharfbuzz-subset0\n'; fi
}
packages_gettext() { printf 'gettext\n'; }
packages_git() { printf 'git\n'; }
# chromium-headless-shell is the same engine without windows, which cost half of a browser test's time.
packages_browser() { if [[ -n $(candidate chromium-headless-shell) ]]; then printf 'chromium-headless-shell\n'; else printf 'chromium\n'; fi; }
packages_fonts() { printf 'fonts-noto-cjk\nfontconfig\n'; }

packages_python() { # the system's own Python if it is one of ours, else another that is offered
  local name
  for name in python3 python3.13 python3.12 python3.11; do
    [[ $(candidate "$name") =~ ^3\.1[123]\. ]] || continue
    printf '%s\n' "$name" "$name-venv"
    return
  done
}

# PostGIS for a server that is already here, else the newest server that is offered with PostGIS.
# WANTED_POSTGRES, if set, is the only version that will do: the one that wrote the data we have.
packages_postgres() {
  local version
  while read -r version; do
    ((version >= OLDEST_POSTGRES)) || continue
    [[ -z ${WANTED_POSTGRES:-} || $version == "$WANTED_POSTGRES" ]] || continue
    [[ -n $(candidate "postgresql-$version-postgis-3") ]] || continue
    # Naming a server that is here already would have apt upgrade it.
    [[ -x /usr/lib/postgresql/$version/bin/postgres ]] || printf 'postgresql-%s\n' "$version"
    printf 'postgresql-%s-postgis-3\n' "$version"
    return
  done < <(
    find /usr/lib/postgresql -mindepth 3 -name postgres -printf '%h\n' 2>/dev/null | grep -oE '[0-9]+' | sort -nr
    apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | grep -oE '^postgresql-[0-9]+' | tr -dc '0-9\n' | sort -nr
  )
}

candidate() { # NAME: the version that apt would install, or nothing
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([^(].*\)/\1/p'
}

library_present() { # NAME such as gdal
  PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep "lib$1\.so" >/dev/null
}

find_postgres() { # the bin folder of the newest fitting server that has PostGIS
  local bin version
  while read -r version bin; do
    ((version >= OLDEST_POSTGRES)) || continue
    [[ -z ${WANTED_POSTGRES:-} || $version == "$WANTED_POSTGRES" ]] || continue
    # Debian parts PostGIS into two packages, either of which can be here without the other.
    [[ -x $bin/initdb && -e /usr/share/postgresql/$version/extension/postgis.control ]] || continue
    [[ -e ${bin%/bin}/lib/postgis-3.so ]] || continue
    printf '%s\n' "$bin"
    return
  done < <(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -name postgres -printf '%P %h\n' 2>/dev/null |
    sed 's|/bin/postgres||' | sort -nr)
  return 1
}

find_redis() { # the path of a server that is new enough (Valkey began as Redis 7.2)
  local server version
  for server in redis-server valkey-server; do
    server=$(command -v "$server") || continue
    version=$("$server" --version | grep -oE 'v=[0-9]+' | tr -dc '0-9')
    ((version >= OLDEST_REDIS)) || continue
    printf '%s\n' "$server"
    return
  done
  return 1
}

find_browser() { command -v chromium-headless-shell || command -v chromium || command -v google-chrome-stable; }

lacking() { # NEEDS...: those that are not met, one a line
  local need
  for need in "$@"; do "has_$need" || printf '%s\n' "$need"; done
}

packages_for() { # NEEDS...: their packages; fails when apt offers nothing for one of them
  local need names name
  for need in "$@"; do
    names=$("packages_$need")
    [[ -n $names ]] || return 1
    for name in $names; do [[ -n $(candidate "$name") ]] || return 1; done
    printf '%s\n' "$names"
  done
}

# ensure NEEDS...: afterwards all of them are met, or it was said which are not and the script has ended.
ensure() {
  local needs packages
  mapfile -t needs < <(lacking "$@")
  ((${#needs[@]})) || return 0
  command -v apt-get >/dev/null || die "missing here: ${needs[*]}; there is no apt-get, so please install them by hand"
  allow_root "${needs[*]}"
  # apt-get update only if the package lists are missing or too old to download from.
  if ! packages=$(packages_for "${needs[@]}") || ! install_packages "$packages"; then
    step "Updating the system's list of packages"
    apt_get update || warn "the list could not be updated; trying with the old one"
    packages=$(packages_for "${needs[@]}") || die "this system offers no packages for: ${needs[*]} \
(PostgreSQL >= $OLDEST_POSTGRES with PostGIS, Redis >= $OLDEST_REDIS and Python 3.11 to 3.13 are needed)"
    install_packages "$packages" || { tail -n 20 "$APT_LOG" >&2; die "apt-get failed; all it said is in $APT_LOG"; }
  fi
  mapfile -t needs < <(lacking "$@")
  ((${#needs[@]} == 0)) || die "still missing after the installation: ${needs[*]}"
}

allow_root() { # WHAT: ends with the command for an administrator when we cannot become root
  ((EUID == 0)) && return
  local command
  # shellcheck disable=SC2086  # one word a need
  command="apt-get install $(packages_for $1 | tr '\n' ' ')"
  command -v sudo >/dev/null || die "missing here: $1. There is no sudo; as root, run: $command"
  sudo -n true 2>/dev/null && return
  [[ -t 0 ]] || die "missing here: $1. sudo wants a password and there is no terminal; run: sudo $command"
  say "Missing here: $1. sudo may ask for your password to install them."
  sudo true || die "not allowed to install; as root, run: $command"
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() { # output goes to $APT_LOG; fd 9 is our lock, which nothing left running by apt may hold
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l LC_ALL=C.UTF-8 \
    apt-get -qy -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >>"$APT_LOG" 2>&1 </dev/null 9>&-
}

install_packages() { # NAMES, parted by white space
  local names had_redis=no status=0
  mapfile -t names < <(tr -s ' \n' '\n' <<<"$1" | sort -u)
  [[ -e /etc/init.d/redis-server || -e /lib/systemd/system/redis-server.service ]] && had_redis=yes
  step "Installing ${names[*]}"
  guard_host
  apt_get install --no-install-recommends "${names[@]}" || status=$?
  [[ $had_redis == yes ]] || keep_redis_off
  unguard_host
  return "$status"
}

guard_host() { # policy-rc.d: packages may start or create no service until unguard_host
  if [[ ! -e $POLICY ]]; then
    printf '#!/bin/sh\n%s\nexit 101\n' "$GUARD_MARK" | as_root tee "$POLICY" >/dev/null
    as_root chmod 755 "$POLICY"
  fi
  as_root mkdir -p "${CLUSTER_RULE%/*}"
  printf '%s\ncreate_main_cluster = false\n' "$GUARD_MARK" | as_root tee "$CLUSTER_RULE" >/dev/null
}

unguard_host() { # also clears up after a run that was killed in between
  if grep -qsxF "$GUARD_MARK" "$POLICY"; then as_root rm -f "$POLICY"; fi
  if [[ -e $CLUSTER_RULE ]]; then as_root rm -f "$CLUSTER_RULE"; fi
}

keep_redis_off() { # Debian enables a service when it installs it: it would run from the next boot on
  [[ -e /etc/init.d/redis-server ]] || return 0
  if command -v systemctl >/dev/null; then
    as_root env SYSTEMD_OFFLINE=1 systemctl disable redis-server >>"$APT_LOG" 2>&1 9>&- || true
  else
    as_root update-rc.d redis-server disable >>"$APT_LOG" 2>&1 9>&- || true
  fi
}
