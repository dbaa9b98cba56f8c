#!/bin/sh
# serve.sh FOLDER COMMAND…: runs the command, and ends it and removes its folder when it is itself ended. The server
# lives on behind tests of many files, so nobody else is there at the end to remove what it wrote.
folder=$1
shift
"$@" &
server=$!
finish() {
  trap '' TERM INT
  kill "$server" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8; do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.25
  done
  kill -9 "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  rm -rf "$folder"
  exit 0
}
trap finish TERM INT
wait "$server"
code=$?
rm -rf "$folder"
exit "$code"
