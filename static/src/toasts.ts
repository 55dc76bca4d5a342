const SECONDS = 9;

/** A short notice in the corner. `icon` is the id of a <template data-toast-icon>. */
export function toast(icon: string, title: string, text = ""): void {
  const box = document.querySelector("[data-toasts]");
  if (!box) return;
  const card = document.createElement("div");
  card.className = "toast-card";
  const drawing = document.querySelector<HTMLTemplateElement>(`template[data-icon="${icon}"]`);
  if (drawing) card.append(drawing.content.cloneNode(true));
  const words = document.createElement("div");
  const head = document.createElement("strong");
  head.textContent = title;
  words.append(head);
  if (text) {
    const line = document.createElement("div");
    line.className = "money";
    line.textContent = text;
    words.append(line);
  }
  card.append(words);
  box.append(card);
  while (box.childElementCount > 4) box.firstElementChild?.remove();
  setTimeout(() => card.remove(), SECONDS * 1000);
}
