#!/usr/bin/env bash
# Builds what is installed, as far as this system can, with its bill of materials, into target/package. `package.sh sbom` writes
# the bill alone: CycloneDX JSON, of the crates and the npm packages that go into the program.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
out=target/package
tool=target/tools/bin/cargo-cyclonedx
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
mkdir -p $out

say() { echo; echo "== $1"; }

say "bill of materials"
if [ ! -x $tool ]; then
  cargo install --quiet cargo-cyclonedx --version 0.5.9 --locked --root target/tools --target-dir target/tools/build
fi
# it writes one beside every manifest of the workspace: the program's is taken, the others go
part=punte-bill-of-materials
work=$(mktemp -d)
sweep() { find crates src-tauri tests -maxdepth 2 -name "$part.json" -delete; }
trap 'sweep; rm -rf "$work"' EXIT
$tool cyclonedx --quiet --manifest-path src-tauri/Cargo.toml --features custom-protocol --format json --spec-version 1.5 \
  --no-build-deps --override-filename $part
mv src-tauri/$part.json "$work/rust.json"
sweep
npm --prefix ui sbom --sbom-format cyclonedx --package-lock-only >"$work/npm.json"
node scripts/sbom.mjs "$work/rust.json" "$work/npm.json" "$out/punte-$version.cdx.json"
[ "$what" != sbom ] || exit 0

say "install what is missing"
scripts/install.sh build
say "screens"
npm --prefix ui run --silent build
say "release build and bundle"
# on Linux a .deb: an AppImage wants tools from elsewhere
bundles=()
[ "$(uname)" != Linux ] || bundles=(--bundles deb)
ui/node_modules/.bin/tauri build --features custom-protocol ${bundles[@]+"${bundles[@]}"} -- --locked
built=${CARGO_TARGET_DIR:-target}/release
find "$built/bundle" -maxdepth 2 -type f \( -name "*.deb" -o -name "*.dmg" -o -name "*.msi" -o -name "*.exe" \) -exec cp {} $out/ \;
cp "$built/punte" $out/ 2>/dev/null || cp "$built/punte.exe" $out/
sum=$(command -v sha256sum || echo "shasum -a 256")
(cd $out && find . -maxdepth 1 -type f ! -name SHA256SUMS -exec $sum {} + | sort -k2 >SHA256SUMS && cat SHA256SUMS)
