# Sourced by the verbs: makes or refreshes .venv from a hash-pinned lock. Needs CPython ≥ 3.11 with venv.

find_python() {
  local name
  for name in ${BRIEFING_PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  echo "briefing: no Python 3.11 or newer with venv was found; install one, or name it in BRIEFING_PYTHON" >&2
  return 1
}

# fill_venv ROOT LOCK: feedgen is the one package without a wheel; what builds it is pinned too and goes in first.
fill_venv() {
  local root=$1 lock=$2 python="$1/.venv/bin/python" site
  local install=("$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps) # a lock is complete
  if ! "$python" -c '' 2>/dev/null; then "$(find_python)" -m venv --clear "$root/.venv" || return; fi
  echo "briefing: setting up $root/.venv from $lock (once; a minute or two) …" >&2
  "${install[@]}" --only-binary :all: -r "$root/scripts/lib/build.lock" >&2 || return
  "${install[@]}" --no-build-isolation -r "$root/$lock" >&2 || return
  # A path file instead of an editable install: nothing of ours has to be built.
  site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || return
  echo "$root/src" >"$site/briefing-src.pth"
  "$python" -m compileall -q "$root/src" >&2
}

# set_up ROOT LOCK: the stamp says what was installed, so a second call compares one small file and goes on.
set_up() {
  local root=$1 lock=$2 stamp="$1/.venv/.stamp-$2" wanted
  wanted="$(cksum <"$root/$lock") $root"
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  (
    if command -v flock >/dev/null; then flock 9; fi
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && exit
    fill_venv "$root" "$lock" && printf '%s' "$wanted" >"$stamp"
  ) 9>"$root/.venv.lock" || {
    echo "briefing: set-up failed; the lines above say why. Check that pip can reach its registry and run the same command again." >&2
    exit 2
  }
}
