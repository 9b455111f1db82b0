/* Draws a chart from the table beside it, so that the two cannot differ. Without this script there is the table.

   <div class="echart" data-table="days" hidden></div> and <table id="days" data-chart="bars"> whose head cells name
   series by data-series (the name of a colour token) and whose cells carry data-value, in fen or counts. */

const root = document.documentElement;
const token = name => getComputedStyle(root).getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const english = document.body.dataset.lang === "en";
const size = () => parseFloat(getComputedStyle(document.querySelector("main")).fontSize) * .84;

function readTable(table) {
  const heads = [...table.tHead.rows[0].cells], rows = [...table.tBodies[0].rows];
  const series = heads.map((cell, place) => ({ place, kind: cell.dataset.series, name: cell.textContent.trim() }))
    .filter(each => each.kind);
  return {
    hasLegend: table.dataset.legend === "beside",
    mean: table.dataset.mean && Number(table.dataset.mean) / 100,
    names: rows.map(row => row.cells[0].dataset.name ?? row.cells[0].textContent.trim()),
    links: rows.map(row => row.cells[0].querySelector("a")?.href),
    series: series.map(each => ({
      ...each, values: rows.map(row => Number(row.cells[each.place].dataset.value) / (table.dataset.unit === "fen" ? 100 : 1)),
    })),
  };
}

function write(value) {
  if (Math.abs(value) >= 10000 && !english) return `${+(value / 10000).toFixed(1)} 万`;
  return value.toLocaleString("en").replaceAll(",", "\u202f");
}

function options(found, table) {
  const across = table.dataset.chart === "across";
  const words = { color: token("--ink-2"), fontFamily: token("--font"), fontSize: size() };
  const names = {
    type: "category", data: found.names, inverse: across, axisLabel: { ...words, hideOverlap: true },
    axisLine: { lineStyle: { color: token("--edge") } }, axisTick: { show: false },
  };
  const amounts = {
    type: "value", axisLabel: { ...words, formatter: write }, splitLine: { lineStyle: { color: token("--line") } },
  };
  return {
    animation: !still,
    animationDuration: 250,
    aria: { enabled: true, label: { description: table.caption?.textContent.trim() ?? "" }, decal: { show: true, decals: decals() } },
    textStyle: words,
    grid: { left: 4, right: 16, top: 8, bottom: found.hasLegend ? 4 : 36, containLabel: true },
    legend: { show: !found.hasLegend, bottom: 0, icon: "rect", itemHeight: 10, itemWidth: 10, textStyle: words, selectedMode: false },
    /* Drawn, not written as markup: the content policy allows no styles in it. */
    tooltip: {
      trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, valueFormatter: write, confine: true,
      backgroundColor: token("--raised"), borderColor: token("--line"), textStyle: { ...words, color: token("--ink") },
    },
    xAxis: across ? amounts : names,
    yAxis: across ? names : amounts,
    series: found.series.map((each, place) => ({
      ...(found.mean && place === 0 ? { markLine: meanLine(found.mean) } : {}),
      type: "bar", name: each.name, stack: "all", data: each.values, barMaxWidth: 42, cursor: "pointer",
      itemStyle: { color: token(`--pay-${each.kind}`) || token("--primary"), borderColor: token("--surface"), borderWidth: 1 },
    })),
  };
}

/* What is usual, as a dotted line without arrows; its words stand in the legend beside. */
function meanLine(value) {
  return {
    silent: true, symbol: "none", label: { show: false }, data: [{ yAxis: value }],
    lineStyle: { color: token("--ink"), type: "dotted", width: 2 },
  };
}

/* Neighbours in a stack differ by pattern too; the first stays plain. */
function decals() {
  const line = { color: "rgba(255, 255, 255, .35)" };
  return [
    { symbol: "none" },
    { ...line, dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
    { ...line, symbol: "circle", dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0], symbolSize: .5 },
    { ...line, dashArrayX: [1, 0], dashArrayY: [4, 3], rotation: Math.PI / 4 },
  ];
}

function draw(box) {
  const table = document.getElementById(box.dataset.table);
  const found = table && readTable(table);
  if (!found || found.names.length < 1 || !found.series.length) return;
  box.hidden = false;
  for (const drawn of document.querySelectorAll(`[data-instead="${box.id}"]`)) drawn.hidden = true;
  const chart = window.echarts.init(box, null, { renderer: "canvas", locale: english ? "EN" : "ZH" });
  chart.setOption(options(found, table));
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", table.caption?.textContent.trim() ?? "");
  chart.on("click", event => { if (found.links[event.dataIndex]) location.href = found.links[event.dataIndex]; });
  new ResizeObserver(() => chart.resize()).observe(box);
  addEventListener("beforeprint", () => chart.resize());
}

for (const box of document.querySelectorAll(".echart")) draw(box);
