#!/usr/bin/env bash
# What headless.sh runs in its session: an unlocked keyring that is kept alive, then the command.
set -uo pipefail

keep_keyring() {
  trap 'kill "$daemon" 2>/dev/null; exit' TERM
  while :; do
    gnome-keyring-daemon --unlock --foreground --components=secrets < <(printf %s "not-empty") >/dev/null 2>&1 &
    daemon=$!
    wait "$daemon"
    echo "the session's keyring ended ($?) and is started again" >&2
    sleep 0.1
  done
}

has_keyring() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets 2>/dev/null | grep -q true
}

keep_keyring &
keeper=$!
trap 'kill "$keeper" 2>/dev/null; wait "$keeper" 2>/dev/null' EXIT
for _ in $(seq 100); do
  has_keyring && break
  sleep 0.1
done
has_keyring || { echo "the session's keyring did not start" >&2; exit 1; }
"$@"
