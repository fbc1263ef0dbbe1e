#!/usr/bin/env bash
# Builds the documents as two books, English and Romanian, into target/docs. `docs.sh pages` writes the generated pages anew,
# `docs.sh pictures` takes the books' pictures from what `make screens` and the browser's tests left in target/screens.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-books}
tool=target/tools/bin/mdbook

pages() {
  PUNTE_WRITE_DOCS=1 cargo test -q -p punte-tests --test tidy -- docs::generated
}

# small enough for a repository: 40 colours, undithered, are plenty for a screen
pictures() {
  local from=target/screens
  for language in en ro; do
    local to=docs/pictures
    [ $language = en ] || to=docs/$language/pictures
    mkdir -p $to
    while read -r name source; do
      convert "$from/${source/LANGUAGE/$language}" +dither -colors 40 -define png:compression-level=9 -strip "$to/$name.png"
    done <<'LIST'
start LANGUAGE-light-00-start.png
overview browser/LANGUAGE-light-overview.png
connections browser/LANGUAGE-light-connections.png
wizard LANGUAGE-light-03-wizard.png
rules browser/LANGUAGE-light-rules.png
failures browser/LANGUAGE-light-failures.png
mapping browser/LANGUAGE-light-mappings.png
month browser/LANGUAGE-light-month.png
LIST
  done
}

books() {
  if [ ! -x $tool ]; then
    cargo install --quiet mdbook --version 0.5.4 --locked --no-default-features --features search --root target/tools --target-dir target/tools/build-once
    rm -rf target/tools/build-once
  fi
  # the Romanian one goes into the English one's folder, so that links between them hold there as they do in the sources
  $tool build docs
  $tool build docs/ro
  echo "target/docs/index.html, target/docs/ro/index.html"
}

"$what"
