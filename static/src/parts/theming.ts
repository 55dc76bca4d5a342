export type ThemeChoice = "light" | "dark" | "auto";
export const THEME_KEY = "potluck.theme";

/** What the viewer chose on this machine; "auto" follows the system. */
export function storedChoice(store: Pick<Storage, "getItem">): ThemeChoice {
  try {
    const value = store.getItem(THEME_KEY);
    return value === "light" || value === "dark" ? value : "auto";
  } catch {
    return "auto";
  }
}

export function resolveTheme(choice: ThemeChoice, systemIsDark: boolean): "light" | "dark" {
  return choice === "auto" ? (systemIsDark ? "dark" : "light") : choice;
}
