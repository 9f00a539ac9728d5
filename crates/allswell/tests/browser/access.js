// Looks at the page as it is drawn and gives back what would keep somebody from reading or using it, each as "rule: what".
// It is the body of a function; `arguments[0]` are selectors of graphics that only decorate, `arguments[1]` whether a finger is used.
const [decoration, finger] = arguments;
const found = [];
const report = (rule, node, why) => found.push(`${rule}: ${name(node)}${why ? `: ${why}` : ""}`);
const name = (node) => {
  if (!node || !node.tagName) return "the page";
  const classes = typeof node.className === "string" ? node.className : (node.className && node.className.baseVal) || "";
  const text = (node.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40);
  return `<${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ""}${classes ? `.${classes.trim().replace(/\s+/g, ".")}` : ""}> ${JSON.stringify(text)}`;
};

// Colours as [red, green, blue, alpha], drawn by the browser itself: whatever notation it computes, this reads.
const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
const known = new Map();
function colour(text) {
  if (!known.has(text)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    known.set(text, [r, g, b, a / 255]);
  }
  return known.get(text);
}
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
const faded = ([r, g, b, a], by) => [r, g, b, a * by];
function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
// What lies behind an element, from the page's own ground up.
function ground(element) {
  const layers = [];
  for (let at = element; at instanceof Element; at = at.parentElement) {
    const layer = colour(getComputedStyle(at).backgroundColor);
    if (layer[3] > 0) layers.push(layer);
    if (layer[3] === 1) break;
  }
  const page = matchMedia("(prefers-color-scheme: dark)").matches && getComputedStyle(document.documentElement).colorScheme.includes("dark") ? [18, 18, 18, 1] : [255, 255, 255, 1];
  return layers.reverse().reduce((below, layer) => over(layer, below), page);
}
function opacity(element) {
  let all = 1;
  for (let at = element; at instanceof Element; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
  return all;
}

const defined = (node) => node.closest("symbol, pattern, defs, clipPath, mask, head, noscript, script, style, template");
function seen(element) {
  if (defined(element) || !element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
  for (let at = element; at instanceof Element; at = at.parentElement) {
    if (getComputedStyle(at).clipPath.startsWith("inset(50%")) return false;
  }
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}

// Text against what is behind it (WCAG 2.2, 1.4.3).
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text = walker.nextNode(); text; text = walker.nextNode()) {
  const holder = text.parentElement;
  if (!text.data.trim() || !seen(holder)) continue;
  const style = getComputedStyle(holder);
  const ink = colour(holder instanceof SVGElement ? style.fill : style.color);
  const behind = ground(holder);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  const ratio = contrast(over(faded(ink, opacity(holder)), behind), behind);
  if (ratio < least) report("contrast", holder, `${ratio.toFixed(2)} is less than ${least}`);
}
for (const input of document.querySelectorAll("input, textarea")) {
  if (!seen(input) || !input.placeholder) continue;
  const behind = ground(input);
  const ratio = contrast(over(colour(getComputedStyle(input, "::placeholder").color), behind), behind);
  if (ratio < 4.5) report("contrast", input, `its placeholder has ${ratio.toFixed(2)}`);
}

// Graphics and the edges of what can be used (1.4.11).
function paint(text) {
  const pattern = /^url\("?#([^")]+)"?\)/.exec(text);
  if (!pattern) return text;
  const drawn = document.querySelector(`#${pattern[1]} path`);
  return drawn ? getComputedStyle(drawn).stroke : "none";
}
for (const shape of document.querySelectorAll("svg path, svg rect, svg circle, svg line, svg polyline, svg polygon, svg use")) {
  if (defined(shape) || !shape.checkVisibility({ visibilityProperty: true }) || shape.matches(decoration)) continue;
  const [box, style] = [shape.getBoundingClientRect(), getComputedStyle(shape)];
  if (box.width === 0 && box.height === 0) continue;
  const behind = ground(shape);
  const sides = [["fill", style.fillOpacity], ["stroke", style.strokeOpacity]].map(([side, by]) => [paint(style[side]), Number(by)]);
  const ratios = sides.filter(([drawn]) => drawn !== "none").map(([drawn, by]) => contrast(over(faded(colour(drawn), by * opacity(shape)), behind), behind));
  if (ratios.length > 0 && Math.max(...ratios) < 3) report("graphics", shape, `${Math.max(...ratios).toFixed(2)} is less than 3`);
}
for (const control of document.querySelectorAll("input, button, select, textarea")) {
  if (!seen(control)) continue;
  const [style, behind] = [getComputedStyle(control), ground(control.parentElement)];
  const edge = parseFloat(style.borderTopWidth) > 0 ? contrast(over(colour(style.borderTopColor), behind), behind) : 1;
  if (Math.max(edge, contrast(ground(control), behind)) < 3) report("graphics", control, `its edge has ${edge.toFixed(2)}`);
}

// Structure.
const ids = new Map();
for (const node of document.querySelectorAll("[id]")) ids.set(node.id, (ids.get(node.id) || 0) + 1);
for (const [id, times] of ids) if (times > 1) report("duplicate id", null, id);
for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
  for (const node of document.querySelectorAll(`[${attribute}]`)) {
    for (const id of node.getAttribute(attribute).split(/\s+/)) if (!document.getElementById(id)) report("dangling", node, `${attribute} names ${id}`);
  }
}
const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((heading) => heading.checkVisibility());
if (headings.filter((heading) => heading.tagName === "H1").length !== 1) report("headings", null, "there must be one h1");
let level = 0;
for (const heading of headings) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) report("headings", heading, `it follows a heading of level ${level}`);
  if (!heading.textContent.trim()) report("headings", heading, "it is empty");
  level = own;
}
if (!document.documentElement.lang) report("language", null, "the page names none");
if (!document.title.trim()) report("title", null, "the page has none");
const landmarks = { main: "main, [role=main]", banner: "body > header, [role=banner]" };
for (const [landmark, css] of Object.entries(landmarks)) {
  if (document.querySelectorAll(css).length !== 1) report("landmarks", null, `there must be one ${landmark}`);
}
const navigations = [...document.querySelectorAll("nav")];
if (navigations.length > 1) {
  const names = navigations.map((nav) => nav.getAttribute("aria-label") || nav.getAttribute("aria-labelledby"));
  if (names.some((own) => !own) || new Set(names).size < names.length) report("landmarks", navigations[0], "several need names of their own");
}
for (const child of document.body.children) {
  if (child.matches("header, nav, main, footer, aside, script, svg, a[href^='#'], [role=status], noscript") || !seen(child)) continue;
  if (child.textContent.trim()) report("landmarks", child, "its text stands in none");
}
for (const svg of document.querySelectorAll("svg")) {
  if (defined(svg.parentElement || svg) || svg.closest("[aria-hidden=true]")) continue;
  const label = svg.getAttribute("aria-label") || (svg.querySelector(":scope > title") || {}).textContent;
  if (svg.getAttribute("role") !== "img" || !label || !label.trim()) report("picture", svg, "it is neither hidden nor an image with a name");
}
for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) report("picture", image, "it has no alt");
for (const table of document.querySelectorAll("table")) {
  if (!table.caption || !table.caption.textContent.trim()) report("table", table, "it has no caption");
  if (!table.querySelector("th[scope=col]")) report("table", table, "no column has a heading");
  for (const heading of table.querySelectorAll("th:not([scope])")) report("table", heading, "it has no scope");
}
for (const live of document.querySelectorAll("[role=status], [role=alert], [role=log], [role=timer], [aria-live]")) {
  if (live.querySelector("time")) report("babble", live, "it announces each second that passes");
}
for (const list of document.querySelectorAll("ul, ol")) {
  for (const child of list.children) if (!child.matches("li, script, template")) report("list", child, "it stands in a list and is no item");
}

// What can be used.
const usable = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [role=button], [role=slider]")];
for (const control of usable) {
  if (control.tabIndex > 0) report("focus order", control, "it jumps the queue");
}
for (const link of document.querySelectorAll("a[href]")) {
  const around = [...link.parentElement.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && /\p{L}/u.test(node.data));
  const underlined = getComputedStyle(link).textDecorationLine.includes("underline");
  if (seen(link) && around.length > 0 && !underlined && !link.querySelector("svg")) report("colour alone", link, "only its colour tells it from the text around it");
}
for (const shape of document.querySelectorAll("svg.shape")) {
  if (seen(shape) && !/\p{L}/u.test(shape.parentElement.textContent)) report("colour alone", shape.parentElement, "it has no word");
}

// Size of targets (2.5.8): 24 by 24, or so far from all others; links within a sentence are free. A finger has no exception but that.
const boxes = usable.filter((control) => seen(control) && !control.matches("main, [role=region]")).map((control) => [control, control.getBoundingClientRect()]);
const distance = (x, y, box) => Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
for (const [control, box] of boxes) {
  if (box.width >= 24 && box.height >= 24) continue;
  const sentence = control.matches("a") && getComputedStyle(control).display === "inline" && control.closest("p, h1, h2, dd, td, li").textContent.trim() !== control.textContent.trim();
  if (sentence) continue;
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const crowded = boxes.some(([other, its]) => other !== control && !other.contains(control) && !control.contains(other) && distance(x, y, its) < (its.width < 24 || its.height < 24 ? 24 : 12));
  if (crowded || (finger && box.height < 20)) report("target size", control, `${box.width.toFixed(0)} by ${box.height.toFixed(0)}`);
}

// Nothing scrolls sideways but what says so (1.4.10).
const width = document.documentElement.clientWidth;
if (document.scrollingElement.scrollWidth > width) report("overflow", null, `${document.scrollingElement.scrollWidth} of ${width}`);
for (const node of document.body.querySelectorAll("*")) {
  if (node.ownerSVGElement || !seen(node) || node.getBoundingClientRect().right <= width + 1) continue;
  let scroller = node.parentElement;
  while (scroller && !/auto|scroll|hidden/.test(getComputedStyle(scroller).overflowX)) scroller = scroller.parentElement;
  if (!scroller) report("overflow", node, `it ends at ${node.getBoundingClientRect().right.toFixed(0)} of ${width}`);
}
for (const scroller of document.querySelectorAll("*")) {
  if (scroller.scrollWidth > scroller.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(scroller).overflowX) && scroller !== document.scrollingElement && scroller.tabIndex < 0 && seen(scroller)) {
    report("keyboard", scroller, "it scrolls, and the keyboard cannot reach it");
  }
}
return found;
