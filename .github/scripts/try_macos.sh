#!/bin/bash
# On a Mac that may be thrown away: install the package silently, do the main job once, remove.
# Scripted, not yet run: docs/it/macos.md.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
package=$(find "${1:-dist/macos}" -name 'greenroom-*.pkg' | head -n 1)
app=/Applications/Greenroom.app

pkgutil --check-signature "$package" || echo "The package is not signed: a trial build." >&2
sudo installer -pkg "$package" -target /
codesign --verify --deep --strict --verbose=2 "$app"
"$app/Contents/MacOS/greenroom" --smoke
sudo "$root/packaging/macos/uninstall.sh" --with-model
test ! -e "$app"
echo "installed, ran, removed"
