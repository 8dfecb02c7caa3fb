#!/bin/sh
# Removes CXR Viewer from where install.sh put it. What you have read and corrected stays.
set -eu

program=$(cd "$(dirname "$0")" && pwd)
prefix=$(cd "$program/../.." && pwd)
if [ "$program" != "$prefix/lib/cxr-viewer" ] || [ ! -x "$program/cxr-viewer" ]; then
  echo "$program is no installed CXR Viewer; nothing was removed." >&2
  exit 1
fi

for command in @COMMANDS@; do
  if [ "$(readlink "$prefix/bin/$command")" = "$program/$command" ]; then rm -f "$prefix/bin/$command"; fi
done
rm -f "$prefix/share/applications/cxr-viewer.desktop"
find "$prefix/share/icons/hicolor" -path '*/apps/cxr-viewer.*' -type f -exec rm -f {} + 2> /dev/null || true
if command -v update-desktop-database > /dev/null 2>&1; then
  update-desktop-database -q "$prefix/share/applications" || true
fi
rm -rf "$program"
echo "CXR Viewer is removed. Your journal, settings and cache stay in ~/.local/share, ~/.config and ~/.cache."
