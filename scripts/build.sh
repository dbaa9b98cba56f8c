#!/usr/bin/env bash
# Builds dist/cairn from a fresh clone; needs Node and npm only. Options are those of scripts/build.ts:
#   --verify   builds twice and compares the bytes
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec "$BUN" scripts/build.ts "$@"
