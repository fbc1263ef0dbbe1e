#!/usr/bin/env bash
# Installs target/package's .deb in a new Debian 12 (debootstrap, a root of its own), as a person would: works with it in the terminal,
# in a window and as a unit, upgrades over an older ledger, removes it, and looks at what is left. Wants root, Linux and
# Debian's mirror as this machine's apt has it; `make package` first. Not a part of `make test` for these three reasons.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "this makes a root of its own: it wants root" >&2; exit 2; }
deb=$(find target/package -maxdepth 1 -name '*.deb' 2>/dev/null || true)
[ -f "$deb" ] || { echo "make package first: there is no .deb in target/package" >&2; exit 2; }
missing=()
command -v debootstrap >/dev/null || missing+=(debootstrap)
command -v systemd-nspawn >/dev/null || missing+=(systemd-container)
[ ${#missing[@]} = 0 ] || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }

work=$(mktemp -d)
root=$work/debian
passed=0
finish() {
  local code=$?
  for place in proc sys dev/pts dev/shm dev; do mountpoint -q "$root/$place" && umount -l "$root/$place"; done
  mountpoint -q "$work/booted" && umount "$work/booted"
  mountpoint -q "$root" && umount "$root"
  rm -rf --one-file-system "$work"
  [ $code = 0 ] || echo "FAILED: package-test"
}
trap finish EXIT

say() { echo; echo "== $1"; }
pass() { passed=$((passed + 1)); echo "ok: $1"; }
fail() { echo "not so: $1" >&2; exit 1; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
# as somebody who uses the desktop, with a home of her own
ana() { inside runuser -u ana -- env HOME=/home/ana USER=ana "$@"; }
install_quietly() { inside apt-get install -y -qq "$@" >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; fail "apt installs $*"; }; }

say "a new Debian"
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/\?$' || echo http://deb.debian.org/debian)
mkdir -p "$root"
# its own mount: the clean-up can't reach out of it
mount -t tmpfs -o size=4G,mode=755 punte-test "$root"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/debootstrap.log" 2>&1 || { tail "$work/debootstrap.log"; exit 1; }
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys" && mount --make-rslave "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
for node in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
  read -r name major minor <<<"$node"
  mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
inside useradd -m ana
# what the test itself needs, and what the package says it needs: what is left afterwards is then the package's own
install_quietly --no-install-recommends xvfb xauth x11-utils dbus dbus-x11 gnome-keyring sqlite3 man-db groff-base systemd zsh fish
inside apt-get satisfy -y -qq --no-install-recommends "$(dpkg-deb -f "$deb" Depends)" >"$work/apt.log" 2>&1 || { tail "$work/apt.log"; fail "Debian 12 has what it depends on"; }
pass "Debian 12 has what it depends on"
everything() { (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./run -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/lib/apt \) -prune -o -print | sort); }
# Starts that Debian with the service manager as its first process, which runs $root/try.sh and ends.
boot() {
  mkdir -p "$root/etc/systemd/system"
  printf '[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/bin/bash /try.sh\nExecStopPost=/bin/systemctl --no-block poweroff\n' \
    >"$root/etc/systemd/system/try.service"
  rm -f "$root/try.log"
  # without what is mounted in it: the one that starts mounts its own
  mkdir -p "$work/booted"
  mount --bind "$root" "$work/booted"
  timeout 180 systemd-nspawn --quiet --register=no --keep-unit --console=pipe -D "$work/booted" --boot systemd.unit=try.service \
    systemd.wants=multi-user.target >"$work/boot.log" 2>&1 || true
  umount "$work/booted"
  rm -f "$root/etc/systemd/system/try.service" "$root/try.sh"
  [ -f "$root/try.log" ] && mv "$root/try.log" "$work/try.log"
}
echo 'systemctl is-system-running >/try.log' >"$root/try.sh"
boots=yes
boot || boots=
everything >"$work/before"

say "an older version, and what was made with it"
# the same programs under an older number: how an upgrade goes is the scripts' matter, not the programs'
dpkg-deb -R "$deb" "$work/older"
sed -i 's/^Version: .*/Version: 0.0.1/' "$work/older/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/older" "$root/tmp/older.deb" >/dev/null
rm -rf "$work/older"
install_quietly --no-install-recommends /tmp/older.deb
books=/home/ana/books
mkdir "$root$books"
cp crates/store/src/ledger/0001_ledger.sql "$root/tmp/first.sql"
# a ledger as the first version wrote it
inside sqlite3 "$books/ledger.sqlite" ".read /tmp/first.sql" "PRAGMA user_version = 1;
  INSERT INTO workspace (row, id, name, is_sandbox, seed, created_ms, epoch) VALUES (1, 'ws_1', 'Atelier', 0, zeroblob(32), 1, 3);
  INSERT INTO connections (id, kind, name, address, account, is_sandbox, created_ms) VALUES ('con_1', 'oblio', 'Oblio', '', 'ana@example.com', 0, 1);"
inside chown -R ana: "$books"

say "upgrade"
cp "$deb" "$root/tmp/punte.deb"
install_quietly --no-install-recommends /tmp/punte.deb
[ "$(inside dpkg-query -W -f '${Version}' punte)" = "$(dpkg-deb -f "$deb" Version)" ] || fail "the newer one is installed"
[ -z "$(inside dpkg --verify punte)" ] || fail "what is installed is what was packed"
pass "apt upgrades it, and every file is as packed"
inside ldd /usr/bin/punte /usr/bin/punte-cli | grep -q "not found" && fail "every library is there"
pass "every library is there"
ana punte-cli --lang en --workspace "$books" status >"$work/status" || { cat "$work/status"; fail "the older ledger opens"; }
grep -q Atelier "$work/status" && grep -q Oblio "$work/status" || { cat "$work/status"; fail "the older ledger keeps what it held"; }
newest=$(find crates/store/src/ledger -name '0*.sql' | wc -l)
# a package of these very sources brings it as far as they go
at=$(inside sqlite3 "$books/ledger.sqlite" 'PRAGMA user_version')
[ "$at" = "$newest" ] || fail "the older ledger is brought forward, and stands at $at"
ana punte-cli --workspace "$books" check >"$work/check" || { cat "$work/check"; fail "the older ledger is whole"; }
pass "a ledger of the first version is brought forward to $at, is whole, and keeps what it held"

say "the main job, in the sandbox"
ana punte-cli --lang en demo >"$work/demo" || { cat "$work/demo"; fail "the main job is done"; }
tail -1 "$work/demo"
grep -qE '^[1-9][0-9]* issued, [0-9]+ held, [1-9][0-9]* settled, 0 duplicated$' "$work/demo" || fail "issued, settled, and nothing twice"
pass "the main job is done: nothing twice, by the simulators' own count"

say "the screens in a browser"
cat >"$root/tmp/serve.sh" <<'SERVE'
cd /
punte-cli serve --no-keyring >$HOME/serve.log 2>&1 &
program=$!
for _ in $(seq 60); do
  sleep 0.5
  address=$(sed -n 's/#.*//p' $HOME/serve.log | head -1)
  [ -z "$address" ] || break
done
exec 3<>/dev/tcp/127.0.0.1/$(sed 's#.*:\([0-9]*\)/.*#\1#' <<<"$address")
printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
cat <&3 | tr -d '\r' | grep -E '^HTTP|<title>'
kill -TERM $program
wait $program
echo "ended with $?"
rm $HOME/serve.log
SERVE
ana bash /tmp/serve.sh >"$work/serve" 2>&1 || true
grep -q '^HTTP/1.1 200' "$work/serve" && grep -q '<title>' "$work/serve" && grep -q 'ended with 0' "$work/serve" || { cat "$work/serve"; fail "the screens are served"; }
pass "punte-cli serve finds the screens that came with it"

say "manual and completions"
for page in punte punte-cli punte-cli-run punte-cli-import; do
  inside env MANROFFOPT= MANPAGER=cat man $page 2>"$work/man" | grep -q NAME || { cat "$work/man"; fail "man $page"; }
done
inside bash -c '. /usr/share/bash-completion/completions/punte-cli && complete -p punte-cli' >/dev/null || fail "bash completes"
inside zsh -n /usr/share/zsh/vendor-completions/_punte-cli || fail "zsh completes"
ana fish -c 'complete -C "punte-cli rec"' | grep -q reconcile || fail "fish completes"
pass "four pages are read, three shells complete"

say "the window"
cat >"$root/tmp/window.sh" <<'WINDOW'
export NO_AT_BRIDGE=1 GTK_A11Y=none GDK_BACKEND=x11 LIBGL_ALWAYS_SOFTWARE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1 XDG_RUNTIME_DIR=$HOME/.run
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
printf %s "not-empty" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
# as the desktop starts it
$(sed -n 's/^Exec=//p' /usr/share/applications/Punte.desktop) >/tmp/window.log 2>&1 &
program=$!
class=
for _ in $(seq 120); do
  sleep 0.5
  class=$(xwininfo -root -tree | grep '"Punte"' | grep -v '10x10' | head -1)
  [ -z "$class" ] || break
done
echo "$class"
sleep 5
kill -0 $program || { echo "it ended by itself"; cat /tmp/window.log; exit 1; }
kill -TERM $program
for _ in $(seq 60); do kill -0 $program 2>/dev/null || break; sleep 0.5; done
if kill -0 $program 2>/dev/null; then kill -9 $program; echo "it does not end on SIGTERM"; exit 1; fi
wait $program
echo "ended with $?"
WINDOW
ana dbus-run-session -- xvfb-run -a -s "-screen 0 1280x800x24" bash /tmp/window.sh >"$work/window" 2>"$work/window.err" || { cat "$work/window" "$work/window.err" "$root/tmp/window.log"; fail "the window opens"; }
cat "$work/window"
wanted=$(sed -n 's/^StartupWMClass=//p' "$root/usr/share/applications/Punte.desktop")
grep -q "\"$wanted\"" "$work/window" || fail "its window is told by its class, $wanted"
pass "the window opens, is told by its class, and ends when asked"

say "the unit"
inside systemd-analyze verify punte.service 2>"$work/verify" || { cat "$work/verify"; fail "systemd finds nothing to say"; }
[ ! -s "$work/verify" ] || { cat "$work/verify"; fail "systemd finds nothing to say"; }
inside systemd-analyze security --offline=true --threshold=15 punte.service | tail -1 || fail "it is as closed as it says"
[ "$(inside systemctl is-enabled punte.service || true)" = disabled ] || fail "it waits until somebody enables it"
pass "systemd has nothing to say of the unit, and it waits until somebody enables it"
inside systemctl --quiet disable punte.service
if [ -n "$boots" ]; then
  cat >"$root/try.sh" <<'TRY'
exec >/try.log 2>&1
as_the_unit() { systemd-run --quiet --wait --pipe --collect -p DynamicUser=yes -p User=punte -p StateDirectory=punte -E PUNTE_HOME=/var/lib/punte "$@"; }
answer() { systemctl show -P "$1" punte.service; }
systemctl start punte.service
echo "without a passphrase: $(answer ActiveState) $(answer AssertResult)"
install -D -m 600 /dev/stdin /etc/punte/passphrase <<<"not-empty-at-all"
as_the_unit punte-cli seed --documents 10
systemctl start punte.service
sleep 8
echo "started: $(answer ActiveState) $(answer SubState) $(answer NRestarts)"
as_the_unit punte-cli --lang en status
stat -c "vault: %a" /var/lib/private/punte/credentials.vault
systemctl stop punte.service
echo "stopped: $(answer Result) $(answer ExecMainStatus)"
systemctl start punte.service
sleep 8
echo "again: $(answer ActiveState) $(answer SubState)"
systemctl stop punte.service
echo "another one" >/etc/punte/passphrase
systemctl start punte.service
sleep 15
echo "wrong: $(answer ActiveState) $(answer ExecMainStatus) $(answer NRestarts)"
journalctl -u punte.service --no-pager
TRY
  boot || { tail "$work/boot.log"; fail "the service manager runs"; }
  for line in "without a passphrase: inactive no" "started: active running 0" "  issued                   10" "vault: 600" "stopped: success 0" \
    "again: active running" "wrong: failed 2 0"; do
    grep -qxF "$line" "$work/try.log" || { cat "$work/try.log"; fail "of the unit: $line"; }
  done
  pass "the unit starts with the passphrase that it is handed, answers, ends in order, starts again, and gives up where it is wrong"
  rm -r "$root/etc/punte"
else
  echo "NOT TRIED: systemd-nspawn boots nothing on this machine, so the unit was checked and not started"
fi
inside systemctl --quiet enable punte.service

say "remove and purge"
(cd "$root/home/ana" && find . -type f | sort | xargs -d '\n' sha256sum) >"$work/hers"
install -D -m 600 /dev/stdin "$root/etc/punte/passphrase" <<<"hers too"
inside dpkg-query -L punte | sort >"$work/listed"
inside apt-get remove -y -qq punte >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; fail "apt removes it"; }
inside apt-get purge -y -qq punte >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; fail "apt purges it"; }
inside dpkg-query -W punte >/dev/null 2>&1 && fail "dpkg knows nothing of it any more"
rm "$root/etc/punte/passphrase" && rmdir "$root/etc/punte" || fail "the passphrase stays"
everything >"$work/after"
left=$(comm -13 "$work/before" "$work/after" | grep -vE '^\./(home/ana/|var/lib/(punte$|private/punte))' || true)
[ -z "$left" ] || { echo "$left"; fail "nothing but the person's own is left"; }
gone=$(comm -23 "$work/before" "$work/after")
[ -z "$gone" ] || { echo "$gone"; fail "nothing of others goes"; }
(cd "$root/home/ana" && sha256sum --quiet -c "$work/hers") || fail "what is hers is as it was"
pass "removed and purged: $(wc -l <"$work/hers") files of hers as they were, nothing else left, nothing of others gone"
echo
echo "$passed passed, 0 failed"
