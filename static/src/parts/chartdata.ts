export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly texts?: readonly string[];
  readonly comparison?: boolean;
}
export interface ChartData {
  readonly kind: "line" | "bar" | "histogram";
  readonly title: string;
  readonly unit?: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
}

/** 1234567 -> "1.2M": for axes only, where exact figures would not fit. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  for (const [limit, mark] of [[1e9, "B"], [1e6, "M"], [1e3, "k"]] as const) {
    if (size >= limit) return `${Number((value / limit).toFixed(size >= limit * 100 ? 0 : 1))}${mark}`;
  }
  return String(Number(value.toFixed(2)));
}

/** The lines of a tooltip: the label, then each series with the text that the server wrote. */
export function tooltipLines(data: ChartData, index: number): string[] {
  const unit = data.unit ? ` ${data.unit}` : "";
  const lines = data.series.map((series) => {
    const value = series.values[index];
    const text = series.texts?.[index] ?? (value == null ? "no value" : `${value.toLocaleString("en")}${unit}`);
    return `${series.name}: ${text}`;
  });
  return [data.labels[index] ?? "", ...lines];
}

export function isChartData(value: unknown): value is ChartData {
  if (typeof value !== "object" || value === null) return false;
  const data = value as Partial<ChartData>;
  return (
    ["line", "bar", "histogram"].includes(data.kind ?? "") && Array.isArray(data.labels) && Array.isArray(data.series)
  );
}
