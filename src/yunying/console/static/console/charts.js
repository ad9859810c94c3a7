// Charts: Plotly is fetched when the first evidence opens, and drawn in the colours of the page's theme.
(() => {
  "use strict";
  let loading = null;
  const load = (source) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  function plotly() {
    const { plotly: source, plotlyLocale: locale, plotlyStyles: styles } = document.body.dataset;
    if (loading) return loading;
    // Where these ids stand already, Plotly does not write styles for maps into the page, which the policy forbids.
    styles.split(" ").filter(Boolean).forEach((id) => document.head.append(Object.assign(document.createElement("meta"), { id })));
    loading = load(source).then(() => load(locale));
    return loading;
  }
  // Colours are named in the description, such as "@accent", and live in the style sheet.
  function coloured(value, style) {
    if (typeof value === "string" && value.startsWith("@")) {
      const name = value.slice(1);
      return (style.getPropertyValue(`--${name}`) || style.getPropertyValue(`--chart-${name}`)).trim();
    }
    if (Array.isArray(value)) return value.map((each) => coloured(each, style));
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, coloured(each, style)]));
    return value;
  }
  function draw(box) {
    const spec = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const { data, layout } = coloured(spec, getComputedStyle(document.documentElement));
    layout.height = Number(box.dataset.height);
    layout.autosize = true;
    if (document.documentElement.lang === "zh-CN") { layout.xaxis.tickformatstops = [{ dtickrange: [null, 2592000000], value: "%-m月%-d日" }, { dtickrange: [2592000000, null], value: "%Y年%-m月" }]; }
    box.dataset.drawn = "1";
    window.Plotly.react(box, data, layout, { displayModeBar: false, responsive: true, locale: document.documentElement.lang });
  }
  function drawn(selector) {
    const boxes = [...document.querySelectorAll(selector)];
    if (!boxes.length) return;
    plotly().then(() => boxes.filter((box) => box.isConnected).forEach(draw)).catch(() => boxes.forEach((box) => { box.textContent = "Plotly"; }));
  }
  document.addEventListener("htmx:afterSettle", () => drawn(".chart:not([data-drawn])"));
  document.addEventListener("desk:theme", () => drawn(".chart[data-drawn]"));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn(".chart[data-drawn]"));
  drawn(".chart:not([data-drawn])");
})();
