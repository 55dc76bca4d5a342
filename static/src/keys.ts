import { interpret, moved } from "./parts/chords";
import type { ChordState } from "./parts/chords";
import { openDocsSearch } from "./search";

let chord: ChordState = { pendingSince: null };

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-list] [data-href]")];
}

function move(step: number): void {
  const all = rows();
  const at = moved(all.findIndex((row) => row.classList.contains("at")), step, all.length);
  all.forEach((row, index) => row.classList.toggle("at", index === at));
  const row = all[at];
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector<HTMLElement>("a[href]")?.focus({ preventScroll: true });
}

function openRow(event: KeyboardEvent): void {
  if (event.target instanceof Element && event.target.closest("a, button, summary, [role=button]")) return;
  const href = document.querySelector<HTMLElement>("[data-list] .at[data-href]")?.dataset["href"];
  if (href) location.assign(href);
}

function press(selector: string): void {
  const row = document.querySelector("[data-list] .at");
  (row?.querySelector<HTMLElement>(selector) ?? document.querySelector<HTMLElement>(`.page-main ${selector}`))?.click();
}

function help(): void {
  const sheet = document.querySelector<HTMLDialogElement>("dialog[data-keys]");
  if (!sheet) return;
  if (sheet.open) sheet.close();
  else sheet.showModal();
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])"))
  );
}

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const [command, next] = interpret(
      { key: event.key, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, typing: typing(event.target) },
      chord,
      Date.now(),
    );
    chord = next;
    if (command.kind !== "help" && document.querySelector("dialog[open]")) return;
    switch (command.kind) {
      case "go": {
        const link = document.querySelector<HTMLAnchorElement>(`a[data-go="${command.letter}"]`);
        if (link) location.assign(link.href);
        break;
      }
      case "help":
        help();
        break;
      case "search":
        document.querySelector<HTMLInputElement>("[data-search]")?.focus();
        event.preventDefault();
        break;
      case "docs":
        if (openDocsSearch()) event.preventDefault();
        break;
      case "next":
        move(1);
        break;
      case "previous":
        move(-1);
        break;
      case "open":
        openRow(event);
        break;
      case "approve":
        press("[data-act=approve]");
        break;
      case "refuse":
        press("[data-act=refuse]");
        break;
      case "none":
    }
  });
  document.querySelector("[data-show-keys]")?.addEventListener("click", help);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const dialog = event.target.closest("dialog");
    if (dialog && (event.target.closest("[data-close]") || event.target === dialog)) dialog.close();
  });
}
