#!/bin/sh
# Takes away what install.sh put there; configuration and data stay. 卸载程序，保留配置和数据。
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
. "$here/packaging/install-lib.sh"
[ "$(id -u)" = 0 ] || { echo "as root · 需要 root" >&2; exit 2; }
if has_systemd; then
  systemctl disable --now $NAME.service || true
else
  "$HOME_DIR/current/bin/lifeline" stop || true
fi
rm -f /etc/systemd/system/$NAME.service /usr/local/bin/lifeline
! has_systemd || systemctl daemon-reload
rm -rf "$HOME_DIR"
echo "$ETC, $STATE: 保留 · kept"
