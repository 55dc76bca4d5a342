import assert from "node:assert/strict";
import { test } from "node:test";
import { isChartData, shortNumber, tooltipLines } from "../../static/src/parts/chartdata";
import { excerpt, find, marked } from "../../static/src/parts/find";
import { chosenColumns, sameName } from "../../static/src/parts/names";
import { resolveTheme, storedChoice } from "../../static/src/parts/theming";
import { describeProgress, pollDelay } from "../../static/src/parts/work";

test("the system's theme counts until somebody chooses", () => {
  assert.equal(resolveTheme("auto", true), "dark");
  assert.equal(resolveTheme("auto", false), "light");
  assert.equal(resolveTheme("light", true), "light");
  assert.equal(storedChoice({ getItem: () => "dark" }), "dark");
  assert.equal(storedChoice({ getItem: () => "purple" }), "auto");
  assert.equal(
    storedChoice({
      getItem: () => {
        throw new Error("no storage");
      },
    }),
    "auto",
  );
});

const chart = {
  kind: "line",
  title: "t",
  unit: "EUR",
  labels: ["Mon", "Tue"],
  series: [
    { name: "Now", values: [1, 2], texts: ["EUR 1.00", "EUR 2.00"] },
    { name: "Before", values: [3, null] },
  ],
} as const;

test("tooltips speak the server's words, and say so where there is no value", () => {
  assert.deepEqual(tooltipLines(chart, 0), ["Mon", "Now: EUR 1.00", "Before: 3 EUR"]);
  assert.deepEqual(tooltipLines(chart, 1), ["Tue", "Now: EUR 2.00", "Before: no value"]);
});

test("axes use short numbers", () => {
  assert.deepEqual([950, 1000, 12_345, 4_500_000, 2e9, -1500, 0].map(shortNumber), ["950", "1k", "12.3k", "4.5M", "2B", "-1.5k", "0"]);
});

test("only the shape of a chart is drawn", () => {
  assert.ok(isChartData(chart));
  for (const wrong of [null, 3, {}, { kind: "pie", labels: [], series: [] }, { kind: "bar", labels: "x", series: [] }]) {
    assert.equal(isChartData(wrong), false);
  }
});

test("a typed name forgives spaces and nothing else", () => {
  assert.ok(sameName("  Mega   Lucky ", "Mega Lucky"));
  assert.equal(sameName("mega lucky", "Mega Lucky"), false);
  assert.equal(sameName("", "Mega Lucky"), false);
});

test("the column chooser never hides every column", () => {
  assert.deepEqual(chosenColumns(["a", "b", "c"], ["c", "a"]), ["a", "c"]);
  assert.deepEqual(chosenColumns(["a", "b"], []), ["a", "b"]);
});

const pages = [
  { title: "Pots", url: "/docs/pots/", text: "A pot grows with every contribution." },
  { title: "Contributions", url: "/docs/contributions/", text: "Part of a bet flows into the pot. Café." },
];

test("the documentation's search wants every word and puts titles first", () => {
  assert.deepEqual(find(pages, "pot").map((page) => page.title), ["Pots", "Contributions"]);
  assert.deepEqual(find(pages, "bet pot").map((page) => page.title), ["Contributions"]);
  assert.deepEqual(find(pages, "CAFE").map((page) => page.title), ["Contributions"]);
  assert.deepEqual(find(pages, "  "), []);
  assert.deepEqual(find(pages, "nothing"), []);
});

test("an excerpt holds the word", () => {
  const text = `${"a ".repeat(200)}needle${" b".repeat(200)}`;
  const cut = excerpt(text, "needle");
  assert.match(cut, /needle/);
  assert.ok(cut.length < 130 && cut.startsWith("…") && cut.endsWith("…"));
});

test("the words of a question are marked where a word begins with them", () => {
  assert.deepEqual(marked("A pot, spotted: Pots.", "pot"), ["A ", "pot", ", spotted: ", "Pots", "."]);
  assert.deepEqual(marked("a (b", "("), ["a (b"]);
  assert.deepEqual(marked("a b", " "), ["a b"]);
});

test("progress speaks in figures and asks ever more seldom", () => {
  assert.equal(describeProgress({ done: 1200, total: 5000, state: "running" }), "1,200 of 5,000 (24 %)");
  assert.equal(describeProgress({ done: 7, total: null, state: "running" }), "7");
  assert.equal(describeProgress({ done: 7, total: 9, state: "running", text: "Nearly" }), "Nearly");
  assert.equal(pollDelay(0), 400);
  assert.equal(pollDelay(100), 3000);
});
