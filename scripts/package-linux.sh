# For package.sh: what a Linux package holds beside the programs, and what both packages need. Sourced, not run.

# Lays the files out below $1/deb and $1/rpm, and prints the bundler's settings for them. $2: where the programs are.
linux_config() {
  local work=$1 built=$2 shared=packaging/linux
  local doc=$work/deb/usr/share/doc/punte share=$work/deb/usr/share
  "$built/punte-cli" manual "$work/manual"
  mkdir -p "$doc" "$share/man/man1" "$share/metainfo" "$share/icons/hicolor/scalable/apps" "$work/deb/usr/lib/systemd/system"
  gzip -9n "$work/manual/man/"*.1
  install -m 644 "$work/manual/man/"*.1.gz "$share/man/man1/"
  install -D -m 644 "$work/manual/completions/punte-cli.bash" "$share/bash-completion/completions/punte-cli"
  install -D -m 644 "$work/manual/completions/punte-cli.fish" "$share/fish/vendor_completions.d/punte-cli.fish"
  install -D -m 644 "$work/manual/completions/_punte-cli" "$share/zsh/vendor-completions/_punte-cli"
  install -m 644 $shared/ro.punte.console.metainfo.xml "$share/metainfo/"
  install -m 644 icons/punte.svg "$share/icons/hicolor/scalable/apps/"
  install -m 644 $shared/punte.service "$work/deb/usr/lib/systemd/system/"
  install -m 644 $shared/README $shared/copyright "$doc/"
  # for a browser: punte-cli serve
  mkdir -p "$share/punte"
  cp -r ui/dist "$share/punte/screens"
  chmod -R u=rwX,go=rX "$share/punte"
  install -m 644 "$bill" "$doc/punte.cdx.json"
  gzip -9nc "$licences" >"$doc/licences-of-dependencies.txt.gz"
  appstreamcli metainfo-to-news --format=text $shared/ro.punte.console.metainfo.xml - | gzip -9n >"$doc/changelog.gz"

  # the other family keeps zsh's completions and licences elsewhere
  cp -r "$work/deb" "$work/rpm"
  local other=$work/rpm/usr/share
  mv "$other/zsh/vendor-completions" "$other/zsh/site-functions"
  install -D -m 644 -t "$other/licenses/punte" LICENSE-MIT LICENSE-APACHE
  mv "$other/doc/punte/licences-of-dependencies.txt.gz" "$other/licenses/punte/"
  rm "$other/doc/punte/copyright"

  cat <<JSON
{ "deb": { "depends": [$(deb_needs "$built" | quoted)], "files": { $(files "$work/deb") } },
  "rpm": { "depends": [$(rpm_needs "$built" | quoted)], "files": { $(files "$work/rpm") } } }
JSON
}

files() { find "$1" -type f -printf '"/%P": "%p",\n' | sed '$ s/,$//'; }
quoted() { sed 's/.*/"&",/; $ s/,$//'; }

# What the programs are linked with, as Debian names it, with the versions that it must be.
deb_needs() {
  local place
  place=$(mktemp -d)
  mkdir "$place/debian"
  printf 'Source: punte\n\nPackage: punte\nArchitecture: any\n' >"$place/debian/control"
  local programs=("$(realpath "$1/punte")" "$(realpath "$1/punte-cli")")
  (cd "$place" && dpkg-shlibdeps -O "${programs[@]}" 2>/dev/null) | sed 's/^shlibs:Depends=//; s/, /\n/g'
  rm -rf "$place"
}

# The same as the other family names it: sonames, and the newest version of the C library's that is asked for.
rpm_needs() {
  local bits=
  case $(uname -m) in *64) bits="()(64bit)" ;; esac
  objdump -p "$1/punte" "$1/punte-cli" | awk -v bits="$bits" '$1 == "NEEDED" && $2 !~ /^ld-linux/ { print $2 bits }' | sort -u
  local newest
  newest=$(objdump -p "$1/punte" "$1/punte-cli" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -1)
  echo "libc.so.6($newest)${bits#()}"
}

# Whether both packages hold what they should, as far as the tools at hand can say.
linux_check() {
  local deb rpm list wanted
  deb=$(find "$1" -name '*.deb')
  rpm=$(find "$1" -name '*.rpm')
  local place
  place=$(mktemp -d)
  dpkg-deb -x "$deb" "$place"
  list=$(cd "$place" && find . -type f | sed 's/^\.//')
  local sizes=(16x16 24x24 32x32 48x48 64x64 96x96 128x128 256x256 512x512)
  local expected=(/usr/bin/punte /usr/bin/punte-cli /usr/share/applications/Punte.desktop
    "${sizes[@]/%//apps/punte.png}" scalable/apps/punte.svg
    /usr/share/metainfo/ro.punte.console.metainfo.xml /usr/lib/systemd/system/punte.service
    /usr/share/man/man1/punte.1.gz /usr/share/man/man1/punte-cli.1.gz /usr/share/man/man1/punte-cli-run.1.gz
    /usr/share/bash-completion/completions/punte-cli /usr/share/zsh/vendor-completions/_punte-cli
    /usr/share/fish/vendor_completions.d/punte-cli.fish
    /usr/share/punte/screens/index.html
    /usr/share/doc/punte/copyright /usr/share/doc/punte/changelog.gz /usr/share/doc/punte/README
    /usr/share/doc/punte/licences-of-dependencies.txt.gz /usr/share/doc/punte/punte.cdx.json)
  for wanted in "${expected[@]}"; do
    case $wanted in /*) ;; *) wanted=/usr/share/icons/hicolor/$wanted ;; esac
    grep -qxF "$wanted" <<<"$list" || { echo "$wanted is not in the .deb" >&2; exit 1; }
  done
  desktop-file-validate "$place/usr/share/applications/Punte.desktop"
  appstreamcli validate --no-net "$place/usr/share/metainfo/ro.punte.console.metainfo.xml"
  gzip -dc "$place/usr/share/doc/punte/changelog.gz" | grep -qxF "Version $version" ||
    { echo "packaging/linux/ro.punte.console.metainfo.xml does not tell of $version" >&2; exit 1; }
  [ "$(dpkg-deb -f "$deb" Version)" = "$version" ] || { echo "the .deb is of another version" >&2; exit 1; }
  if command -v rpm >/dev/null; then
    local count
    count=$(rpm -qlp "$rpm" 2>/dev/null | wc -l)
    # its licences are two files more, and the copyright one less
    [ "$count" = $(($(wc -l <<<"$list") + 1)) ] || { echo "the .rpm holds $count files" >&2; exit 1; }
  fi
  rm -rf "$place"
}
