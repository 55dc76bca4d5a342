// The column chooser and other small forms that act on a change: without a script they have their own button.
import { chosenColumns } from "./parts/names";

export function startColumns(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-columns]")) {
    const boxes = [...form.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    form.addEventListener("submit", () => {
      const all = boxes.map((box) => box.value);
      const kept = chosenColumns(all, boxes.filter((box) => box.checked).map((box) => box.value));
      // All columns is the plain address.
      boxes.forEach((box) => {
        box.disabled = kept.length === all.length;
        box.checked = kept.includes(box.value);
      });
    });
  }
  for (const field of document.querySelectorAll<HTMLSelectElement>("select[data-submit]")) {
    field.addEventListener("change", () => field.form?.requestSubmit());
  }
  for (const fold of document.querySelectorAll<HTMLDetailsElement>("details[data-filter-fold]")) {
    if (matchMedia("(max-width: 40rem)").matches) fold.open = false;
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-filters]")) {
    form.addEventListener("submit", () => {
      // Empty fields stay out of the address.
      for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
        if (!field.value) field.disabled = true;
      }
    });
    addEventListener("pageshow", () => form.querySelectorAll<HTMLInputElement>(":disabled").forEach((field) => (field.disabled = false)));
  }
}
