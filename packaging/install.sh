#!/bin/sh
# Installs what lies beside it: for the whole machine (as root), or below a folder of one's own (--prefix DIR).
# 安装本目录中的版本：root 执行为整机安装；--prefix 目录 安装到自己的目录，不需要 root。
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
. "$here/packaging/install-lib.sh"
version=$(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$here/release.json")
prefix=
case "${1-}" in
'') ;;
--prefix) prefix=${2:?--prefix DIR} ;;
*)
  echo "install.sh [--prefix DIR]" >&2
  exit 2
  ;;
esac
(cd "$here" && sha256sum --quiet -c SHA256SUMS) || {
  echo "文件与 SHA256SUMS 不符，未安装 · files differ from SHA256SUMS: nothing was installed" >&2
  exit 1
}
if [ -n "$prefix" ]; then
  mkdir -p "$prefix"
  HOME_DIR=$(CDPATH= cd -- "$prefix" && pwd -P)
elif [ "$(id -u)" != 0 ]; then
  echo "整机安装需要 root；或 --prefix 目录 · as root, or with --prefix DIR" >&2
  exit 2
fi
mkdir -p "$HOME_DIR/releases"
if [ "$here" != "$HOME_DIR/releases/$version" ]; then
  rm -rf "$HOME_DIR/releases/.$version.partial"
  cp -a "$here" "$HOME_DIR/releases/.$version.partial"
  rm -rf "$HOME_DIR/releases/$version"
  mv "$HOME_DIR/releases/.$version.partial" "$HOME_DIR/releases/$version"
fi
if [ -n "$prefix" ]; then
  mkdir -p "$HOME_DIR/etc" "$HOME_DIR/data" "$HOME_DIR/cache" "$HOME_DIR/bin"
  chmod 700 "$HOME_DIR/etc" "$HOME_DIR/data" "$HOME_DIR/cache"
  [ -f "$HOME_DIR/etc/lifeline.conf" ] ||
    sed "s#^LIFELINE_DATA_DIR=.*#LIFELINE_DATA_DIR=$HOME_DIR/data#" "$here/etc/lifeline.conf" >"$HOME_DIR/etc/lifeline.conf"
  ln -sfn ../current/bin/lifeline "$HOME_DIR/bin/lifeline"
  [ -e "$HOME_DIR/current" ] || point_at "$version"
  echo "$HOME_DIR/bin/lifeline start"
  exit 0
fi
mkdir -p "$ETC" /usr/local/bin /etc/systemd/system
[ -f "$ETC/lifeline.conf" ] || cp "$here/etc/lifeline.conf" "$ETC/lifeline.conf"
cp "$here/packaging/lifeline-watch.service" /etc/systemd/system/
ln -sfn "$HOME_DIR/current/bin/lifeline" /usr/local/bin/lifeline
activate "$version"
