#!/bin/sh
# Installs CXR Viewer for this user, without root. Usage: ./install.sh [PREFIX], which is ~/.local unless given.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:-$HOME/.local}
case $prefix in
  /*) ;;
  *) prefix=$(pwd)/$prefix ;;
esac
program=$prefix/lib/cxr-viewer

# A library of the window system that is missing is named now, not at the first double-click.
missing=$(ldd "$here/program/_internal/PySide6/Qt/plugins/platforms/libqxcb.so" | sed -n 's/^[[:space:]]*\(.*\) => not found.*/\1/p' | sort -u)
if [ -n "$missing" ]; then
  echo "These libraries of the system are missing; the window needs them (install them with your package manager):" >&2
  echo "$missing" >&2
fi

mkdir -p "$prefix/bin" "$prefix/lib" "$prefix/share/applications"
rm -rf "$program.new"
cp -R "$here/program" "$program.new"
cp "$here/uninstall.sh" "$program.new/uninstall.sh"
rm -rf "$program"
mv "$program.new" "$program"

for command in @COMMANDS@; do
  ln -sf "$program/$command" "$prefix/bin/$command"
done
(cd "$here/share" && find icons -type f) | while read -r icon; do
  mkdir -p "$prefix/share/$(dirname "$icon")"
  cp "$here/share/$icon" "$prefix/share/$icon"
done
# A full path, since ~/.local/bin is not in every session's PATH.
sed "s|^Exec=cxr-viewer|Exec=\"$program/cxr-viewer\"|; s|^TryExec=.*|TryExec=$program/cxr-viewer|" \
  "$here/share/applications/cxr-viewer.desktop" > "$prefix/share/applications/cxr-viewer.desktop"
if command -v update-desktop-database > /dev/null 2>&1; then
  update-desktop-database -q "$prefix/share/applications" || true
fi

echo "CXR Viewer @VERSION@ is installed. It is in your menu; the commands are in $prefix/bin."
echo "To remove it: $program/uninstall.sh"
