#!/bin/bash
# In a clean Fedora or RHEL, as root: install from the signed repository in dist/, do the main job once, remove without traces.
# Scripted, not yet run: docs/it/build.md.
set -euo pipefail
dist=$(realpath "${1:-dist}")

install -D -m 644 "$dist/greenroom-signing-key.asc" /etc/pki/rpm-gpg/RPM-GPG-KEY-greenroom
sed "s|^baseurl=.*|baseurl=file://$dist/rpm|" "$dist/rpm/greenroom.repo" >/etc/yum.repos.d/greenroom.repo
dnf install -y -q greenroom util-linux

id -u tester >/dev/null 2>&1 || useradd --create-home tester
runuser -u tester -- env QT_QPA_PLATFORM=offscreen greenroom --smoke

dnf remove -y -q 'greenroom*'
for path in /usr/lib/greenroom /usr/share/greenroom /usr/bin/greenroom; do
    if [[ -e $path ]]; then
        echo "$path is left" >&2
        exit 1
    fi
done
echo "installed, ran, removed"
