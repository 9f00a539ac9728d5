// Reads a chart aloud, to the eye and the ear: a line follows the pointer and the arrow keys, and a sentence tells the figures.
// The figures stand in the table below the chart; what is made here the server knows nothing of.
"use strict";
(() => {
  const HINT = "Point at the chart, or focus it and press ← →, to read single figures.";
  let chosen = null; // the time that is read, in microseconds: it stays when the chart moves on

  const chart = () => document.querySelector(".chart");
  const figures = (own) => ({
    from: Number(own.dataset.from),
    step: Number(own.dataset.step),
    count: Number(own.dataset.count),
  });
  const clock = (us) => new Date(us / 1000).toISOString().replace("T", " ").slice(0, 16);

  function sentence(number, { from, step }) {
    const begin = from + number * step;
    const when = `${clock(begin)} to ${clock(begin + step).slice(11)} UTC`;
    const row = document.querySelector(`.figures tr[data-n="${number}"]`);
    if (!row) return `${when}: no result`;
    const [results, failed, unknown, low, median, high, top] = [...row.querySelectorAll("td")].map((cell) => cell.textContent);
    const parts = [`${results} ${results === "1" ? "result" : "results"}`];
    if (failed !== "0") parts.push(`${failed} failed`);
    if (unknown !== "0") parts.push(`${unknown} unknown`);
    if (median !== "–") parts.push(`median ${median}, 99% within ${top}, 10% to 90%: ${low} to ${high}`);
    return `${when}: ${parts.join(", ")}`;
  }

  function make(own) {
    const holder = own.querySelector(".pointer");
    if (!holder || holder.firstChild) return;
    const line = document.createElement("div");
    line.className = "hair";
    line.hidden = true;
    const slider = document.createElement("div");
    slider.className = "slider";
    slider.tabIndex = 0;
    for (const [name, value] of [["role", "slider"], ["aria-label", "Latency, moment by moment"], ["aria-valuemin", "0"]]) slider.setAttribute(name, value);
    holder.append(line, slider);
    const follow = (event) => {
      const box = slider.getBoundingClientRect();
      choose(Math.floor(((event.clientX - box.left) / box.width) * figures(chart()).count));
    };
    slider.addEventListener("pointermove", follow);
    slider.addEventListener("pointerdown", follow); // a finger does not hover
    slider.addEventListener("pointerleave", () => {
      if (document.activeElement === slider) return;
      chosen = null;
      show();
    });
    slider.addEventListener("keydown", step);
    slider.addEventListener("focus", () => {
      if (chosen === null) choose(figures(chart()).count - 1);
    });
    slider.addEventListener("blur", () => {
      chosen = null;
      show();
    });
  }

  function step(event) {
    const { count } = figures(chart());
    const far = Math.max(1, Math.round(count / 12));
    const at = place(figures(chart()));
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - far, PageUp: at + far, Home: 0, End: count - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    choose(to);
  }

  function place({ from, step: length, count }) {
    return Math.max(0, Math.min(count - 1, Math.floor((chosen - from) / length)));
  }

  function choose(number) {
    const { from, step: length, count } = figures(chart());
    chosen = from + (Math.max(0, Math.min(count - 1, number)) + 0.5) * length;
    show();
  }

  function show() {
    const own = chart();
    if (!own) return;
    make(own);
    const [line, slider] = own.querySelector(".pointer").children;
    const readout = document.querySelector(".readout");
    const known = figures(own);
    line.hidden = chosen === null;
    const number = chosen === null ? known.count - 1 : place(known);
    const said = sentence(number, known);
    slider.setAttribute("aria-valuemax", String(known.count - 1));
    slider.setAttribute("aria-valuenow", String(number));
    slider.setAttribute("aria-valuetext", said);
    line.style.left = `${(100 * (number + 0.5)) / known.count}%`;
    const text = chosen === null ? HINT : said;
    if (readout && readout.textContent !== text) readout.textContent = text;
  }

  document.addEventListener("allswell:fresh", show);
  show();
})();
