#!/usr/bin/env bash
# Runs every benchmark and gathers what they wrote into target/bench/results.json: a list of {name, value, unit, goal}.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf target/bench
mkdir -p target/bench
echo "== calls that a limit allows, and how many of them are used"
cargo bench -q -p punte-connectors --bench rate_limit
node -e '
  const fs = require("fs");
  const parts = fs.readdirSync("target/bench").filter((name) => name.endsWith(".json")).sort();
  const results = parts.flatMap((name) => JSON.parse(fs.readFileSync(`target/bench/${name}`, "utf8")));
  fs.writeFileSync("target/bench/results.json", `${JSON.stringify(results, null, 2)}\n`);
  for (const one of results) console.log(`${one.name.padEnd(28)} ${one.value} ${one.unit} (goal ${one.goal})`);
'
