// Loaded before the first paint, so that a dark page never flashes white.
import { resolveTheme, storedChoice } from "./parts/theming";

const root = document.documentElement;

function apply(): void {
  const choice = storedChoice(localStorage);
  root.dataset["themeChoice"] = choice;
  root.dataset["bsTheme"] = resolveTheme(choice, matchMedia("(prefers-color-scheme: dark)").matches);
}

apply();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
addEventListener("storage", apply);

// Paper is white, whatever the screen is.
function paper(theme: () => void): void {
  theme();
  document.dispatchEvent(new CustomEvent("potluck:theme"));
}
addEventListener("beforeprint", () => paper(() => (root.dataset["bsTheme"] = "light")));
addEventListener("afterprint", () => paper(apply));
