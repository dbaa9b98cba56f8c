#!/usr/bin/env bash
# Sets up what the tests need (npm packages, the executable, the examples' packages), runs them all, says what it
# left out and ends with the one line `N passed, N failed`. Options are those of scripts/test.ts.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# The plugin folders of examples and tests that have npm packages of their own.
while IFS= read -r lock; do
  install_locked "$(dirname "$lock")"
done < <(git ls-files 'plugins/*package-lock.json' 'examples/*package-lock.json' 'test/*package-lock.json')

# Real servers, kept outside the checkout between runs. What this machine can't set up is said and its tests are left
# out; with CAIRN_TEST_SERVERS=all that is a failure, with CAIRN_TEST_SERVERS=none none is wanted.
if ! "$BUN" test/servers/main.ts && [ "${CAIRN_TEST_SERVERS:-}" = all ]; then
  echo "FAILED  a server that CAIRN_TEST_SERVERS=all promises can't be set up"
  echo "0 passed, 1 failed"
  exit 1
fi

# Tests that build or install anything themselves find the same settings that this script has.
if ! "$BUN" scripts/build.ts --verify; then
  echo "FAILED  the build, so no test could run"
  echo "0 passed, 1 failed"
  exit 1
fi
exec "$BUN" scripts/test.ts "$@"
