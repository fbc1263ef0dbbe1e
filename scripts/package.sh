#!/usr/bin/env bash
# Builds what is installed, as far as this system can, into target/package: on Linux a .deb and an .rpm, on macOS a .dmg, on
# Windows .exe and .msi, each with both programs, the licences of what is linked in and the bill of materials (CycloneDX JSON).
# `package.sh sbom` writes the bill alone; `package.sh bundle` takes the programs that an earlier run built.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
out=target/package
tools=target/tools/bin
built=${CARGO_TARGET_DIR:-target}/release
tauri=ui/node_modules/.bin/tauri
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
triple=$(rustc -vV | sed -n 's/^host: //p')
program=
case $triple in *windows*) program=.exe ;; esac
mkdir -p $out

say() { echo; echo "== $1"; }

# installs a tool of cargo's: name, version, more
tool() {
  [ -x $tools/$1$program ] && return
  cargo install --quiet "$1" --version "$2" "${@:3}" --locked --root target/tools --target-dir target/tools/build-once
  rm -rf target/tools/build-once
}

say "bill of materials"
tool cargo-cyclonedx 0.5.9
# it writes one beside every manifest of the workspace: the program's is taken, the others go
part=punte-bill-of-materials
work=$(mktemp -d)
sweep() { find crates src-tauri tests -maxdepth 2 -name "$part.json" -delete; }
trap 'sweep; rm -rf "$work"' EXIT
$tools/cargo-cyclonedx cyclonedx --quiet --manifest-path src-tauri/Cargo.toml --features custom-protocol --format json --spec-version 1.5 \
  --no-build-deps --override-filename $part
mv src-tauri/$part.json "$work/rust.json"
sweep
npm --prefix ui sbom --sbom-format cyclonedx --package-lock-only >"$work/npm.json"
bill=$out/punte-$version.cdx.json
node scripts/sbom.mjs "$work/rust.json" "$work/npm.json" "$bill"
[ "$what" != sbom ] || exit 0

say "install what is missing"
scripts/install.sh package

if [ "$what" = all ]; then
  say "screens"
  npm --prefix ui run --silent build
  say "release build"
  # both programs in one build: what they share is compiled once
  $tauri build --no-bundle --features custom-protocol -- --locked -p punte -p punte-cli
fi

say "licences"
tool cargo-about 0.9.3 --features cli
cargo fetch --quiet --locked
cargo tree --quiet --locked -p punte --features custom-protocol --edges normal,no-proc-macro --target all --prefix none --format "{p}" |
  sed 's, (\*)$,,' | sort -u >"$work/tree.txt"
$tools/cargo-about generate --locked --offline --manifest-path src-tauri/Cargo.toml --features custom-protocol \
  --config packaging/licences.toml --output-file "$work/crates.txt" packaging/licences.hbs
licences=$out/licences-of-dependencies.txt
node scripts/licences.mjs "$work/crates.txt" "$work/tree.txt" "$bill" "$licences"

say "bundle"
# the terminal's program goes in beside the window's; the bundler wants its name with the system's
cp "$built/punte-cli$program" "$work/punte-cli-$triple$program"
linux=
if [ "$(uname)" = Linux ]; then
  . scripts/package-linux.sh
  linux=$(linux_config "$work" "$built")
  resources='{}'
  bundles=(--bundles deb,rpm)
else
  place() { if command -v cygpath >/dev/null; then cygpath -m "$1"; else echo "$1"; fi; }
  here=$(place "$PWD")
  resources="{ \"$here/$licences\": \"licences-of-dependencies.txt\", \"$here/$bill\": \"punte.cdx.json\", \"$here/ui/dist/\": \"screens/\" }"
  bundles=()
  work=$(place "$work")
fi
cat >"$work/bundle.json" <<JSON
{ "bundle": { "externalBin": ["$work/punte-cli"], "resources": $resources${linux:+, "linux": $linux} } }
JSON
rm -rf "$built/bundle"
$tauri bundle ${bundles[@]+"${bundles[@]}"} --features custom-protocol --config "$work/bundle.json"
rm -f $out/*.deb $out/*.rpm $out/*.dmg $out/*.msi $out/*.exe
find "$built/bundle" -maxdepth 2 -type f \( -name "*.deb" -o -name "*.rpm" -o -name "*.dmg" -o -name "*.msi" -o -name "*.exe" \) -exec cp {} $out/ \;
[ "$(uname)" != Linux ] || linux_check $out

rm -f $out/punte $out/SHA256SUMS
sum=$(command -v sha256sum || echo "shasum -a 256")
(cd $out && find . -maxdepth 1 -type f -exec $sum {} + | sort -k2 >"$work/sums" && mv "$work/sums" SHA256SUMS && cat SHA256SUMS)
