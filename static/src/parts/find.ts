export interface DocEntry {
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The entries that hold every word, titles first. An empty question finds nothing. */
export function find(entries: readonly DocEntry[], question: string, limit = 12): DocEntry[] {
  const words = fold(question).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const score = (entry: DocEntry): number => {
    const title = fold(entry.title);
    const text = fold(entry.text);
    let sum = 0;
    for (const word of words) {
      if (title.startsWith(word)) sum += 12;
      else if (title.includes(word)) sum += 8;
      else if (text.includes(word)) sum += 1;
      else return 0;
    }
    return sum;
  };
  return entries
    .map((entry, index) => ({ entry, index, score: score(entry) }))
    .filter((hit) => hit.score > 0)
    .sort((one, other) => other.score - one.score || one.index - other.index)
    .slice(0, limit)
    .map((hit) => hit.entry);
}

/** The sentence around the first word that was found, about `width` characters. */
export function excerpt(text: string, question: string, width = 120): string {
  const word = fold(question).split(/\s+/).find((part) => part && fold(text).includes(part));
  const at = word ? fold(text).indexOf(word) : 0;
  const rough = Math.max(0, at - Math.floor(width / 3));
  const from = rough === 0 ? 0 : Math.min(at, text.indexOf(" ", rough) + 1 || rough);
  const cut = text.slice(from, from + width).trim();
  return `${from > 0 ? "…" : ""}${cut}${from + width < text.length ? "…" : ""}`;
}

/** The text in pieces; those at odd places begin with one of the words that were asked for. */
export function marked(text: string, question: string): string[] {
  const words = question.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return words.length === 0 ? [text] : text.split(new RegExp(`(\\b(?:${words.join("|")})\\w*)`, "giu"));
}
