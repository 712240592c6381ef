# Sourced by .ci/run: brings what the slow tests drive, where it is missing and the system's packages may be installed:
# a browser, two web servers, two podcast clients, npm. Without them those tests are skipped (in CI they fail).
bring_tools() {
  local missing=()
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
  [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || missing+=(nginx-light)
  command -v caddy >/dev/null || missing+=(caddy)
  command -v gpo >/dev/null || missing+=(gpodder)
  command -v podget >/dev/null || missing+=(podget)
  command -v npm >/dev/null || missing+=(npm)
  if [ ${#missing[@]} = 0 ]; then return; fi
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "briefing: tests that need ${missing[*]} will not run. Install them to run all." >&2
    return
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
