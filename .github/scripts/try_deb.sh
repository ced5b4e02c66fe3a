#!/bin/bash
# In a clean Debian or Ubuntu, as root: install from the signed repository in dist/, do the main job once, remove without traces.
# Scripted, not yet run: docs/it/build.md.
set -euo pipefail
dist=$(realpath "${1:-dist}")
export DEBIAN_FRONTEND=noninteractive

install -D -m 644 "$dist/greenroom-signing-key.asc" /etc/apt/keyrings/greenroom.asc
sed "s|^URIs:.*|URIs: file://$dist/apt|" "$dist/apt/greenroom.sources" >/etc/apt/sources.list.d/greenroom.sources
apt-get update -qq
apt-get install -y -qq --no-install-recommends greenroom

id -u tester >/dev/null 2>&1 || useradd --create-home tester
runuser -u tester -- env QT_QPA_PLATFORM=offscreen greenroom --smoke

apt-get purge -y -qq 'greenroom*'
for path in /usr/lib/greenroom /usr/share/greenroom /usr/bin/greenroom /etc/greenroom; do
    if [[ -e $path ]]; then
        echo "$path is left" >&2
        exit 1
    fi
done
echo "installed, ran, removed"
