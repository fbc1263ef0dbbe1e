#!/usr/bin/env bash
# Opens the window, or, where there is no display, does the main job in the terminal.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then
  echo "There is no display here, so no window can open. The main job follows in the terminal (punte-cli demo)."
  exec cargo run -q -p punte-cli -- demo
fi
scripts/install.sh build
npm --prefix ui run build
cargo build -p punte -p punte-cli --features punte/custom-protocol
exec target/debug/punte "$@"
