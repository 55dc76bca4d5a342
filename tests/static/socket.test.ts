import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff, describeAge, socketAddress } from "../../static/src/parts/socket";

test("the socket is on the page's own host and the edge's port", () => {
  const path = "/ws/v1/staff/instances/";
  assert.equal(socketAddress({ protocol: "http:", hostname: "127.0.0.1" }, "8001", path), `ws://127.0.0.1:8001${path}`);
  assert.equal(socketAddress({ protocol: "https:", hostname: "office.example" }, "443", path), `wss://office.example:443${path}`);
  assert.equal(socketAddress({ protocol: "http:", hostname: "[::1]" }, "8001", path), `ws://[::1]:8001${path}`);
});

test("waiting doubles, is spread, and stops growing at half a minute", () => {
  assert.equal(backoff(0, () => 0), 250);
  assert.equal(backoff(0, () => 1), 500);
  assert.equal(backoff(3, () => 0), 2000);
  assert.equal(backoff(50, () => 1), 30_000);
});

test("the dot says live, reconnecting or how old", () => {
  assert.equal(describeAge(true, 200), "Live");
  assert.equal(describeAge(true, null), "Live");
  assert.equal(describeAge(true, 15_000), "Values 15 s old");
  assert.equal(describeAge(false, null), "Connecting…");
  assert.equal(describeAge(false, 4000), "Reconnecting, values 4 s old");
  assert.equal(describeAge(false, 125_000), "Reconnecting, values 2 min old");
  assert.equal(describeAge(false, 7_300_000), "Reconnecting, values 2 h old");
});
