// [data-progress="url"]: asks the server how far a piece of work is, until it is done.
import { describeProgress, pollDelay } from "./parts/work";
import type { Progress } from "./parts/work";

function show(box: HTMLElement, progress: Progress): void {
  const bar = box.querySelector("progress");
  if (bar && progress.total) {
    bar.max = progress.total;
    bar.value = progress.done;
  }
  const text = box.querySelector("[data-progress-text]");
  if (text) text.textContent = describeProgress(progress);
  box.dataset["progressState"] = progress.state;
}

async function follow(box: HTMLElement, url: string): Promise<void> {
  for (let asked = 0; box.isConnected; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, pollDelay(asked)));
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) continue;
    const progress = (await answer.json()) as Progress;
    show(box, progress);
    if (progress.state === "running") continue;
    const link = box.querySelector<HTMLAnchorElement>("[data-progress-link]");
    if (link && progress.href && progress.state === "done") {
      link.href = progress.href;
      link.hidden = false;
    }
    if (progress.state === "done" && box.dataset["progressThen"] === "reload") location.reload();
    return;
  }
}

export function startProgress(root: ParentNode = document): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-progress]:not([data-followed])")) {
    box.dataset["followed"] = "";
    void follow(box, box.dataset["progress"] ?? "");
  }
}
