import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const dist = join(ROOT, "static", "dist");
const read = (name: string): string => readFileSync(join(dist, name), "utf8");
const scripts = readdirSync(dist).filter((name) => name.endsWith(".js"));

test("what every page loads stays under 60 kB, gzipped", () => {
  const shared = scripts.filter((name) => !name.startsWith("charts-"));
  const size = shared.reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0);
  assert.ok(size < 60_000, `${size} bytes`);
});

test("the charts are a chunk of their own, which the shared script only asks for", () => {
  const charts = scripts.filter((name) => name.startsWith("charts-"));
  assert.equal(charts.length, 1);
  assert.match(read("backoffice.js"), /import\("\.\/charts-[A-Z0-9]+\.js"\)/);
  assert.doesNotMatch(read("backoffice.js"), /echarts|zrender/);
});

test("no script and no style asks another host", () => {
  const css = read("backoffice.css");
  assert.doesNotMatch(css, /url\(["']?(?:https?:)?\/\//);
  assert.doesNotMatch(css, /@import|sourceMappingURL/);
  for (const name of scripts) {
    assert.doesNotMatch(read(name), /(?:import|from|fetch\()\s*["']https?:/, name);
    assert.doesNotMatch(read(name), /sourceMappingURL/, name);
  }
});

test("the lock file names no host", () => {
  assert.doesNotMatch(readFileSync(join(ROOT, "package-lock.json"), "utf8"), /https?:/);
});
