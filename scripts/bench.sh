#!/usr/bin/env bash
# Runs every benchmark and gathers what they wrote into target/bench/results.json: a list of {name, value, unit, goal}.
# What each figure means stands in docs/benchmarks.md. target/bench/cache keeps the large ledgers for the next run.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${CARGO_TARGET_DIR:-target}/bench")
mkdir -p "$out"
rm -rf "$out"/*.json "$out"/work
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
# the program reads its credential from a keyring; the window has a driver, and Chromium tells of its heap
for tool in dbus-run-session xvfb-run gnome-keyring-daemon WebKitWebDriver chromium target/tools/bin/tauri-driver; do
  command -v "$tool" >/dev/null || { scripts/install.sh test; break; }
done
echo "== build"
# one set of packages, so that nothing is built twice
set=(-p punte-mapping -p punte-connectors -p punte-cli)
cargo bench -q "${set[@]}" --no-run --bench mapping --bench rate_limit --bench files --bench throughput --bench imports --bench polling --bench listener --bench million
started=$SECONDS
echo "== orders to drafts, on one core"
cargo bench -q "${set[@]}" --bench mapping
node -e '
  const fs = require("fs");
  const [, criterion, out] = process.argv;
  const median = (name) =>
    JSON.parse(fs.readFileSync(`${criterion}/mapping/${name}/new/estimates.json`, "utf8")).median.point_estimate;
  const per = (name, orders) => Math.round((orders * 1e9) / median(name));
  fs.writeFileSync(`${out}/mapping.json`, JSON.stringify([
    { name: "orders_mapped_per_s", value: per("orders", 3), unit: "orders/s", goal: 10000 },
    { name: "orders_explained_per_s", value: per("explain", 1), unit: "orders/s", goal: null },
    { name: "hostile_mapping_ms", value: Math.round(median("hostile") / 1e5) / 10, unit: "ms", goal: 50 },
  ]));
' "${CARGO_TARGET_DIR:-target}/criterion" "$out"
echo "== calls that a limit allows, and how many of them are used"
cargo bench -q "${set[@]}" --bench rate_limit
echo "== files of a million rows"
cargo bench -q "${set[@]}" --bench files
echo "== orders to issued invoices"
cargo bench -q "${set[@]}" --bench throughput
echo "== a file of a million rows, taken in"
cargo bench -q "${set[@]}" --bench imports
echo "== a shop of a hundred thousand orders, polled and killed half-way"
scripts/headless.sh cargo bench -q "${set[@]}" --bench polling
echo "== webhooks under load"
cargo bench -q "${set[@]}" --bench listener
echo "== a million documents (generated at the first run)"
scripts/headless.sh cargo bench -q "${set[@]}" --bench million
echo "== the lists over a million documents, in the real window"
npm --prefix ui run --silent build
cargo build -q --release -p punte -p punte-cli --features punte/custom-protocol
export PUNTE_SEEDED PUNTE_PROGRAMS=$out/../release
PUNTE_SEEDED=$(echo "$out"/cache/*/seeded)
mkdir -p "$out/work"
heap=$out/work/heap.txt
(cd tests/browser && PUNTE_CLI=$PUNTE_PROGRAMS/punte-cli PUNTE_HEAP=$heap ../../scripts/headless.sh npx playwright test -c bench.config.ts)
# only what drives the window: the app is the one of above
PUNTE_HEAP_MIB=$(cat "$heap") scripts/headless.sh cargo bench -q --profile dev -p punte-tests --bench desk
rm -rf "$out"/work
node -e '
  const fs = require("fs");
  const out = process.argv[1];
  const parts = fs.readdirSync(out).filter((name) => name.endsWith(".json")).sort();
  const read = (name) => JSON.parse(fs.readFileSync(`${out}/${name}`, "utf8"));
  // what is measured on screen is told apart from the same thing below it
  const results = parts.flatMap((name) => read(name).map((row) => (name === "desk.json" ? { ...row, name: `desk_${row.name}` } : row)));
  fs.writeFileSync(`${out}/results.json`, `${JSON.stringify(results, null, 2)}\n`);
  const lessIsBetter = new Set(["ms", "MiB", "bans", "bytes"]);
  const rows = results.map(({ name, value, unit, goal }) => {
    if (goal === null) return [name, `${value} ${unit}`, "", ""];
    const less = lessIsBetter.has(unit);
    const met = less ? value <= goal : value >= goal;
    return [name, `${value} ${unit}`, `${less ? "<=" : ">="} ${goal}`, met ? "reached" : "NOT REACHED"];
  });
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at].length)));
  console.log();
  for (const row of rows) console.log(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd());
' "$out"
echo "== done in $(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s"
