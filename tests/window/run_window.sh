#!/bin/bash
# run_window.sh ZIP DRIVER: install the built zip as a user would, then run a driver in a real window.
# Runs inside of a Debian folder with Blender (tools/chroots.py). S2P_OUT gets the screenshots.
set -eu
zip=$1 driver=$2
export BLENDER_USER_RESOURCES
BLENDER_USER_RESOURCES=$(mktemp -d -t sketch2pose-window-XXXXXX)
trap 'rm -rf "$BLENDER_USER_RESOURCES"' EXIT
mkdir -p "$S2P_OUT"
blender --version | head -1
blender --command extension install-file -r user_default -e "$zip"
timeout "${S2P_WINDOW_TIMEOUT:-280}" env PYTHONDONTWRITEBYTECODE=1 xvfb-run -a -s "-screen 0 1280x800x24" \
    blender --enable-event-simulate \
    --offline-mode --window-geometry 0 0 1280 800 --python-exit-code 1 --python "$driver"
