# shellcheck shell=bash
# What must be made from the sources before the system can start: compiled messages and collected static files.

compile_messages() { # only what is older than its source; written aside and renamed
  local po mo
  while IFS= read -r -d '' po; do
    mo=${po%.po}.mo
    [[ $mo -nt $po ]] && continue
    msgfmt --check-format --output-file "$mo.new" "$po" || die "$po has an error"
    mv "$mo.new" "$mo"
  done < <(find locale -name '*.po' -print0 2>/dev/null)
}

# collect_static STAMP: only when a file of ours or a package has changed since the stamp was written.
collect_static() {
  local stamp=$1 mark
  mark=$({ cat "$VENV/.made-from" && find static -type f -printf '%P %s %T@\n' | sort; } | sha256sum)
  [[ -e $stamp && $(<"$stamp") == "$mark" ]] && return
  step "Collecting static files"
  rm -f "$stamp"
  work python manage.py collectstatic --noinput --verbosity 0
  printf '%s' "$mark" >"$stamp"
}

code_mark() { # changes with every file that migrations or the demo county could depend on
  {
    cat "$VENV/.made-from"
    find . \( -path './.*' -o -path ./static -o -path ./templates -o -path ./locale -o -path ./docs -o -path ./tests \
      -o -path ./scripts -o -path ./node_modules -o -name __pycache__ \) -prune -o -type f -printf '%P %s %T@\n' | sort
  } | sha256sum
}
