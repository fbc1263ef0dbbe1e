#!/usr/bin/env bash
# Fuzzes what reads bytes of somebody else, one target after the other, from the kept inputs in fuzz/corpus: `fuzz.sh [SECONDS]
# [TARGET…]`. New inputs that lead somewhere new are kept, as few and as small as will do; one that breaks something stays in
# target/fuzz/artifacts. Wants a nightly compiler; cargo-fuzz is installed into target/tools.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-900}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(signature order file vault backup mapping call)
tools=target/tools/bin
rustup run nightly rustc --version >/dev/null 2>&1 || { echo "a nightly compiler is missing: rustup toolchain install nightly" >&2; exit 1; }
if [ ! -x $tools/cargo-fuzz ]; then
  cargo install --quiet cargo-fuzz --version 0.13.2 --locked --root target/tools --target-dir target/tools/build
fi
export PATH=$PWD/$tools:$PATH CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/fuzz}
# nothing of ours is unsafe: without a sanitizer it is several times faster
fuzz() { cargo +nightly fuzz "$1" --sanitizer none "${@:2}"; }
for target in "${targets[@]}"; do
  kept=fuzz/corpus/$target found=target/fuzz/found/$target
  mkdir -p "$kept" "$found" "target/fuzz/artifacts/$target"
  echo "== $target for $seconds s"
  fuzz run "$target" "$found" "$kept" -- -max_total_time="$seconds" -max_len=8192 -timeout=5 -rss_limit_mb=4096 \
    -dict="fuzz/$target.dict" -artifact_prefix="target/fuzz/artifacts/$target/" -verbosity=0 -print_final_stats=1
  # of all that were found, those that lead to every place once, cut to 4 KiB: they stand in the repository
  rm -rf "$found.least" && mkdir "$found.least"
  fuzz run "$target" "$found.least" "$kept" "$found" -- -set_cover_merge=1 -use_counters=0 -max_len=4096 -verbosity=0
  rm -rf "$kept" && mv "$found.least" "$kept"
  rm -rf "$found"
  echo "$(find "$kept" -type f | wc -l) inputs kept, $(du -sk "$kept" | cut -f1) KiB"
done
