#!/usr/bin/env bash
# Brings the checkout's tools into node_modules and the pinned Bun into $BUN; needs Node and npm, nothing else.
# To be sourced: `. scripts/setup.sh`. It changes to the checkout's root, sets BUN and puts the tools on PATH.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

for tool in node npm; do
  if ! command -v "$tool" >/dev/null; then
    echo "setup: $tool is missing; install Node.js 20 or newer, which brings npm" >&2
    exit 1
  fi
done

# Installs what a package-lock.json names into the node_modules beside it, unless that has been done.
# `npm ci` would be the usual word, but it refuses a lock file that lacks optional packages of *other* platforms,
# and such a lock file is all that a registry mirror without them can give. `npm install --no-save` takes the
# same locked versions and writes no lock file; what it took is compared with the lock file afterwards.
install_locked() {
  local folder="$1" sum stamp
  sum="$(node -e 'process.stdout.write(require("crypto").createHash("sha256").update(require("fs").readFileSync(process.argv[1])).digest("hex"))' "$folder/package-lock.json")"
  stamp="$folder/node_modules/.installed"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then return 0; fi
  echo "setup: installing the locked packages of $folder" >&2
  (cd "$folder" && npm install --no-save --no-audit --no-fund --no-update-notifier --loglevel=error >&2)
  node - "$folder" <<'CHECK'
const { readFileSync } = require("node:fs");
const read = (name) => JSON.parse(readFileSync(`${process.argv[2]}/${name}`, "utf8")).packages;
const locked = read("package-lock.json");
for (const [path, got] of Object.entries(read("node_modules/.package-lock.json"))) {
  const want = locked[path];
  if (want?.version === got.version && want?.integrity === got.integrity) continue;
  console.error(`setup: ${path} ${got.version} isn't what package-lock.json names (${want?.version ?? "nothing"})`);
  process.exitCode = 1;
}
CHECK
  printf '%s' "$sum" >"$stamp"
}

install_locked .

# The pinned Bun. Where npm runs no install scripts, its package holds a placeholder until its installer has run.
PINNED_BUN="$(node -p 'require("./package.json").devDependencies.bun')"
is_pinned() { [ -x "$1" ] && [ "$("$1" --version 2>/dev/null)" = "$PINNED_BUN" ]; }
BUN="$PWD/node_modules/bun/bin/bun.exe"
if ! is_pinned "$BUN"; then
  node node_modules/bun/install.js >&2 || true
  for candidate in "$BUN" "$PWD"/node_modules/@oven/bun-*/bin/bun; do
    if is_pinned "$candidate"; then
      BUN="$candidate"
      break
    fi
  done
fi
if ! is_pinned "$BUN"; then
  echo "setup: no Bun $PINNED_BUN for this machine in node_modules (looked for bun and @oven/bun-*)" >&2
  exit 1
fi
# First on PATH under its own name, so that `bun` in the scripts of package.json is this one and no other.
mkdir -p node_modules/.pinned
ln -sf "$BUN" node_modules/.pinned/bun
PATH="$PWD/node_modules/.pinned:$PWD/node_modules/.bin:$PATH"
export BUN PATH
