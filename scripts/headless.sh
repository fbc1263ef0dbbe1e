#!/usr/bin/env bash
# Runs a command in a desktop session of its own that nobody sees: display, session bus, unlocked keyring, fresh home.
set -euo pipefail
session=$(mktemp -d)
trap 'rm -rf "$session"' EXIT
mkdir -m 700 "$session/run"
# Cargo and rustup keep their place; everything else is fresh
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export HOME=$session XDG_RUNTIME_DIR=$session/run
export XDG_DATA_HOME=$session/data XDG_CONFIG_HOME=$session/config XDG_CACHE_HOME=$session/cache
export NO_AT_BRIDGE=1 GTK_A11Y=none GDK_BACKEND=x11 LIBGL_ALWAYS_SOFTWARE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
# A bus that starts nothing by itself: the keyring is started below, and an accessibility bus that WebKit would wake has been
# seen to hang the next windows
cat > "$session/bus.conf" <<'CONF'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF
dbus-run-session --config-file="$session/bus.conf" -- xvfb-run -a -s "-screen 0 1280x800x24 -nolisten tcp" bash -c \
  'printf %s "not-empty" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"' _ "$@"
