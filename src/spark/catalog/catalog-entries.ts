/** A catalog of tables that the server has. */
export interface CatalogMetadata {
  readonly name: string;
  readonly description: string | null;
}

/** A database, also called schema or namespace. */
export interface CatalogDatabase {
  readonly name: string;
  readonly catalog: string | null;
  readonly description: string | null;
  /** Where its tables lie by default, as a URL. */
  readonly locationUri: string;
}

/** A table or a view. */
export interface CatalogTable {
  readonly name: string;
  readonly catalog: string | null;
  /** The database, in parts; null for temporary views. */
  readonly namespace: readonly string[] | null;
  readonly description: string | null;
  /** `MANAGED`, `EXTERNAL`, `VIEW`, `TEMPORARY`, or null where nothing is known. */
  readonly tableType: string | null;
  readonly isTemporary: boolean;
}

/** A function of SQL. */
export interface CatalogFunction {
  readonly name: string;
  readonly catalog: string | null;
  readonly namespace: readonly string[] | null;
  readonly description: string | null;
  /** The Java class that computes it. */
  readonly className: string;
  readonly isTemporary: boolean;
}

/** A column of a table or view. */
export interface CatalogColumn {
  readonly name: string;
  readonly description: string | null;
  /** As SQL writes it. */
  readonly dataType: string;
  readonly nullable: boolean;
  readonly isPartition: boolean;
  readonly isBucket: boolean;
  /** Undefined before Spark 4.0. */
  readonly isCluster?: boolean;
}

/** What a table is made with; without a path it is the catalog's own, which `dropTable` deletes. */
export interface CreateTableOptions {
  /** Where the data is or is to be. */
  readonly path?: string | undefined;
  /** The format; by default `spark.sql.sources.default`. */
  readonly source?: string | undefined;
  readonly description?: string | undefined;
  /** Of the data source. */
  readonly options?: Readonly<Record<string, string | number | bigint | boolean>> | undefined;
}
