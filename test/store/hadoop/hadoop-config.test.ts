import { describe, expect, test } from "bun:test";
import type { CairnError } from "../../../src/base/mod.ts";
import { readHadoopConfig, type HadoopConfig } from "../../../src/store/hadoop/hadoop-config.ts";
import { hadoopRecord } from "../../../src/store/hadoop/hadoop-record.ts";
import { tempDir } from "../../kit/mod.ts";
import { caught } from "../failure.ts";

function property(name: string, value: string, final: boolean = false): string {
  return `<property><name>${name}</name><value>${value}</value>${final ? "<final>true</final>" : ""}</property>`;
}

function configOf(
  files: Readonly<Record<string, string>>,
  more: { readonly over?: Record<string, string>; readonly env?: Record<string, string> } = {},
): HadoopConfig {
  using dir = tempDir();
  for (const [name, text] of Object.entries(files)) dir.write(name, text);
  return readHadoopConfig({ folder: dir.path, files: Object.keys(files), env: {}, ...more });
}

const core = (...properties: string[]): Record<string, string> => ({
  "core-site.xml": `<?xml version="1.0"?>\n<configuration>\n${properties.join("\n")}\n</configuration>\n`,
});

const refusal = (text: string): Promise<CairnError> => caught(() => configOf({ "core-site.xml": text }));

describe("Hadoop's configuration files", () => {
  test("are read with comments, CDATA, character references, other elements and white space", () => {
    const config = configOf({
      "core-site.xml": `\uFEFF<?xml version="1.0"?>
        <?xml-stylesheet type="text/xsl" href="configuration.xsl"?>
        <!-- <property><name>no</name><value>no</value></property> -->
        <configuration xmlns:xi="http://www.w3.org/2001/XInclude">
          <property>
            <name> fs.defaultFS </name>
            <value>
              hdfs://nameservice1
            </value>
            <description>a <!-- b --> c &lt;d&gt;</description><source>by hand</source>
          </property>
          <property><name>a</name><value>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</value></property>
          <property><name>b</name><value><![CDATA[x<y>&amp;z]]></value></property>
          <property><name>empty</name><value></value></property>
          <property><name>shut</name><value/></property>
          <property><name>valueless</name></property>
        </configuration>`,
    });
    expect(config.get("fs.defaultFS")).toBe("hdfs://nameservice1");
    expect(config.get("a")).toBe(`<&>"'AB`);
    expect(config.get("b")).toBe("x<y>&amp;z");
    for (const name of ["empty", "shut", "valueless", "no"]) expect(config.get(name)).toBeUndefined();
    expect(config.names()).toEqual(["a", "b", "empty", "fs.defaultFS", "shut"]);
  });

  test("a later one wins, unless an earlier one was final; Spark's settings win over both", () => {
    const files = {
      ...core(
        property("a", "core"),
        property("b", "core", true),
        property("c", "core", true),
        property("d", "1"),
      ),
      "hdfs-site.xml": `<configuration>${property("a", "hdfs")}${property("b", "hdfs")}${property("d", "2")}${property("d", "3")}</configuration>`,
    };
    const config = configOf(files, { over: { c: "spark" } });
    expect(["a", "b", "c", "d"].map((name) => config.get(name))).toEqual(["hdfs", "core", "spark", "3"]);
  });

  test("variables stand for properties and for the environment, one inside the other", () => {
    const config = configOf(
      core(
        property("a", "${b}/x/${c}"),
        property("b", "${c}${c}"),
        property("c", "1"),
        property("home", "${env.HOME}/conf"),
        property("unset", "${env.NOT_SET-fallback} ${env.EMPTY-kept}|${env.EMPTY:-filled}"),
        property("unknown", "${nothing.such} ${env.NOT_SET}"),
        property("itself", "${itself}"),
        property("name", "${c"),
      ),
      { env: { HOME: "/home/etl", EMPTY: "" } },
    );
    expect(config.get("a")).toBe("11/x/1");
    expect(config.get("home")).toBe("/home/etl/conf");
    expect(config.get("unset")).toBe("fallback |filled");
    expect(config.get("unknown")).toBe("${nothing.such} ${env.NOT_SET}");
    expect(config.get("itself")).toBe("${itself}");
    expect(config.get("name")).toBe("${c");
  });

  test("variables that need each other without end are an error, not a loop", async () => {
    const config = configOf(core(property("a", "x${b}"), property("b", "y${a}")));
    expect(await caught(() => config.get("a"))).toMatchObject({ code: "STORE_BAD_SETTINGS", kind: "config" });
  });

  test("that are missing are no files at all; without a folder none is looked for", () => {
    expect(readHadoopConfig({ folder: "/no/such", files: ["core-site.xml"], env: {} }).names()).toEqual([]);
    expect(readHadoopConfig({ files: ["core-site.xml"], env: {}, over: { a: "1" } }).get("a")).toBe("1");
  });

  const broken: Readonly<Record<string, string>> = {
    "is empty": "",
    "isn't XML": "fs.s3a.secret.key = hunter2",
    "has another root": "<settings></settings>",
    "is cut off": "<configuration><property><name>a</name>",
    "closes what isn't open": "<configuration></property></configuration>",
    "includes another file": '<configuration><xi:include href="/etc/passwd"/></configuration>',
    "declares entities":
      '<!DOCTYPE c [<!ENTITY e SYSTEM "file:///etc/passwd">]><configuration></configuration>',
    "uses an unknown entity": `<configuration>${property("a", "hunter2&e;")}</configuration>`,
    "has a bare ampersand": `<configuration>${property("a", "hunter2&x")}</configuration>`,
    "has text between": "<configuration>hunter2</configuration>",
    "has attributes for elements": '<configuration><property name="a" value="hunter2"/></configuration>',
    "has no name": "<configuration><property><value>hunter2</value></property></configuration>",
    "has a tag in a value": `<configuration>${property("a", "hun<b/>ter2")}</configuration>`,
    "has two roots": "<configuration></configuration><configuration></configuration>",
  };
  for (const [name, text] of Object.entries(broken)) {
    test(`a file that ${name} is refused by file and line, and not quoted`, async () => {
      const thrown = await refusal(text);
      expect(thrown.code).toBe("STORE_BAD_SETTINGS");
      expect(thrown.message).toMatch(/core-site\.xml", line [0-9]+: /);
      expect(thrown.message).not.toContain("hunter2");
    });
  }

  test("the line of a mistake is told", async () => {
    expect((await refusal("<configuration>\n\n<property>\n</property></configuration>")).message).toContain(
      "line 4",
    );
  });
});

test("of Spark's settings those for Hadoop are taken, by their own names", () => {
  expect(
    hadoopRecord({ "spark.hadoop.fs.s3a.endpoint": "a", "spark.sql.x": "b", "fs.s3a.access.key": "c" }),
  ).toEqual({ "fs.s3a.endpoint": "a", "fs.s3a.access.key": "c" });
});
