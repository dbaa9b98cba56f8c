import { runCommand } from "../io/run-command.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import type { DataType } from "../schema/data-type.ts";
import { typeToMessage } from "../schema/type-message.ts";

/**
 * Functions of Java for SQL and `callFunction`, by the names of their classes, which the server has or was sent as a jar
 * (`addArtifact`). A function of JavaScript can't run in Spark.
 */
export class UDFRegistration {
  readonly #runner: PlanRunner;

  constructor(runner: PlanRunner) {
    this.#runner = runner;
  }

  /**
   * Registers a class that is one of Spark's `UDF0` to `UDF22`, for this session.
   *
   * ```ts
   * await spark.addArtifact("lib/text.jar");
   * await spark.udf.registerJavaFunction("slug", "com.example.Slug", "string");
   * orders.select(callFunction("slug", "title"));
   * ```
   *
   * @param returnType as SQL writes it; by default the class says it
   * @throws SparkError where the server can't load the class
   */
  async registerJavaFunction(
    name: string,
    javaClassName: string,
    returnType?: string | DataType,
    options?: ExecuteOptions,
  ): Promise<void> {
    const outputType =
      typeof returnType === "string"
        ? { kind: { case: "unparsed" as const, value: { dataTypeString: returnType } } }
        : returnType && typeToMessage(returnType);
    await this.#register(name, { className: javaClassName, ...(outputType && { outputType }) }, options);
  }

  /** Registers a class that is Spark's `UserDefinedAggregateFunction`, for this session; as `registerJavaFunction`. */
  async registerJavaUDAF(name: string, javaClassName: string, options?: ExecuteOptions): Promise<void> {
    await this.#register(name, { className: javaClassName, aggregate: true }, options);
  }

  async #register(
    functionName: string,
    value: {
      readonly className: string;
      readonly outputType?: ReturnType<typeof typeToMessage>;
      readonly aggregate?: boolean;
    },
    options: ExecuteOptions | undefined,
  ): Promise<void> {
    const registered = { functionName, function: { case: "javaUdf" as const, value } };
    const command = { commandType: { case: "registerFunction" as const, value: registered } };
    await runCommand(this.#runner, command, options);
  }
}
