// <details class="menu"> as drop-down menus: one open at a time, Escape closes, arrows move, row menus escape clipping.

function close(menu: HTMLDetailsElement, focus = false): void {
  menu.open = false;
  if (focus) menu.querySelector("summary")?.focus();
}

function items(menu: Element): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>(".menu-sheet a[href], .menu-sheet button, .menu-sheet input")];
}

function placeRowMenu(menu: HTMLDetailsElement): void {
  const sheet = menu.querySelector<HTMLElement>(".menu-sheet");
  if (!sheet || !menu.closest("td.row-menu, .scroller")) return;
  const anchor = menu.getBoundingClientRect();
  const size = sheet.getBoundingClientRect();
  const below = anchor.bottom + size.height + 8 < innerHeight;
  sheet.style.top = `${below ? anchor.bottom + 2 : Math.max(8, anchor.top - size.height - 2)}px`;
  sheet.style.left = `${Math.max(8, anchor.right - size.width)}px`;
}

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
}

export function startMenus(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!(menu instanceof HTMLDetailsElement) || !menu.matches("details.menu") || !menu.open) return;
      openMenus().filter((other) => other !== menu && !other.contains(menu)).forEach((other) => close(other));
      placeRowMenu(menu);
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const inside = event.target instanceof Element ? event.target.closest("details.menu") : null;
    openMenus().filter((menu) => menu !== inside).forEach((menu) => close(menu));
  });
  document.addEventListener("focusin", (event) => {
    openMenus().filter((menu) => event.target instanceof Node && !menu.contains(event.target)).forEach((menu) => close(menu));
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target instanceof Element ? event.target.closest<HTMLDetailsElement>("details.menu") : null;
    if (!menu) return;
    if (event.key === "Escape" && menu.open) {
      close(menu, true);
      event.stopPropagation();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
    menu.open = true;
    const all = items(menu);
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
    event.preventDefault();
  });
  addEventListener("scroll", () => openMenus().filter((menu) => menu.closest(".scroller")).forEach((menu) => close(menu)), true);
}

/** The sidebar of narrow screens: a sheet that slides in. */
export function startSidebar(): void {
  const root = document.documentElement;
  const button = document.querySelector<HTMLButtonElement>("[data-side-toggle]");
  const side = document.querySelector<HTMLElement>(".side");
  if (!button || !side) return;
  const set = (open: boolean): void => {
    if (open) root.dataset["side"] = "open";
    else delete root.dataset["side"];
    button.setAttribute("aria-expanded", String(open));
    if (open) side.querySelector<HTMLElement>("a")?.focus();
  };
  button.addEventListener("click", () => set(root.dataset["side"] !== "open"));
  document.querySelector("[data-side-close]")?.addEventListener("click", () => {
    set(false);
    button.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || root.dataset["side"] !== "open") return;
    set(false);
    button.focus();
  });
}

/** What scrolls sideways can be reached by the keyboard. */
export function startScrollers(): void {
  const mark = (): void => {
    for (const box of document.querySelectorAll<HTMLElement>(".prose pre, .prose table")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  mark();
  addEventListener("resize", mark);
}
