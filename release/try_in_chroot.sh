#!/usr/bin/env bash
# Tries a release where nothing else is: a Debian system with Python, without network and without the repository. As root:
#
#   debootstrap --variant=minbase --include=python3,python3-venv,man-db,bash-completion,zsh,fish bookworm /var/tmp/feedd-chroot
#   release/try_in_chroot.sh /var/tmp/feedd-chroot dist
#
# The packages come as wheels, for the Python of that system, in the folder `wheels` of the second:
#
#   python3.11 -m pip wheel --requirement requirements/run.txt --wheel-dir dist/wheels
set -euo pipefail
root=$(realpath "${1:?the folder of a Debian system}")
dist=$(realpath "${2:?the folder of the release}")

rm -rf "$root/release" "$root/trial" "$root/root/.cache"
mkdir -p "$root/release" "$root/trial"
cp -r "$dist"/*.whl "$dist"/*cp3*.pyz "$dist/wheels" "$root/release/"
cat > "$root/release/inside.sh" <<'INSIDE'
set -euo pipefail
python=$(readlink -f /usr/bin/python3)
tag=cp$("$python" -c 'import sys; print("%d%d" % sys.version_info[:2])')

serves() { # folder, command...
  local site=$1 tries=0
  shift
  (cd "$site" && exec env -i "$@" run --listen 127.0.0.1:18999) 2>"$site/log" &
  local daemon=$!
  until "$python" -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:18999/atom.xml")' 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { cat "$site/log"; exit 1; }
    sleep 0.1
  done
  kill "$daemon"
  wait "$daemon"
}

try() { # name, command...
  local name=$1
  shift
  mkdir "/trial/$name"
  cd "/trial/$name"
  env -i "$@" --version | head -1
  env -i "$@" init site >/dev/null
  cd site
  env -i "$@" render --strict | grep "1 entry in"
  env -i "$@" backup "/trial/$name/backup" | grep saved
  serves "/trial/$name/site" "$@"
  echo "ok: $name"
}

try single-file "$python" /release/feedd-*-"$tag"-*.pyz

"$python" -m venv /trial/env
/trial/env/bin/pip install --quiet --no-index --find-links /release/wheels /release/feedd-*.whl
try wheel /trial/env/bin/feedd

share=/trial/env/share
man --warnings=w -l "$share/man/man1/feedd.1" 2>&1 | tr -s ' ' | grep "publishes a folder"
echo "ok: man page"
bash -c "source /usr/share/bash-completion/bash_completion; source $share/bash-completion/completions/feedd
  COMP_WORDS=(feedd resto); COMP_CWORD=1; _shtab_feedd; [ \"\${COMPREPLY[*]}\" = restore ]"
echo "ok: bash completes"
zsh -fc "fpath=($share/zsh/site-functions \$fpath); autoload -Uz compinit; compinit -u -d /trial/dump; (( \$+_comps[feedd] ))"
echo "ok: zsh completes"
fish -c "source $share/fish/vendor_completions.d/feedd.fish; complete -C 'feedd resto'" | grep ^restore
echo "ok: fish completes"
INSIDE
unshare --net --mount --pid --fork bash -c '
  mount -t proc proc "$1/proc"
  ip link set lo up
  exec chroot "$1" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 bash /release/inside.sh' bash "$root"
