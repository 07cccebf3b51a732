#!/bin/sh
# The browser tests drive the system's Chromium; bring it where the package manager can.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing Chromium for the browser tests"
    if apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
        exit 0
    fi
fi
echo "No Chromium found and none could be installed: the browser tests will be skipped."
echo "To run them: apt-get install chromium (or put chromium, chromium-browser or google-chrome in PATH)."
