import { describe, expect, test } from "bun:test";
import { renderJson } from "../../src/hocon/mod.ts";
import { canonical, readCase, recordedCases } from "./case-files.ts";

/** Cases that the reference accepts and we refuse on purpose; each is an entry of docs/hocon-differences.md. */
const REFUSED = new Set(["include/classpath_missing/main.conf", "include/url_missing_file/main.conf"]);

describe("the reference's verdict on each recorded case is ours", () => {
  const cases = recordedCases();

  test("there are cases", () => {
    expect(cases.length).toBeGreaterThan(380);
  });

  for (const recorded of cases) {
    const { name, verdict } = recorded;
    const refused = REFUSED.has(name);
    test(`${name} is ${refused ? "refused, unlike there" : verdict.ok ? "accepted" : "rejected"}`, () => {
      const { root, findings } = readCase(recorded);
      if (verdict.ok && !refused) {
        expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(root && canonical(JSON.parse(renderJson(root)))).toBe(canonical(verdict.value));
      } else {
        expect(root).toBeUndefined();
        for (const { place } of findings) expect(place?.line).toBeGreaterThan(0);
      }
    });
  }
});
