import assert from "node:assert/strict";
import { test } from "node:test";
import { interpret, moved } from "../../static/src/parts/chords";
import type { KeyPress } from "../../static/src/parts/chords";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  typing: false,
  ...more,
});
const idle = { pendingSince: null };

test("g and a letter go to a page, whatever the letter means alone", () => {
  const [first, state] = interpret(press("g"), idle, 1000);
  assert.deepEqual(first, { kind: "none" });
  assert.deepEqual(interpret(press("a"), state, 1500), [{ kind: "go", letter: "a" }, idle]);
});

test("a letter that comes too late means what it means alone", () => {
  const [, state] = interpret(press("g"), idle, 1000);
  assert.deepEqual(interpret(press("a"), state, 9000)[0], { kind: "approve" });
});

test("nothing happens while somebody types or holds a modifier", () => {
  for (const more of [{ typing: true }, { ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    assert.deepEqual(interpret(press("a", more), idle, 0)[0], { kind: "none" });
    assert.deepEqual(interpret(press("r", more), { pendingSince: 0 }, 10)[0], { kind: "none" });
  }
});

test("every key of the help sheet has its command", () => {
  const kinds = ["?", "/", "s", "j", "k", "Enter", "a", "r"].map((key) => interpret(press(key), idle, 0)[0].kind);
  assert.deepEqual(kinds, ["help", "search", "docs", "next", "previous", "open", "approve", "refuse"]);
});

test("moving stays inside the list", () => {
  assert.equal(moved(-1, 1, 3), 0);
  assert.equal(moved(-1, -1, 3), 2);
  assert.equal(moved(2, 1, 3), 2);
  assert.equal(moved(0, -1, 3), 0);
  assert.equal(moved(0, 1, 0), -1);
});
