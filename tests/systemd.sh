#!/usr/bin/env bash
# Runs the unit in config/ under a real systemd, booted in a container, and looks at what it does. As root:
#
#   debootstrap --variant=minbase --include=systemd,dbus,procps,python3 bookworm /var/tmp/feedd-systemd
#   tests/systemd.sh /var/tmp/feedd-systemd
#
# It needs systemd-nspawn and, outside, a Python of the container's version. The container has no network.
set -euo pipefail
root=$(realpath "${1:?the folder of a Debian system with systemd and python3}")
here=$(realpath "$(dirname "$0")/..")

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
fail() { say "FAILED: $*"; inside journalctl -u feedd --no-pager -n 40 || true; exit 1; }

version=$(chroot "$root" python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
say "installing feedd for Python $version"
rm -rf "$root/opt/feedd" "$root/srv/feedd" "$root/var/lib/feedd" "$root/var/lib/private/feedd"
[ "$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$version" ] || {
  echo "python3 has to be Python $version, as in the container" >&2; exit 2; }
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$root/opt/feedd/lib" \
  $(python3 -c 'import sys, tomllib
print(*tomllib.load(open(sys.argv[1], "rb"))["project"]["dependencies"], sep="\n")' "$here/pyproject.toml" | tr -d ' ')
cp -r "$here/feedd" "$root/opt/feedd/lib/"
mkdir -p "$root/opt/feedd/bin" "$root/srv/feedd/feeds"
cat > "$root/opt/feedd/bin/feedd" <<'PROGRAM'
#!/usr/bin/python3
import sys
sys.path.insert(0, "/opt/feedd/lib")
from feedd.cli.main import entry_point
if __name__ == "__main__":  # workers import this file again
    entry_point()
PROGRAM
chmod 755 "$root/opt/feedd/bin/feedd"
cp -r "$here/seeds" "$here/config" "$root/srv/feedd/"
cp "$here/config/feedd.service" "$root/etc/systemd/system/"
chroot "$root" id feedd >/dev/null 2>&1 || chroot "$root" useradd --system --home-dir /srv/feedd feedd
chroot "$root" chown -R feedd: /srv/feedd

# Where no systemd runs, nspawn's own folder has to be a mount.
mkdir -p /run/systemd
mounted=""
if [ ! -d /run/systemd/system ] && ! mountpoint -q /run/systemd; then
  mount -t tmpfs tmpfs /run/systemd
  mounted=/run/systemd
fi
systemd-nspawn --quiet --boot --directory "$root" --register=no --keep-unit --private-network --console=pipe \
  >/dev/null 2>&1 &
nspawn=$!
leader=""
end() {
  kill "$nspawn" 2>/dev/null || true
  for _ in $(seq 50); do kill -0 "$nspawn" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$nspawn" ${leader:+"$leader"} 2>/dev/null || true
  wait "$nspawn" 2>/dev/null || true
  [ -z "$mounted" ] || umount "$mounted"
}
trap end EXIT
SECONDS=0
until leader=$(pgrep -P "$nspawn" | head -1) && [ -n "$leader" ]; do kill -0 "$nspawn"; [ $SECONDS -lt 30 ]; done
inside() { nsenter --target "$leader" --all -- /usr/bin/env -i PATH=/usr/bin:/bin:/opt/feedd/bin "$@"; }
until inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; do [ $SECONDS -lt 30 ]; done
say "systemd $(inside systemctl --version | head -1 | cut -d' ' -f2) is up"

wait_for() { # what, command...
  local what=$1 deadline=$((SECONDS + 30)); shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $deadline ] || fail "$what"; done
  say "ok: $what"
}
shows() { inside systemctl show feedd --property "$1" --value; }
is() { [ "$(shows "$1")" = "$2" ]; }
status_has() { shows StatusText | grep -q "$1"; }
serves() { inside python3 -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:8080/atom.xml")'; }
feed_has() { grep -q "$1" "$root/srv/feedd/feeds/atom.xml"; }

inside systemctl start feedd || fail "start"
wait_for "it is active after the first pass" is ActiveState active
feed_has "<entry>" || fail "READY came before the feeds"
wait_for "the status says what is published" status_has "3 entries in 6 feeds"
inside sh -c 'cd /srv/feedd && /opt/feedd/bin/feedd status --state /var/lib/feedd' || fail "feedd status"
wait_for "it serves the feeds" serves
sed -i 's/^title: .*/title: Another title/' "$root"/srv/feedd/seeds/2019-12-*.md
wait_for "a change is published" feed_has "Another title"
inside systemctl reload feedd || fail "reload"
wait_for "it is active after a reload" is ActiveState active
echo 'titel: x' >> "$root/srv/feedd/config/feedd.yaml"
inside systemctl reload feedd || fail "reload with a broken configuration"
wait_for "it is active after a reload with mistakes" is ActiveState active
sed -i '$d' "$root/srv/feedd/config/feedd.yaml"
pid=$(shows MainPID)
inside kill -KILL "$pid"
restarted() { is ActiveState active && ! is MainPID "$pid" && ! is MainPID 0; }
wait_for "it is restarted when it was killed" restarted
pid=$(shows MainPID)
inside sh -c "! grep -q '^CapEff:.*[1-9a-f]' /proc/$pid/status" || fail "it has capabilities"
inside sh -c "grep -q '^NoNewPrivs:.*1' /proc/$pid/status && grep -q '^Seccomp:.*2' /proc/$pid/status" || fail "limits"
inside nsenter --target "$pid" --mount -- sh -c '! touch /srv/feedd/seeds/x 2>/dev/null' || fail "it may write to seeds/"
say "ok: it has no capability, and may not write to the items"
inside systemctl stop feedd || fail "stop"
[ "$(shows Result)" = success ] || fail "it did not end well: $(shows Result)"
say "ok: it stops well"
serves 2>/dev/null && fail "it serves on"
cp "$here/config/feedd.socket" "$root/etc/systemd/system/"
inside systemctl daemon-reload
inside systemctl start feedd.socket || fail "start of the socket"
wait_for "who connects to the socket has it started and is answered" serves
is ActiveState active || fail "it answers, and is not active"
inside systemctl restart feedd &
for _ in $(seq 20); do serves || fail "somebody was refused during a restart"; done
wait $! || fail "restart"
say "ok: a restart refuses nobody"
inside systemctl stop feedd.socket feedd
inside systemd-analyze security feedd --no-pager | tail -1
inside journalctl -u feedd --no-pager -o short-iso | tail -30
say "all is well"
