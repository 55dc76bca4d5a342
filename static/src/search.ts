// The search of the product documentation: a dialog over a small index of the pages.
import { excerpt, find, marked } from "./parts/find";
import type { DocEntry } from "./parts/find";

let index: Promise<DocEntry[]> | null = null;

function load(dialog: HTMLElement): Promise<DocEntry[]> {
  index ??= fetch(dialog.dataset["docsSearch"] ?? "", { headers: { Accept: "application/json" } }).then(
    (answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json() as Promise<DocEntry[]>;
    },
  );
  return index;
}

async function answer(dialog: HTMLElement, question: string): Promise<void> {
  const list = dialog.querySelector("[data-results]");
  const count = dialog.querySelector("[data-result-count]");
  if (!list || !count) return;
  try {
    const hits = find(await load(dialog), question);
    list.replaceChildren(
      ...hits.map((hit) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = hit.url;
        link.textContent = hit.title;
        const small = document.createElement("small");
        small.append(
          ...marked(excerpt(hit.text, question), question).map((piece, at) => {
            if (at % 2 === 0) return piece;
            const mark = document.createElement("mark");
            mark.textContent = piece;
            return mark;
          }),
        );
        link.append(small);
        item.append(link);
        return item;
      }),
    );
    count.textContent = question.trim() ? `${hits.length} found` : "Type a word or two.";
  } catch {
    index = null;
    count.textContent = "The search could not be loaded. Try again.";
  }
}

/** Opens the dialog where the page has one. */
export function openDocsSearch(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[data-docs-search]");
  if (!dialog) return false;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input")?.focus();
  return true;
}

export function startSearch(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[data-docs-search]");
  const input = dialog?.querySelector("input");
  if (!dialog || !input) return;
  input.addEventListener("input", () => void answer(dialog, input.value));
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = [input, ...dialog.querySelectorAll<HTMLElement>("[data-results] a")];
    const at = all.indexOf(document.activeElement as HTMLInputElement);
    all[Math.min(all.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    event.preventDefault();
  });
  document.querySelector("[data-open-docs-search]")?.addEventListener("click", openDocsSearch);
}
