import assert from "node:assert/strict";
import { test } from "node:test";
import { between, formatMicros, microsFromText, quoteMoney } from "../../static/src/parts/money";

test("money fields are read as text, so that no digit is lost to a float", () => {
  const message = JSON.parse(quoteMoney('{"id":"p","current_value": 999999999.123457,"rate":1.5}')) as {
    current_value: unknown;
    rate: unknown;
  };
  assert.equal(message.current_value, "999999999.123457");
  assert.equal(message.rate, 1.5);
});

test("a value inside a text stays as it is", () => {
  const text = '{"name":"x \\"current_value\\" y","current_value":"7"}';
  assert.deepEqual(JSON.parse(quoteMoney(text)), { name: 'x "current_value" y', current_value: "7" });
});

test("decimal text becomes whole micro-units", () => {
  assert.equal(microsFromText("100.2175"), 100_217_500n);
  assert.equal(microsFromText("10"), 10_000_000n);
  assert.equal(microsFromText("-0.5"), -500_000n);
  assert.equal(microsFromText("999999999999.999999"), 999_999_999_999_999_999n);
  for (const wrong of ["1e6", "1.2345678", "", "NaN", ".5", "1,000"]) {
    assert.throws(() => microsFromText(wrong), RangeError, wrong);
  }
});

test("amounts are floored to the smallest coin and grouped by thousands", () => {
  assert.equal(formatMicros(1_234_567_899_999n, 2), "1,234,567.89");
  assert.equal(formatMicros(999_999n, 2), "0.99");
  assert.equal(formatMicros(5_999_999n, 0), "5");
  assert.equal(formatMicros(1_234_567n, 3), "1.234");
  assert.equal(formatMicros(-1n, 2), "-0.01");
  assert.equal(formatMicros(0n, 2), "0.00");
});

test("rolling starts at the old value, ends exactly at the new one and never leaves the way between", () => {
  const [from, to] = [10n ** 15n, 10n ** 15n + 7n];
  assert.equal(between(from, to, 0), from);
  assert.equal(between(from, to, 1), to);
  assert.equal(between(from, to, 5), to);
  for (let step = 0; step <= 20; step += 1) {
    const value = between(from, to, step / 20);
    assert.ok(value >= from && value <= to);
  }
  assert.ok(between(1000n, 0n, 0.5) < 1000n);
});
