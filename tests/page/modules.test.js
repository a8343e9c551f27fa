// Every module but those that open a page can be imported where there is no page: elements are found in functions only.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

const FOLDER = new URL("../../grnet/explorer/page/", import.meta.url);
const OPENING = ["start.js", "evidence_page.js", "theme_of_link.js", "theme_of_system.js"];
const modules = readdirSync(FOLDER).filter((name) => name.endsWith(".js"));

test("modules import without a page", async () => {
  for (const name of modules.filter((other) => !OPENING.includes(other))) {
    const exported = await import(new URL(name, FOLDER));
    assert.ok(Object.keys(exported).length > 0, name);
  }
});

test("everything that is exported is imported by another module or a test", () => {
  const tests = new URL("./", import.meta.url);
  const texts = [...modules.map((name) => [name, new URL(name, FOLDER)]), ...readdirSync(tests).map((name) => [name, new URL(name, tests)])]
    .map(([name, place]) => [name, readFileSync(place, "utf8")]);
  const imported = new Set(texts.flatMap(([, text]) => [...text.matchAll(/^import \{([^}]*)\}/gm)]
    .flatMap(([, names]) => names.split(",").map((part) => part.trim().split(" as ")[0]))));
  const unused = texts.filter(([name]) => modules.includes(name)).flatMap(([name, text]) =>
    [...text.matchAll(/^export (?:const|(?:async )?function|class) (\w+)/gm)].filter(([, one]) => !imported.has(one)).map(([, one]) => `${name}: ${one}`));
  assert.deepEqual(unused, []);
});
