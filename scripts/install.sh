#!/usr/bin/env bash
# Installs what is missing. `install.sh build`: what building and running the app needs; `install.sh test`: also what the
# tests need. On Debian and Ubuntu system packages come through apt; elsewhere they are named.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=${1:-build}

packages=(build-essential pkg-config libwebkit2gtk-4.1-dev libdbus-1-dev libayatana-appindicator3-1)
if [ "$wanted" = test ]; then
  packages+=(xvfb xauth webkit2gtk-driver dbus dbus-x11 gnome-keyring imagemagick)
fi

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

if [ "$(uname)" = Linux ]; then
  if command -v dpkg-query >/dev/null; then
    missing=()
    for package in "${packages[@]}"; do
      state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
      [ "$state" = "install ok installed" ] || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ]; then
      echo "Installing through apt: ${missing[*]}"
      as_root apt-get update -qq
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    fi
  else
    echo "This is not Debian or Ubuntu. If the build fails, install what your system calls these: ${packages[*]}"
  fi
fi

for tool in cargo node npm; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: see README.md, \"What it needs\"" >&2; exit 1; }
done

# npm: only when the lock changed since the last time
stamp=ui/node_modules/.punte-lock
if ! cmp -s ui/package-lock.json "$stamp"; then
  npm --prefix ui ci --no-audit --no-fund --loglevel=error
  cp ui/package-lock.json "$stamp"
fi

if [ "$wanted" = test ]; then
  # drives the window by WebDriver; the 3.0 line is not released
  if ! target/tools/bin/tauri-driver --help >/dev/null 2>&1; then
    cargo install --quiet tauri-driver --version 2.1.0 --locked --root target/tools --target-dir target/tools/build
  fi
fi
