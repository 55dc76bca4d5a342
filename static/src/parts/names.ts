/** Whether the typed name is the object's: the same letters, whatever the spaces around and between. */
export function sameName(typed: string, name: string): boolean {
  const plain = (text: string): string => text.normalize("NFC").trim().replace(/\s+/g, " ");
  return plain(typed) === plain(name);
}

/** The columns to show after a press in the chooser; never none. */
export function chosenColumns(all: readonly string[], checked: readonly string[]): string[] {
  const kept = all.filter((name) => checked.includes(name));
  return kept.length > 0 ? kept : [...all];
}
