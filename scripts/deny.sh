#!/usr/bin/env bash
# Checks what comes in from outside: banned crates, licences, sources; with `deny.sh all` known holes too (wants the network).
set -euo pipefail
cd "$(dirname "$0")/.."
checks=(bans licenses sources)
[ "${1:-}" = all ] && checks+=(advisories)
tool=target/tools/bin/cargo-deny
if [ ! -x $tool ]; then
  cargo install --quiet cargo-deny --version 0.18.9 --locked --root target/tools --target-dir target/tools/build
fi
$tool --locked check "${checks[@]}"
(cd fuzz && ../$tool --locked check --config ../deny.toml "${checks[@]}")
