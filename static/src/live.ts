// Live pots: one socket a page, every [data-pot="instance:pot"] follows it.
import { between, formatMicros, microsFromText, quoteMoney } from "./parts/money";
import { backoff, describeAge, socketAddress, SPEAK_EVERY_MS, STALE_AFTER_MS } from "./parts/socket";
import type { JackpotData, LiveMessage } from "./parts/socket";
import { toast } from "./toasts";

interface Shown {
  micros: bigint;
  at: number;
}

const ROLL_MS = 450;
const BETWEEN_DIGITS_MS = 45;
const shown = new Map<string, Shown>();
const spoken = new Map<string, string>();
const rolling = new WeakMap<HTMLElement, number>();
const still = matchMedia("(prefers-reduced-motion: reduce)");
let connected = false;
let newest: number | null = null;
let spokenAt = 0;
let attempt = 0;

function show(element: HTMLElement, micros: bigint): void {
  element.textContent = formatMicros(micros, Number(element.dataset["decimals"] ?? "2"));
}

function roll(element: HTMLElement, from: bigint, to: bigint): void {
  cancelAnimationFrame(rolling.get(element) ?? 0);
  element.classList.remove("stale");
  if (still.matches || from === to || document.hidden) {
    show(element, to);
    return;
  }
  const start = performance.now();
  let drawn = start;
  const step = (time: number): void => {
    const progress = (time - start) / ROLL_MS;
    if (progress >= 1 || time - drawn >= BETWEEN_DIGITS_MS) {
      show(element, between(from, to, progress));
      drawn = time;
    }
    if (progress < 1) rolling.set(element, requestAnimationFrame(step));
  };
  rolling.set(element, requestAnimationFrame(step));
}

function elementsOf(key: string): NodeListOf<HTMLElement> {
  return document.querySelectorAll<HTMLElement>(`[data-pot="${CSS.escape(key)}"]`);
}

function update(data: JackpotData, now: number): void {
  for (const pot of data.pots) {
    const key = `${data.id}:${pot.id}`;
    const micros = microsFromText(pot.current_value);
    for (const element of elementsOf(key)) {
      const from = shown.get(key)?.micros ?? BigInt(element.dataset["micros"] ?? micros);
      if (element.dataset["micros"] !== String(micros)) element.dataset["changed"] = "";
      element.dataset["micros"] = String(micros);
      element.title = `${micros} micro-units`;
      roll(element, from, micros);
    }
    shown.set(key, { micros, at: now });
  }
  for (const element of document.querySelectorAll<HTMLElement>(`[data-instance-state="${CSS.escape(data.id)}"]`)) {
    if (data.status && element.dataset["state"] && element.dataset["state"] !== data.status) element.hidden = false;
  }
}

function isOfThisPage(instance: unknown): boolean {
  const path = document.querySelector<HTMLElement>("[data-live-path]")?.dataset["livePath"] ?? "";
  const asked = new URLSearchParams(path.split("?")[1] ?? "").getAll("instance");
  return asked.length === 0 || asked.includes(String(instance));
}

function announceWin(data: Record<string, unknown>): void {
  if (!isOfThisPage(data["instance_id"])) return;
  const amount = typeof data["win_amount"] === "string" ? data["win_amount"] : "";
  const currency = typeof data["jackpot_currency"] === "string" ? data["jackpot_currency"] : "";
  const name = typeof data["jackpot_name"] === "string" ? data["jackpot_name"] : "A pot";
  toast("trophy", `${name} was won`, amount && `${currency} ${formatMicros(microsFromText(amount), 2)}`);
  document.dispatchEvent(new CustomEvent("potluck:win", { detail: data }));
}

function receive(text: string): void {
  const message = JSON.parse(quoteMoney(text)) as LiveMessage;
  newest = Date.now();
  if (message.msg_name === "JackpotUpdate") update(message.data as unknown as JackpotData, newest);
  if (message.msg_name === "WinEvent") announceWin(message.data);
  paint();
}

/** Says the announced pots that changed since they were last said, at most every ten seconds. */
function speak(now: number): void {
  const region = document.querySelector("[data-live-speech]");
  if (!region || now - spokenAt < SPEAK_EVERY_MS) return;
  const lines: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>("[data-pot][data-announce]")) {
    const { micros = "0", decimals = "2", currency = "", announce = "" } = element.dataset;
    if (!shown.has(element.dataset["pot"] ?? "") || spoken.get(announce) === micros) continue;
    if (spoken.has(announce) || element.dataset["changed"] !== undefined) {
      lines.push(`${announce}: ${currency} ${formatMicros(BigInt(micros), Number(decimals))}`);
    }
    spoken.set(announce, micros);
  }
  if (lines.length === 0) return;
  region.textContent = lines.join(", ");
  spokenAt = now;
}

function paint(): void {
  const now = Date.now();
  const age = newest === null ? null : now - newest;
  const text = describeAge(connected, age);
  for (const element of document.querySelectorAll<HTMLElement>("[data-live-state]")) {
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("on", text === "Live");
    element.classList.toggle("off", text !== "Live" && text !== "Connecting…");
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-pot]")) {
    const at = shown.get(element.dataset["pot"] ?? "")?.at ?? pageLoadedAt;
    element.classList.toggle("stale", now - at > STALE_AFTER_MS);
  }
  if (connected && newest !== null) speak(now);
}

const pageLoadedAt = Date.now();

function connect(address: string): void {
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    connected = true;
    attempt = 0;
    paint();
  });
  socket.addEventListener("message", (event: MessageEvent<string>) => receive(event.data));
  socket.addEventListener("close", (event) => {
    connected = false;
    paint();
    if (event.code === 4401 || event.code === 4403) return;
    setTimeout(() => connect(address), backoff(attempt));
    attempt += 1;
  });
}

export function startLive(): void {
  const host = document.querySelector<HTMLElement>("[data-live-path]");
  const port = document.querySelector<HTMLMetaElement>('meta[name="edge-port"]')?.content;
  const path = host?.dataset["livePath"];
  if (!path || !port) return;
  connect(socketAddress(location, port, path));
  setInterval(paint, 1000);
  paint();
}
