#!/usr/bin/env bash
# Installs what is missing. `install.sh build`: what building and running the app needs; `install.sh test`: also what the
# tests need; `install.sh package`: also what making packages needs. On Debian and Ubuntu system packages come through apt;
# elsewhere they are named.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=${1:-build}

packages=(build-essential pkg-config libwebkit2gtk-4.1-dev libdbus-1-dev)
if [ "$wanted" = test ]; then
  packages+=(xvfb xauth curl openssl webkit2gtk-driver dbus dbus-x11 gnome-keyring imagemagick python3 python3-venv chromium)
fi

if [ "$wanted" = package ]; then
  packages+=(dpkg-dev binutils appstream desktop-file-utils)
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

# npm: only when the lock changed since the last time; no package runs a script of its own
stamp=ui/node_modules/.punte-lock
if ! cmp -s ui/package-lock.json "$stamp"; then
  npm --prefix ui ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp ui/package-lock.json "$stamp"
fi

# The browser tests' runner; the browser is the system's.
browser() {
  local from=tests/browser
  local stamp=$from/node_modules/.punte-lock
  if ! cmp -s $from/package-lock.json "$stamp"; then
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix $from ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp $from/package-lock.json "$stamp"
  fi
}

# Clients that others wrote, for the tests of the simulators. Kept in target: they are no part of the product.
outside() {
  local from=tests/outside to=target/outside
  mkdir -p "$to/npm"
  if ! cmp -s "$from/package-lock.json" "$to/npm/.punte-lock"; then
    cp "$from/package.json" "$from/package-lock.json" "$from/.npmrc" "$to/npm/"
    npm --prefix "$to/npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp "$from/package-lock.json" "$to/npm/.punte-lock"
  fi
  # a changed list, or an environment whose interpreter has gone
  if ! cmp -s "$from/requirements.txt" "$to/venv/.punte-lock" || ! "$to/venv/bin/python" -c "" 2>/dev/null; then
    python3 -m venv --clear "$to/venv"
    "$to/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$from/requirements.txt"
    cp "$from/requirements.txt" "$to/venv/.punte-lock"
  fi
}

# The reverse proxy of docs/webhooks.md is tried with the real one. Unpacked only: installed, it would begin to serve.
proxy() {
  [ -x target/tools/nginx/usr/sbin/nginx ] || command -v nginx >/dev/null && return
  command -v apt-get >/dev/null || { echo "nginx is missing: the proxy of docs/webhooks.md is not tried without it" >&2; return; }
  mkdir -p target/tools/nginx
  (cd target/tools/nginx && { apt-get download -qq nginx || { as_root apt-get update -qq && apt-get download -qq nginx; } } && dpkg -x nginx_*.deb . && rm nginx_*.deb)
}

# The metrics and the dashboard are tried with a real Prometheus. Unpacked only, for the same reason.
metrics_reader() {
  [ -x target/tools/prometheus/usr/bin/prometheus ] || command -v prometheus >/dev/null && return
  command -v apt-get >/dev/null || { echo "prometheus is missing: metrics are not tried without it" >&2; return; }
  mkdir -p target/tools/prometheus
  (cd target/tools/prometheus && { apt-get download -qq prometheus || { as_root apt-get update -qq && apt-get download -qq prometheus; } } && dpkg -x prometheus_*.deb . && rm prometheus_*.deb)
}

if [ "$wanted" = test ]; then
  outside
  browser
  proxy
  metrics_reader
  # drives the window by WebDriver; the 3.0 line is not released
  if ! target/tools/bin/tauri-driver --help >/dev/null 2>&1; then
    cargo install --quiet tauri-driver --version 2.1.0 --locked --root target/tools --target-dir target/tools/build
  fi
fi
