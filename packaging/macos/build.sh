#!/bin/sh
# Builds CXR Viewer for macOS: "CXR Viewer.app" with document types, packed into a disk image.
# Usage: packaging/macos/build.sh [PYTHON]; CXR_SIGN names a signing identity, else it is signed for this machine only.
# Written from the documentation of its tools and not yet run on macOS.
set -eu
cd "$(dirname "$0")/../.."
python=${1:-python3}

if [ ! -e .venv-package/.complete ]; then
  "$python" -m venv .venv-package
  .venv-package/bin/python -m pip install -q --require-hashes -r requirements/package.txt
  touch .venv-package/.complete
fi
PYTHONPATH=packaging .venv-package/bin/python -m installers.build

version=$(PYTHONPATH=packaging .venv-package/bin/python -c "from installers import program; print(program.version())")
app="build/package/frozen/CXR Viewer.app"
for command in cxr-scan cxr-export cxr-import-boxes cxr-store; do
  ln -sf cxr-viewer "$app/Contents/MacOS/$command"
done
cp dist/THIRD-PARTY-LICENCES.txt "dist/cxr-viewer-$version.cdx.json" "$app/Contents/Resources/"
codesign --force --deep --sign "${CXR_SIGN:--}" "$app"
hdiutil create -ov -volname "CXR Viewer" -srcfolder "$app" -format UDZO "dist/cxr-viewer-$version-macos.dmg"
(cd dist && shasum -a 256 cxr-viewer-* THIRD-PARTY-LICENCES.txt > SHA256SUMS)
