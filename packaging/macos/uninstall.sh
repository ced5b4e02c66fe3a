#!/bin/bash
# Removes Greenroom from this Mac, for everybody. People's profiles and keychain entries stay, and so do managed preferences.
#
#   sudo packaging/macos/uninstall.sh [--with-model] [--dry-run] [--root FOLDER]
#
# --with-model also takes the language model and models that IT put down for the machine. --root is for tests.
set -euo pipefail

root="" with_model=no run=""
while (($#)); do
    case $1 in
        --with-model) with_model=yes ;;
        --dry-run) run="echo" ;;
        --root) root=${2:?"--root needs a folder"} && shift ;;
        *)
            echo "usage: uninstall.sh [--with-model] [--dry-run] [--root FOLDER]" >&2
            exit 2
            ;;
    esac
    shift
done

if [[ -z $root && -z $run && $(id -u) != 0 ]]; then
    echo "This needs an administrator: run it with sudo. Nothing was changed." >&2
    exit 1
fi
if [[ -z $root ]] && pgrep -x greenroom >/dev/null 2>&1; then
    echo "Greenroom is running on this Mac. Close it, then start this again. Nothing was changed." >&2
    exit 1
fi

remove() { # PACKAGE PATH
    if [[ -e $root$2 ]]; then
        $run rm -rf "$root$2"
    fi
    if pkgutil --volume "${root:-/}" --pkg-info "$1" >/dev/null 2>&1; then
        $run pkgutil --volume "${root:-/}" --forget "$1" >/dev/null
    fi
}

remove app.greenroom.desktop /Applications/Greenroom.app
if [[ $with_model == yes ]]; then
    remove app.greenroom.model.smollm2 "/Library/Application Support/Greenroom"
fi
echo "Greenroom is removed. What people did stays in ~/Library/Application Support/greenroom of each of them."
