import { expect, test } from "bun:test";

import { brokenLinks } from "../../scripts/docs/broken-links.ts";
import { tempDir } from "../kit/mod.ts";

test("a relative link that leads nowhere is named with its line; code and addresses aren't links", () => {
  using dir = tempDir();
  dir.write("docs/there.md", "");
  const page = dir.join("docs/page.md");
  const text = `[a](there.md) [b](there.md#part) [c](#here) [d](https://example.org/none) [e](..)
[broken](nowhere.md) and [again](../docs/none.md#part)
\`[code](nowhere.md)\`
\`\`\`md
[code](nowhere.md)
\`\`\`
`;
  expect(brokenLinks(page, text)).toEqual([
    `${page}:2: the link to nowhere.md leads nowhere`,
    `${page}:2: the link to ../docs/none.md#part leads nowhere`,
  ]);
});
