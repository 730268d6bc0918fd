#!/usr/bin/env bash
# Takes the pictures of the README: the real preview in headless Chromium, in both themes. Run it from anywhere: bash docs/screenshots.sh
set -euo pipefail
cd "$(dirname "$0")/.."
folder="$(mktemp -d)"
trap 'kill "$preview" 2>/dev/null; rm -rf "$folder"' EXIT

cargo build --locked
DOSSIER_WEB__LISTEN=127.0.0.1:0 target/debug/dossier preview >"$folder/said" &
preview=$!
until grep -q Ctrl "$folder/said"; do sleep 0.1; done
address="$(grep -o 'http://[^ ]*' "$folder/said")"

# The number is Chromium's for the color scheme that the page is told the reader prefers.
for theme in dark:0 light:1; do
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$folder/${theme%:*}" \
    --blink-settings="preferredColorScheme=${theme#*:}" --window-size=1100,860 --timeout=5000 \
    --screenshot="docs/preview-${theme%:*}.png" "${address}?q=/demand%20nato"
done
