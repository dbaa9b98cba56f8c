#!/bin/sh
# Compares the hocon room with its reference, com.typesafe:config 1.4.5. Needs java, javac, and mvn or the jar.
#
#   scripts/hocon-oracle.sh [COUNT] [SEED]...     default: 50000 documents, of seed 1
#
# The jar is CONFIG_JAR, or the one in the local Maven repository, where mvn puts it if it is missing.
# Disagreements are printed, shrunk, and kept in a temporary folder. Exit 0: none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=1.4.5
jar=${CONFIG_JAR:-$HOME/.m2/repository/com/typesafe/config/$version/config-$version.jar}
[ -f "$jar" ] || mvn -q dependency:get "-Dartifact=com.typesafe:config:$version"
work=$(mktemp -d)
javac -cp "$jar" -d "$work" "$here/hocon/Reference.java"
bun=$here/../node_modules/.bin/bun
count=${1:-50000}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- 1
reference() { echo java -XX:+UseSerialGC -Xmx1g -Dfile.encoding=UTF-8 -cp "$jar:$work" Reference; }
# Word splitting is meant: the command has no spaces in its words.
status=0
"$bun" "$here/hocon/record.ts" "$here/../test/hocon/cases" -- $(reference) || status=1
for seed in "$@"; do
  "$bun" "$here/hocon/compare.ts" --count "$count" --seed "$seed" --keep "$work/disagreements" -- $(reference) || status=1
done
if [ -d "$work/disagreements" ]; then echo "kept in $work/disagreements"; else rm -r "$work"; fi
exit $status
