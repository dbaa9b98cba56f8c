/** Since which version the protocol has something, and what its users call it. */
export type Since = readonly [version: string, what: string];

/** The protocol that `gen/` has; to servers of this version and newer ones everything can be sent. */
export const PROTOCOL = "4.3";

/**
 * What plans may hold and older servers don't know, by message and field. They would leave it out without a word, and
 * compute something else. `test/spark/protocol-since.test.ts` compares it with the protocols of real servers.
 */
export const SINCE: Readonly<Record<string, Since>> = {
  "Aggregate.grouping_sets": ["4.0", "groupingSets"],
  "AnalyzePlanRequest.json_to_ddl": ["4.0", "a schema from JSON"],
  "Command.checkpoint_command": ["4.0", "checkpoint and localCheckpoint"],
  "Command.create_resource_profile_command": ["4.0", "a resource profile"],
  "Command.execute_external_command": ["4.0", "a command of a data source"],
  "Command.merge_into_table_command": ["4.0", "mergeInto"],
  "Command.remove_cached_remote_relation_command": ["4.0", "checkpoint and localCheckpoint"],
  "CommonInlineUserDefinedFunction.is_distinct": ["4.0", "a distinct user-defined function"],
  "DataType.String.collation": ["4.0", "a collation"],
  "DataType.variant": ["4.0", "the type variant"],
  "Expression.Cast.eval_mode": ["4.0", "tryCast"],
  "Expression.Literal.specialized_array": ["4.0", "an array of numbers in one piece"],
  "Expression.UnresolvedAttribute.is_metadata_column": ["4.0", "metadataColumn"],
  "Expression.UnresolvedFunction.is_internal": ["4.0", "a function of Spark's own"],
  "Expression.UnresolvedStar.plan_id": ["4.0", "all columns of one DataFrame among several"],
  "Expression.merge_action": ["4.0", "mergeInto"],
  "Expression.named_argument_expression": ["4.0", "an argument of a function by its name"],
  "Expression.subquery_expression": ["4.0", "a subquery"],
  "Expression.typed_aggregate_expression": ["4.0", "a typed aggregate"],
  "Relation.as_of_join": ["4.0", "an as-of join"],
  "Relation.lateral_join": ["4.0", "lateralJoin"],
  "Relation.transpose": ["4.0", "transpose"],
  "Relation.unresolved_table_valued_function": ["4.0", "a table-valued function"],
  "Relation.with_relations": ["4.0", "a subquery"],
  "SQL.named_arguments": ["4.0", "an argument of sql that is an expression"],
  "SQL.pos_arguments": ["4.0", "an argument of sql that is an expression"],
  "SqlCommand.named_arguments": ["4.0", "an argument of sql that is an expression"],
  "SqlCommand.pos_arguments": ["4.0", "an argument of sql that is an expression"],
  "WriteOperation.clustering_columns": ["4.0", "clusterBy"],
  "WriteOperationV2.clustering_columns": ["4.0", "clusterBy"],
  "DataType.geography": ["4.1", "the type geography"],
  "DataType.geometry": ["4.1", "the type geometry"],
  "DataType.time": ["4.1", "the type time"],
  "Expression.Literal.data_type": ["4.1", "a literal with a type of its own"],
  "Expression.Literal.time": ["4.1", "a value of the type time"],
  "Expression.direct_shuffle_partition_id": ["4.1", "repartitionById"],
  "Plan.compressed_operation": ["4.1", "a compressed plan"],
  "Relation.chunked_cached_local_relation": ["4.1", "rows sent in pieces"],
  "SubqueryExpression.in_subquery_values": ["4.1", "isin with a DataFrame"],
  "Catalog.analyze_table": ["4.2", "catalog.analyzeTable"],
  "Catalog.create_database": ["4.2", "catalog.createDatabase"],
  "Catalog.drop_database": ["4.2", "catalog.dropDatabase"],
  "Catalog.drop_table": ["4.2", "catalog.dropTable"],
  "Catalog.drop_view": ["4.2", "catalog.dropView"],
  "Catalog.get_create_table_string": ["4.2", "catalog.getCreateTableString"],
  "Catalog.get_table_properties": ["4.2", "catalog.getTableProperties"],
  "Catalog.list_partitions": ["4.2", "catalog.listPartitions"],
  "Catalog.list_views": ["4.2", "catalog.listViews"],
  "Catalog.truncate_table": ["4.2", "catalog.truncateTable"],
  "Read.DataSource.source_name": ["4.2", "a source's name"],
  "Relation.nearest_by_join": ["4.2", "a nearest-by join"],
  "Relation.relation_changes": ["4.2", "a table's changes"],
  "WriteOperation.with_schema_evolution": ["4.2", "withSchemaEvolution"],
  "WriteOperationV2.with_schema_evolution": ["4.2", "withSchemaEvolution"],
  "DataType.timestamp_ltz_nanos": ["4.3", "a timestamp in nanoseconds"],
  "DataType.timestamp_ntz_nanos": ["4.3", "a timestamp in nanoseconds"],
  "Expression.Literal.timestamp_ltz_nanos": ["4.3", "a timestamp in nanoseconds"],
  "Expression.Literal.timestamp_ntz_nanos": ["4.3", "a timestamp in nanoseconds"],
  "Relation.zip": ["4.3", "zip"],
};

/** Newer than some servers, too, and without harm where they leave it out. */
export const HARMLESS: ReadonlySet<string> = new Set([
  "AnalyzePlanRequest.client_observed_server_side_session_id",
  // Where in the program something was written, for messages.
  "Expression.common",
  "RelationCommon.origin",
  // The same stands in older fields besides.
  "SqlCommand.input",
  "WithColumnsRenamed.renames",
]);

/** Since which version servers know a request. */
export const REQUESTS_SINCE: Readonly<Record<string, string>> = {
  ReleaseSession: "4.0",
  FetchErrorDetails: "4.0",
  CloneSession: "4.1",
  GetStatus: "4.2",
};
