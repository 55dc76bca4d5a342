export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly typing: boolean;
}
export interface ChordState {
  readonly pendingSince: number | null;
}
export type Command =
  | { readonly kind: "go"; readonly letter: string }
  | { readonly kind: "help" | "search" | "docs" | "next" | "previous" | "open" | "approve" | "refuse" | "none" };

const CHORD_MS = 1200;
const SINGLE: Record<string, Command["kind"]> = {
  "?": "help",
  "/": "search",
  s: "docs",
  j: "next",
  k: "previous",
  Enter: "open",
  a: "approve",
  r: "refuse",
};

/** What a key means now, and what is remembered for the next one (`g` waits for a letter). */
export function interpret(press: KeyPress, state: ChordState, now: number): [Command, ChordState] {
  const idle: ChordState = { pendingSince: null };
  if (press.typing || press.ctrlKey || press.metaKey || press.altKey) return [{ kind: "none" }, idle];
  const waiting = state.pendingSince !== null && now - state.pendingSince < CHORD_MS;
  if (waiting && /^[a-z]$/.test(press.key)) return [{ kind: "go", letter: press.key }, idle];
  if (press.key === "g") return [{ kind: "none" }, { pendingSince: now }];
  const kind = SINGLE[press.key];
  return [kind && kind !== "go" ? { kind } : { kind: "none" }, idle];
}

/** The row after moving by `step` in a list of `length` rows; -1 is "none yet". */
export function moved(at: number, step: number, length: number): number {
  if (length === 0) return -1;
  if (at < 0) return step > 0 ? 0 : length - 1;
  return Math.min(length - 1, Math.max(0, at + step));
}
