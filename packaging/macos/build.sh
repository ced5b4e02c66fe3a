#!/bin/bash
# From the frozen app to a signed, notarised package. On a Mac only; scripted, not yet run: docs/it/macos.md.
#
#   packaging/macos/build.sh [FROZEN_APP [MODEL_FOLDER [OUT]]]
#
# CODESIGN_IDENTITY    "Developer ID Application: …"; without it signed ad hoc, for this Mac only
# INSTALLER_IDENTITY   "Developer ID Installer: …"; without it the package is not signed
# NOTARY_PROFILE       what `xcrun notarytool store-credentials` was told; without it nothing is sent to Apple;
#                      NOTARY_KEYCHAIN, if it was told to another keychain than the login's
# GREENROOM_VERSION    the version, if not desktop_app's
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
frozen=${1:-$root/build/app/greenroom}
model=${2:-$root/build/model}
out=${3:-$root/dist/macos}
python=${PYTHON:-$root/build/python/bin/python} # the environment that was frozen: the icon is drawn with its Qt
work=$root/build/macos
bundle=$work/root/Greenroom.app

if [[ $(uname) != Darwin ]]; then
    echo "pkgbuild, codesign and notarytool are on macOS only. What Linux can check: packaging/macos/verify.py" >&2
    exit 1
fi
version=$("$python" -c 'import sys; sys.path.insert(0, sys.argv[1]); import names; print(names.version())' "$root/packaging")
model_version=$("$python" -c 'import sys; sys.path.insert(0, sys.argv[1]); import names; print(names.MODEL_VERSION)' "$root/packaging")
architecture=$(uname -m)
package=$out/greenroom-$version-macos-$architecture.pkg

rm -rf "$work"
mkdir -p "$work/root" "$work/parts" "$work/resources" "$work/model" "$out"

"$python" "$here/bundle.py" --payload "$frozen" --version "$version" --out "$bundle"
"$here/sign.sh" "$bundle"

pkgbuild --root "$work/root" --component-plist "$here/component.plist" --scripts "$here/scripts" --ownership recommended \
    --identifier app.greenroom.desktop --version "$version" --install-location /Applications "$work/parts/greenroom-app.pkg"
cp "$model"/*.gguf "$model"/LICENSE* "$work/model/"
pkgbuild --root "$work/model" --ownership recommended --identifier app.greenroom.model.smollm2 --version "$model_version" \
    --install-location "/Library/Application Support/Greenroom/models" "$work/parts/greenroom-model.pkg"

cp "$root/LICENSE" "$work/resources/LICENSE.txt"
sed -e "s/@VERSION@/$version/g" -e "s/@MODEL_VERSION@/$model_version/g" -e "s/@ARCHITECTURE@/$architecture/g" \
    "$here/distribution.xml" >"$work/distribution.xml"
signing=()
if [[ -n ${INSTALLER_IDENTITY:-} ]]; then
    signing=(--sign "$INSTALLER_IDENTITY" --timestamp)
else
    echo "No INSTALLER_IDENTITY: the package is not signed." >&2
fi
# the odd form: an empty array is an unset variable to the bash 3.2 of macOS
productbuild --distribution "$work/distribution.xml" --resources "$work/resources" --package-path "$work/parts" \
    ${signing[@]+"${signing[@]}"} "$package"

if [[ -n ${NOTARY_PROFILE:-} ]]; then
    login=(--keychain-profile "$NOTARY_PROFILE")
    if [[ -n ${NOTARY_KEYCHAIN:-} ]]; then
        login+=(--keychain "$NOTARY_KEYCHAIN")
    fi
    xcrun notarytool submit "$package" "${login[@]}" --wait
    xcrun stapler staple "$package"
    xcrun stapler validate "$package"
    spctl --assess --type install --verbose=2 "$package"
else
    echo "No NOTARY_PROFILE: not notarised; other Macs will refuse the package." >&2
fi
(cd "$out" && shasum -a 256 "$(basename "$package")" >"$(basename "$package").sha256")
echo "$package"
