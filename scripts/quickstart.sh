#!/usr/bin/env bash
# Builds Cairn, runs the flights example, kills it in the middle, shows what the checkpoint knows,
# resumes, and proves the published tables against sums counted without the pipeline.
#
#   scripts/quickstart.sh            everything in a new temporary folder, removed at the end
#   WORK_DIR=/some/folder scripts/quickstart.sh    the work stays there
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

say "1. Build dist/cairn (needs Node and npm, nothing else)"
scripts/build.sh

say "2. Install the example's packages: DuckDB and the data set"
(. scripts/setup.sh && install_locked examples/flights/plugins)

if [ -z "${WORK_DIR:-}" ]; then
  WORK_DIR=$(mktemp -d)
  trap 'rm -rf "$WORK_DIR"' EXIT
fi
export FLIGHTS_WORK_DIR=$WORK_DIR
# One component of the example is in Python.
command -v python3 >/dev/null || export FLIGHTS_PYTHON=false
cairn=$root/dist/cairn
cd examples/flights

say "3. Run it, and SIGKILL it while Clean(flights) works"
"$cairn" run pipeline.conf --log-format=plain >"$WORK_DIR/first.out" 2>"$WORK_DIR/first.log" &
pid=$!
for _ in $(seq 600); do
  # The cleaning of three million rows takes seconds; its start is in the log as soon as it is durable.
  if grep -q 'Extract(flights).*completed\|completed.*Extract(flights)' "$WORK_DIR/first.log"; then break; fi
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 0.1
done
sleep 0.5
kill -KILL "$pid"
wait "$pid" || true
cat "$WORK_DIR/first.log"
if [ -e "$WORK_DIR/published/summary.json" ]; then
  echo "quickstart: the run had finished before the kill; nothing to show" >&2
  exit 1
fi

say "4. What is in the checkpoint: cairn checkpoints list"
"$cairn" checkpoints list --config=pipeline.conf

say "5. What a run would do now: cairn plan"
"$cairn" plan pipeline.conf

say "6. Run the same command again: it resumes"
"$cairn" run pipeline.conf --log-format=plain

say "7. The proof: every airport and route, counted row by row without the pipeline"
"$root/node_modules/.bin/bun" verify.ts "$WORK_DIR"
