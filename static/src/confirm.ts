import { sameName } from "./parts/names";

/** A confirmation whose button wakes up when the name was typed. The server checks it again. */
export function startConfirm(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-typed-name]")) {
    const field = form.querySelector<HTMLInputElement>("[data-typed-field]");
    const button = form.querySelector<HTMLButtonElement>("[type=submit]");
    if (!field || !button) continue;
    const check = (): void => {
      button.disabled = !sameName(field.value, form.dataset["typedName"] ?? "");
    };
    field.addEventListener("input", check);
    check();
  }
}

/** A form is sent once: a second press while the first is under way does nothing. */
export function startOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.getAttribute("aria-busy") === "true") event.preventDefault();
    else form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
  });
}
