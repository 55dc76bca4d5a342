import htmx from "htmx.org";
import { startColumns } from "./columns";
import { startConfirm, startOnce } from "./confirm";
import { startCopy } from "./copy";
import { startKeys } from "./keys";
import { startLive } from "./live";
import { startMenus, startScrollers, startSidebar } from "./menus";
import { THEME_KEY, resolveTheme } from "./parts/theming";
import type { ThemeChoice } from "./parts/theming";
import { startProgress } from "./progress";
import { startSearch } from "./search";
import { toast } from "./toasts";

function startTheme(): void {
  const root = document.documentElement;
  const buttons = [...document.querySelectorAll<HTMLButtonElement>("[data-theme]")];
  const mark = (choice: string): void =>
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset["theme"] === choice)));
  mark(root.dataset["themeChoice"] ?? "auto");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const choice = button.dataset["theme"] as ThemeChoice;
      localStorage.setItem(THEME_KEY, choice);
      root.dataset["themeChoice"] = choice;
      root.dataset["bsTheme"] = resolveTheme(choice, matchMedia("(prefers-color-scheme: dark)").matches);
      mark(choice);
      document.dispatchEvent(new CustomEvent("potluck:theme"));
    });
  }
}

async function startCharts(root: ParentNode): Promise<void> {
  if (!root.querySelector("[data-chart]:not([data-drawn])")) return;
  const { drawCharts } = await import("./charts");
  drawCharts(root);
}

function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

interface HtmxDetail {
  readonly ctx?: { readonly request?: { readonly headers?: Record<string, string> } };
}

document.addEventListener("htmx:config:request", (event) => {
  const headers = (event as CustomEvent<HtmxDetail>).detail.ctx?.request?.headers;
  if (headers) headers["X-CSRFToken"] = csrfToken();
});
// What an answer of the server wants to be told, wherever on the page one looks.
document.addEventListener("potluck:notice", (event) => {
  const { title, text } = (event as CustomEvent<{ readonly title?: string; readonly text?: string }>).detail;
  if (title) toast("circle-check", title, text ?? "");
});
let loading = 0;
function showLoading(change: number): void {
  loading = Math.max(0, loading + change);
  const line = document.querySelector(".loading-line");
  if (loading === 0) line?.remove();
  else if (!line) {
    const made = document.createElement("div");
    made.className = "loading-line";
    document.body.append(made);
  }
}
document.addEventListener("htmx:before:request", () => showLoading(1));
document.addEventListener("htmx:finally:request", () => showLoading(-1));
document.addEventListener("htmx:error", () => toast("alert-triangle", "This part could not be loaded", "It is tried again when the page is."));
document.addEventListener("htmx:after:swap", () => {
  startProgress();
  void startCharts(document);
});
Object.assign(window, { htmx });

startTheme();
startMenus();
startSidebar();
startScrollers();
startKeys();
startSearch();
startCopy();
startConfirm();
startOnce();
startColumns();
startProgress();
startLive();
void startCharts(document);
