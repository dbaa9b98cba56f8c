/** A value of a data source's option; sources take text. */
export type OptionValue = string | number | bigint | boolean;

/** The options of what is read or written; sources say which they know, whatever the case of the names. */
export abstract class OptionSettings {
  protected readonly optionTexts: Record<string, string> = {};

  /** Sets an option, as text: `option("header", true)`. */
  option(name: string, value: OptionValue): this {
    this.optionTexts[name] = String(value);
    return this;
  }

  /** As {@link OptionSettings.option} for several. */
  options(options: Readonly<Record<string, OptionValue>>): this {
    for (const [name, value] of Object.entries(options)) this.option(name, value);
    return this;
  }
}

/** As {@link OptionSettings}, with the format: what readers and writers of files have in common. */
export abstract class SourceSettings extends OptionSettings {
  protected source: string | undefined;

  /** `parquet`, `csv`, `json`, `orc`, `text`, `xml`, `avro`, or the name of a data source; by default the server's. */
  format(source: string): this {
    this.source = source;
    return this;
  }
}
