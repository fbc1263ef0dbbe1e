#!/usr/bin/env bash
# Every test, phase by phase. `test.sh check` runs the fast part, `test.sh screens` takes the pictures
# alone, `test.sh crashes` kills the owner at random moments, `test.sh soak` works for eight simulated hours.
set -uo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export RUST_BACKTRACE=${RUST_BACKTRACE:-0} CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
# one set of packages and features for all of it, so that nothing is built twice
features=(--workspace --features punte/custom-protocol)
started=$SECONDS

phase() {
  echo
  echo "== $1  (minute $(((SECONDS - started) / 60)))"
  shift
  "$@" 2>&1 | tee -a "$log"
  local code=${PIPESTATUS[0]}
  if [ "$code" != 0 ]; then
    echo
    echo "FAILED: $* (exit $code)"
    summary
    exit 1
  fi
}

# Adds up what the test runners themselves said.
summary() {
  sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
    /^test result:/ { passed += $4; failed += $6; ignored += $8 }
    /^ +[0-9]+ passed \(/ { passed += $1 }
    /^ +[0-9]+ failed$/ { failed += $1 }
    /^ +Tests / { for (i = 2; i <= NF; i++) { if ($i == "passed") passed += $(i - 1); if ($i == "failed") failed += $(i - 1) } }
    END { printf "%d passed, %d failed, %d ignored\n", passed, failed, ignored }'
}

ui_tests() { npm --prefix ui run --silent test; }
ui_build() { npm --prefix ui run --silent build; }
# they use the keyring, so they get a session that has one; they mostly wait, so more of them go at a time than there are cores
scenarios() { scripts/headless.sh cargo test -q "${features[@]}" --test scenarios -- --test-threads=6; }
campaign() { cargo test -q "${features[@]}" --test campaign -- --nocapture; }
crashes() { scripts/headless.sh cargo test -q "${features[@]}" --test crashes -- --nocapture; }
window() { scripts/headless.sh cargo test "${features[@]}" --test window -- --test-threads=1; }
# Chromium against `punte-cli serve`
browser() { scripts/headless.sh npm --prefix tests/browser run --silent test; }
# the commands in the documents, which use the keyring, and the books themselves
documents() { scripts/headless.sh cargo test -q "${features[@]}" --test docs && scripts/docs.sh; }
screens() { scripts/headless.sh cargo test "${features[@]}" --test screens -- --test-threads=1 --nocapture; }

if [ "$what" = crashes ]; then
  phase "build the terminal program" cargo build -q -p punte-cli
  phase "crashes" scripts/headless.sh cargo test -q -p punte-tests --test crashes -- --nocapture
  summary
  exit 0
fi

if [ "$what" = soak ]; then
  phase "build the terminal program" cargo build -q -p punte-cli
  phase "soak" scripts/headless.sh cargo test -q -p punte-tests --test soak -- --nocapture
  exit 0
fi

if [ "$what" = screens ]; then
  phase "install" scripts/install.sh test
  phase "UI: types and build" ui_build
  phase "build the app" cargo build -q "${features[@]}" --bins
  phase "screens" screens
  summary
  exit 0
fi

phase "install" scripts/install.sh "$([ "$what" = check ] && echo build || echo test)"
phase "format" cargo fmt --check
phase "tidy" cargo test -q "${features[@]}" --test tidy
phase "UI: types and build" ui_build
phase "UI: tests" ui_tests
phase "clippy" cargo clippy -q "${features[@]}" --all-targets -- -D warnings
phase "unit and store" cargo test -q "${features[@]}" --exclude punte-tests
phase "what fuzzing kept" cargo test -q "${features[@]}" --test replay
if [ "$what" = all ]; then
  phase "build the app" cargo build -q "${features[@]}" --bins
  phase "campaign" campaign
  phase "scenarios" scenarios
  phase "documents" documents
  phase "crashes" crashes
  phase "contract" cargo test -q "${features[@]}" --test contract
  phase "outside" cargo test -q "${features[@]}" --test outside
  phase "browser" browser
  phase "window" window
  phase "screens" screens
fi
echo
echo "== done in $(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s"
summary
