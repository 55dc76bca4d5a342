// Loaded only by pages with a [data-chart]. Tooltips are drawn on the canvas: the HTML ones would need inline styles.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { isChartData, shortNumber, tooltipLines } from "./parts/chartdata";
import type { ChartData, Series } from "./parts/chartdata";

use([LineChart, BarChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, CanvasRenderer]);

const charts = new Map<HTMLElement, { chart: EChartsType; data: ChartData }>();
const still = matchMedia("(prefers-reduced-motion: reduce)");

function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

function drawn(series: Series, data: ChartData, colour: (name: string) => string): object {
  const main = colour(series.comparison ? "--chart-2" : "--chart-1");
  const base = { name: series.name, data: series.values, emphasis: { focus: "none" }, itemStyle: { color: main } };
  if (data.kind === "line" || series.comparison) {
    return {
      ...base,
      type: "line",
      showSymbol: series.values.length < 3,
      symbolSize: 6,
      lineStyle: { width: series.comparison ? 1.5 : 2, type: series.comparison ? "dashed" : "solid", color: main },
      ...(series.comparison ? {} : { areaStyle: { color: main, opacity: 0.08 } }),
    };
  }
  if (data.kind === "histogram") return { ...base, type: "bar", barCategoryGap: "4%" };
  const signed = series.values.map((value) => ({
    value,
    itemStyle: { color: colour((value ?? 0) < 0 ? "--chart-bad" : "--chart-good") },
  }));
  return { ...base, type: "bar", barMaxWidth: 26, data: signed };
}

function option(data: ChartData): EChartsCoreOption {
  const colour = colours();
  const axis = colour("--chart-axis");
  const text = { color: axis, fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: !still.matches,
    animationDuration: 350,
    textStyle: text,
    aria: { enabled: false },
    grid: { left: 4, right: 12, top: data.series.length > 1 ? 30 : 12, bottom: 2, containLabel: true },
    legend: data.series.length > 1 ? { top: 0, left: 0, itemHeight: 8, itemWidth: 16, textStyle: text } : undefined,
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("--chart-tip") || "#1d2033",
      borderWidth: 0,
      textStyle: { ...text, color: "#fff", fontSize: 12 },
      formatter: (points: { dataIndex: number } | { dataIndex: number }[]) => {
        const point = Array.isArray(points) ? points[0] : points;
        return tooltipLines(data, point?.dataIndex ?? 0).join("\n");
      },
    },
    xAxis: {
      type: "category",
      data: data.labels,
      boundaryGap: data.kind !== "line",
      axisLine: { lineStyle: { color: colour("--chart-grid") } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      splitNumber: 4,
      splitLine: { lineStyle: { color: colour("--chart-grid") } },
      axisLabel: { ...text, formatter: shortNumber },
    },
    series: data.series.map((series) => drawn(series, data, colour)),
  };
}

function paint(): void {
  for (const [element, { chart, data }] of charts) {
    if (!element.isConnected) {
      chart.dispose();
      charts.delete(element);
    } else chart.setOption(option(data), { notMerge: true });
  }
}

export function drawCharts(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-chart]:not([data-drawn])")) {
    const source = document.getElementById(element.dataset["chart"] ?? "");
    const data: unknown = JSON.parse(source?.textContent ?? "null");
    if (!isChartData(data)) continue;
    element.dataset["drawn"] = "";
    const chart = init(element, null, { renderer: "canvas" });
    charts.set(element, { chart, data });
    new ResizeObserver(() => chart.resize()).observe(element);
  }
  paint();
}

document.addEventListener("potluck:theme", paint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(paint));
