#!/bin/sh
# Installs the Debian or Ubuntu packages that a task needs and that are missing. As another user than root it only
# names them. Usage: packaging/linux/system_packages.sh viewer|test|package
set -eu

viewer="python3-venv libegl1 libgl1 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon0 libxkbcommon-x11-0 \
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 \
libxcb-xinerama0 libxcb-xkb1 fonts-dejavu-core fonts-noto-core"
test="$viewer dcmtk dicom3tools xvfb xauth"
package="$viewer binutils dpkg-dev libcups2 libwayland-cursor0 libwayland-egl1 debootstrap desktop-file-utils"

case "${1:-}" in
  viewer) wanted=$viewer ;;
  test) wanted=$test ;;
  package) wanted=$package ;;
  *) echo "usage: $0 viewer|test|package" >&2; exit 2 ;;
esac

command -v dpkg-query >/dev/null 2>&1 || exit 0 # not Debian's family: nothing to check here

missing=""
for package in $wanted; do
  # Newer releases carry some libraries under a name that ends in t64.
  for name in "$package" "${package}t64"; do
    if dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed'; then continue 2; fi
  done
  missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "These system packages are missing; install them if the next step fails: sudo apt-get install$missing" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086 # the list is meant to split
apt-get install -q -y --no-install-recommends $missing
