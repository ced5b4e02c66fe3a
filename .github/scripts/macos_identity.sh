#!/bin/bash
# Put the signing certificates of the environment into a keychain of this run, and notarytool's login beside them.
# Takes MACOS_CERTIFICATES (a .p12, base64), MACOS_CERTIFICATES_PASSWORD, NOTARY_APPLE_ID, NOTARY_TEAM_ID, NOTARY_PASSWORD. Says
# nothing of what they hold. Scripted, not yet run: docs/it/macos.md.
set -euo pipefail
keychain=$RUNNER_TEMP/greenroom.keychain-db
password=$(openssl rand -hex 24)
certificates=$(mktemp)
trap 'rm -f "$certificates"' EXIT

security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$password" "$keychain"
base64 --decode -o "$certificates" <<<"$MACOS_CERTIFICATES"
security import "$certificates" -k "$keychain" -P "$MACOS_CERTIFICATES_PASSWORD" -T /usr/bin/codesign -T /usr/bin/productbuild
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
xcrun notarytool store-credentials greenroom --keychain "$keychain" \
    --apple-id "$NOTARY_APPLE_ID" --team-id "$NOTARY_TEAM_ID" --password "$NOTARY_PASSWORD"
