export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly state: "running" | "done" | "failed";
  readonly text?: string;
  readonly href?: string;
}

/** "1,200 of 5,000 (24 %)", or the text that the server sent. */
export function describeProgress(progress: Progress): string {
  if (progress.text) return progress.text;
  const done = progress.done.toLocaleString("en");
  if (!progress.total) return done;
  return `${done} of ${progress.total.toLocaleString("en")} (${Math.floor((100 * progress.done) / progress.total)} %)`;
}

/** How long to wait before asking again: quick at first, never more than 3 s. */
export function pollDelay(asked: number): number {
  return Math.min(3000, 400 + asked * 200);
}
