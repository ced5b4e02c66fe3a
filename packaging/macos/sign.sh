#!/bin/bash
# Signs an application bundle from the inside out: libraries, frameworks, helper programs, then the bundle itself.
#
#   CODESIGN_IDENTITY="Developer ID Application: …" packaging/macos/sign.sh build/macos/Greenroom.app
#
# Without CODESIGN_IDENTITY the bundle is signed ad hoc ("-"): it runs on this Mac and nowhere else, and cannot be notarised.
# CODESIGN_KEYCHAIN names the keychain to take the identity from. Scripted, not yet run: docs/it/macos.md.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
bundle=${1:?"usage: sign.sh BUNDLE.app"}
identity=${CODESIGN_IDENTITY:--}
python=${PYTHON:-python3}

options=(--force --options runtime --sign "$identity")
if [[ $identity == - ]]; then
    echo "No CODESIGN_IDENTITY: signed ad hoc, for this Mac only." >&2
    options+=(--timestamp=none)
else
    options+=(--timestamp)
fi
if [[ -n ${CODESIGN_KEYCHAIN:-} ]]; then
    options+=(--keychain "$CODESIGN_KEYCHAIN")
fi

# bundle.py knows what is code, and names what lies inside before what holds it
"$python" "$here/bundle.py" --code "$bundle" | while IFS= read -r part; do
    case $part in
        */Contents/MacOS/*) codesign "${options[@]}" --entitlements "$here/entitlements.plist" "$part" ;;
        *) codesign "${options[@]}" "$part" ;;
    esac
done
codesign "${options[@]}" --entitlements "$here/entitlements.plist" "$bundle"
codesign --verify --deep --strict --verbose=2 "$bundle"
