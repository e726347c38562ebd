# What deb, rpm and install.sh do alike. Read by a shell, never run by itself.
NAME=lifeline-watch
HOME_DIR=/opt/$NAME
ETC=/etc/$NAME
STATE=/var/lib/$NAME

make_user() {
  getent group $NAME >/dev/null 2>&1 || groupadd --system $NAME
  getent passwd $NAME >/dev/null 2>&1 ||
    useradd --system --gid $NAME --home-dir $STATE --no-create-home --shell /usr/sbin/nologin $NAME
}

# Secrets may stand in the configuration: the service's group reads it, nobody else does. Data is the service's alone.
make_places() {
  mkdir -p "$ETC" "$STATE/data" "$STATE/backups" "/var/cache/$NAME"
  chown root:$NAME "$ETC"
  chmod 750 "$ETC"
  [ ! -f "$ETC/lifeline.conf" ] || { chown root:$NAME "$ETC/lifeline.conf"; chmod 640 "$ETC/lifeline.conf"; }
  # Only what is ours already or new: a data directory that was moved in keeps its owner until somebody decides.
  for d in "$STATE" "$STATE/data" "$STATE/backups" "/var/cache/$NAME"; do
    chown $NAME:$NAME "$d"
    chmod 700 "$d"
  done
}

has_systemd() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; }

# The link is changed in one step: whoever starts meanwhile finds the old version or the new one.
point_at() {
  ln -s "releases/$1" "$HOME_DIR/.current.$$"
  mv -T "$HOME_DIR/.current.$$" "$HOME_DIR/current"
}

# $1: the version that has just been unpacked beside the others
activate() {
  make_user
  make_places
  if [ ! -e "$HOME_DIR/current" ]; then
    point_at "$1"
    if has_systemd; then
      systemctl daemon-reload
      systemctl enable $NAME.service >/dev/null 2>&1 || true
      systemctl start --no-block $NAME.service || true
    else
      echo "lifeline-watch: installed; start it with: lifeline start"
    fi
    return 0
  fi
  ! has_systemd || systemctl daemon-reload
  "$HOME_DIR/releases/$1/bin/lifeline" upgrade --to "$1"
}
