export interface PotValue {
  readonly id: string;
  readonly is_progressive?: boolean;
  readonly current_value: string;
}
export interface JackpotData {
  readonly id: string;
  readonly pots: readonly PotValue[];
  readonly status?: string;
  readonly currency?: string;
}
export interface LiveMessage {
  readonly msg_type: string;
  readonly msg_name: string;
  readonly data: Record<string, unknown>;
}

export const STALE_AFTER_MS = 15_000;
export const SPEAK_EVERY_MS = 10_000;

/** Where the staff socket is: the page's own host, the edge's port. */
export function socketAddress(page: { protocol: string; hostname: string }, port: string, path: string): string {
  const scheme = page.protocol === "https:" ? "wss:" : "ws:";
  const host = page.hostname.includes(":") && !page.hostname.startsWith("[") ? `[${page.hostname}]` : page.hostname;
  return `${scheme}//${host}:${port}${path}`;
}

/** Milliseconds before attempt n (0, 1, …): doubles to 30 s, with full jitter over its upper half. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + random() * (ceiling / 2));
}

/** "live", "reconnecting", or how old the newest value is. */
export function describeAge(connected: boolean, ageMs: number | null): string {
  if (connected && (ageMs === null || ageMs < STALE_AFTER_MS)) return "Live";
  if (ageMs === null) return "Connecting…";
  const seconds = Math.floor(ageMs / 1000);
  const age = seconds < 60 ? `${seconds} s old` : seconds < 3600 ? `${Math.floor(seconds / 60)} min old` : `${Math.floor(seconds / 3600)} h old`;
  return connected ? `Values ${age}` : `Reconnecting, values ${age}`;
}
