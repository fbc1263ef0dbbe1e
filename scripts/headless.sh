#!/usr/bin/env bash
# Runs a command in a desktop session of its own that nobody sees: display, session bus, unlocked keyring, fresh home.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
session=$(mktemp -d)
trap 'rm -rf "$session"' EXIT
mkdir -m 700 "$session/run"
# Cargo and rustup keep their place; everything else is fresh
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export HOME=$session XDG_RUNTIME_DIR=$session/run
export XDG_DATA_HOME=$session/data XDG_CONFIG_HOME=$session/config XDG_CACHE_HOME=$session/cache
export NO_AT_BRIDGE=1 GTK_A11Y=none GDK_BACKEND=x11 LIBGL_ALWAYS_SOFTWARE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
# The keyring is started again when it has died, as a desktop's session does: daemons in use end when a client vanishes while it
# says hello, and tests kill programs at any moment.
dbus-run-session --config-file="$here/session-bus.conf" -- xvfb-run -a -s "-screen 0 1280x800x24 -nolisten tcp" \
  "$here/headless-session.sh" "$@"
