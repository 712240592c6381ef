# Sourced by .ci/run: brings a browser for the page tests where none is there and the system's packages may be installed.
have_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }

bring_browser() {
  if have_browser; then return; fi
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "briefing: no browser for the page tests; they will be skipped. Install chromium to run them." >&2
    return
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
}
