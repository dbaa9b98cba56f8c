#!/usr/bin/env bash
# Writes src/spark/gen/ from the protocol of one Spark release:
#
#     scripts/spark-proto.sh [FOLDER OF PYSPARK]
#
# The .proto files are in the connect jar that PyPI's pyspark brings; without a folder it is the test server's
# (`bun test/servers/main.ts spark` installs it). The jar must be the one named here, byte for byte. Messages that this
# client has no use for (ML, pipelines, streaming, Python functions) are left out: the rest starts in two thirds of the
# time. The tools are pinned here and not in package.json, because nobody else needs their 60 MB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SPARK=4.3.0
JAR_SHA256=a0903c95564f0f500bf697619445d0baa4c589074bd1f8dae17a3a1cf502198e
BUF=1.75.0
PROTOC_GEN_ES=2.17.0

home="${1:-}"
if [ -z "$home" ]; then
  home="$(echo "${XDG_CACHE_HOME:-$HOME/.cache}"/cairn-test-servers/spark-*/pyspark)"
fi
jar="$home/jars/spark-connect_2.13-$SPARK.jar"
echo "$JAR_SHA256  $jar" | sha256sum --check --quiet

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
unzip -q "$jar" 'spark/connect/*.proto' 'google/rpc/*.proto' 'google/protobuf/*.proto' -d "$work/proto"
rm "$work"/proto/google/rpc/context/*.proto
(
  cd "$work"
  echo '{ "private": true }' >package.json
  npm install --save-exact --no-audit --no-fund --loglevel=error \
    "@bufbuild/buf@$BUF" "@bufbuild/protoc-gen-es@$PROTOC_GEN_ES" >&2
  cat >buf.yaml <<'YAML'
version: v2
modules: [{ path: proto }]
YAML
  cat >buf.gen.yaml <<'YAML'
version: v2
inputs:
  - directory: proto
    types: [spark.connect.SparkConnectService, google.rpc.Status, google.rpc.ErrorInfo, google.rpc.RetryInfo]
    exclude_types:
      - spark.connect.MlCommand
      - spark.connect.MlRelation
      - spark.connect.MlCommandResult
      - spark.connect.PipelineCommand
      - spark.connect.PipelineCommandResult
      - spark.connect.PipelineEventResult
      - spark.connect.PipelineQueryFunctionExecutionSignal
      - spark.connect.PipelineAnalysisContext
      - spark.connect.StreamingQueryCommand
      - spark.connect.StreamingQueryCommandResult
      - spark.connect.StreamingQueryManagerCommand
      - spark.connect.StreamingQueryManagerCommandResult
      - spark.connect.StreamingQueryListenerBusCommand
      - spark.connect.StreamingQueryListenerEventsResult
      - spark.connect.WriteStreamOperationStart
      - spark.connect.WriteStreamOperationStartResult
      - spark.connect.PythonUDF
      - spark.connect.ScalarScalaUDF
      - spark.connect.CommonInlineUserDefinedTableFunction
      - spark.connect.CommonInlineUserDefinedDataSource
      - spark.connect.CoGroupMap
      - spark.connect.GroupMap
      - spark.connect.MapPartitions
      - spark.connect.ApplyInPandasWithState
plugins:
  - local: node_modules/.bin/protoc-gen-es
    out: gen
    opt: [target=ts, import_extension=ts, erasable_syntax=true]
YAML
  npx buf generate
)
rm -rf src/spark/gen
mkdir -p src/spark
# The well-known types are in @bufbuild/protobuf.
rm -rf "$work/gen/google/protobuf"
mv "$work/gen" src/spark/gen
echo "src/spark/gen is Spark $SPARK's protocol now" >&2
