// Keeps the page live: one stream of events, and the server's own rendering put in place of the old one.
"use strict";
(() => {
  const DEAF_AFTER_MS = 5000; // a pulse comes each second
  const HIDDEN_MS = 10000; // a page that nobody looks at renews itself so often, for the counts in its tab
  const BREATH_MS = 1000; // between two refreshes, or ten times as long as the last one took
  const body = document.body;
  const byId = (id) => document.getElementById(id);
  let ahead = Number(body.dataset.now) / 1000 - Date.now(); // the server's clock before ours
  let heard = Date.now();
  let ended = ""; // why the server said that it will say no more
  let cursor = body.dataset.cursor;
  let said = body.dataset.said;

  const now = () => Date.now() + ahead;

  // The same words as the server's `text::age`.
  function age(ms) {
    const s = Math.max(0, ms) / 1000;
    const whole = Math.floor(s);
    const two = (n, unit, rest, small) => (rest ? `${n} ${unit} ${rest} ${small}` : `${n} ${unit}`);
    if (whole < 10) return `${(Math.floor(s * 10) / 10).toFixed(1)} s`;
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min`;
    if (whole < 86400) return two(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
    if (whole < 2592000) return two(Math.floor(whole / 86400), "d", Math.floor((whole % 86400) / 3600), "h");
    return `${Math.floor(whole / 86400)} d`;
  }

  function setText(node, text) {
    if (node && node.textContent !== text) node.textContent = text;
  }

  function tick() {
    for (const node of document.querySelectorAll("time[data-us]")) setText(node, age(now() - Number(node.dataset.us) / 1000));
    const silence = Date.now() - heard;
    const deaf = ended !== "" || silence > DEAF_AFTER_MS;
    const bar = byId("bar");
    const cut = byId("cut");
    if (bar) bar.classList.toggle("deaf", deaf);
    if (cut) {
      cut.hidden = !deaf;
      setText(byId("cut-said"), deaf ? `This page has heard nothing from the server${ended && ` (${ended})`}: what it shows is old.` : "");
      // Beside what is announced: a second that passes is no news.
      setText(byId("cut-for"), deaf ? `Silent for ${age(silence)}.` : "");
    }
  }

  // Makes `old` like `fresh`, keeping what the reader opened, typed or focused.
  function morph(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return undefined;
    }
    if (old.hasAttribute("data-own") || old.isEqualNode(fresh)) return undefined; // the script's own stays as it is
    const kept = (name) => name === "open" && old.nodeName === "DETAILS";
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (!kept(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    return morphChildren(old, fresh);
  }

  function morphChildren(old, fresh) {
    const keyed = new Map();
    for (const child of old.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
    let place = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      const key = wanted.dataset && wanted.dataset.key;
      const match = key ? keyed.get(key) : place && !(place.dataset && place.dataset.key) ? place : null;
      if (!match) {
        old.insertBefore(wanted, place);
      } else {
        if (match === place) place = place.nextSibling;
        else old.insertBefore(match, place);
        morph(match, wanted);
      }
    }
    while (place) {
      const next = place.nextSibling;
      place.remove();
      place = next;
    }
  }

  let refreshing = false;
  let again = false;
  async function refresh() {
    if (refreshing) {
      again = true;
      return;
    }
    refreshing = true;
    const begun = Date.now();
    await load();
    await new Promise((done) => setTimeout(done, Math.max(BREATH_MS, 10 * (Date.now() - begun))));
    refreshing = false;
    if (again) {
      again = false;
      refresh();
    }
  }

  async function load() {
    const asked = location.href;
    try {
      const answer = await fetch(asked, { headers: { Accept: "text/html" }, redirect: "error" });
      const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page && location.href === asked) adopt(page);
    } catch {
      // The stream tells that the server is gone.
    }
  }

  function adopt(page) {
    const before = byId("bar").dataset.news;
    for (const id of ["bar", "chips", "to-links", "main", "as-of"]) {
      const [old, fresh] = [byId(id), page.getElementById(id)];
      if (old && fresh) morph(old, fresh);
    }
    document.title = page.title;
    byId("icon").href = page.getElementById("icon").href;
    ahead = Number(page.body.dataset.now) / 1000 - Date.now();
    heard = Date.now(); // also where the stream has no place for us: then the page lives by this alone
    tick();
    const news = byId("bar").dataset.news;
    if (news !== before) setText(byId("news"), news);
    offerCopies();
    document.dispatchEvent(new Event("allswell:fresh"));
  }

  // A button to copy a command, where the browser lets a page do so.
  function offerCopies() {
    for (const place of document.querySelectorAll("[data-copies]")) {
      if (place.firstChild || !navigator.clipboard) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(byId(place.dataset.copies).textContent);
          button.textContent = "Copied";
        } catch {
          button.textContent = "Not copied";
        }
        setText(byId("news"), button.textContent);
        setTimeout(() => setText(button, "Copy"), 2000);
      });
      place.append(button);
    }
  }

  function pulse(message) {
    const data = JSON.parse(message.data);
    heard = Date.now();
    ended = "";
    ahead = data.now_us / 1000 - Date.now();
    const newest = byId("newest");
    if (newest && data.newest_us !== null) newest.dataset.us = data.newest_us;
    const trouble = byId("trouble");
    if (trouble) {
      trouble.hidden = !data.trouble;
      setText(trouble, data.trouble || "");
    }
    const state = `${data.headline}|${data.stale}|${data.links}`;
    if (said !== state) refresh();
    said = state;
    tick();
  }

  // A browser opens six connections to a host, for all its tabs and the pages that it keeps for going back together. So
  // only a page that is looked at holds one.
  let stream = null;
  let attended = false;
  function leave() {
    if (stream) stream.close();
    stream = null;
  }

  function attend() {
    if (document.hidden) leave();
    else if (!stream) {
      heard = Date.now();
      listen();
      if (attended) refresh();
      attended = true;
    }
  }

  function listen() {
    leave();
    const own = new EventSource(`/api/v1/stream?after=${encodeURIComponent(cursor)}`);
    stream = own;
    own.addEventListener("pulse", pulse);
    own.addEventListener("cut", (message) => {
      ended = JSON.parse(message.data).reason;
      setText(byId("live"), `; ${ended}`);
      tick();
    });
    own.addEventListener("open", () => setText(byId("live"), "; live"));
    for (const name of ["transition", "target_added", "target_removed", "started", "stopped", "gap", "incident_began", "incident_ended", "alert_ended"]) {
      own.addEventListener(name, (message) => {
        if (message.lastEventId) cursor = message.lastEventId;
        refresh();
      });
    }
    own.addEventListener("error", () => {
      if (own.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
      cursor = ""; // it may be another store's
      setTimeout(() => {
        if (own !== stream) return;
        listen();
        refresh();
      }, 3000);
    });
  }

  // An opened group stands in the address, so that the server fills it and a reload keeps it.
  document.addEventListener("toggle", ({ target }) => {
    const group = target.dataset && target.dataset.group;
    if (!group) return;
    const url = new URL(location.href);
    const others = url.searchParams.getAll("open").filter((known) => known !== group);
    url.searchParams.delete("open");
    for (const known of target.open ? [...others, group].slice(-2) : others) url.searchParams.append("open", known);
    if (url.href === location.href) return;
    history.replaceState(null, "", url);
    refresh();
  }, true);

  // A link to another view of the same page changes the part that differs, and nothing jumps.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-here]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    load();
  });
  window.addEventListener("popstate", load);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.nodeName)) return;
    if (event.key === "/" && byId("q")) {
      event.preventDefault();
      byId("q").focus();
    }
    const step = { j: 1, k: -1 }[event.key];
    if (step) {
      const links = [...document.querySelectorAll("main .name a, main summary")].filter((link) => link.offsetParent);
      const at = links.indexOf(document.activeElement);
      const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
      if (next) next.focus();
    }
  });

  let refreshed = Date.now();
  function refreshWhenDue() {
    const every = document.hidden ? HIDDEN_MS : Number(byId("main").dataset.refresh || 0) * 1000;
    if (!every || Date.now() - refreshed < every) return;
    refreshed = Date.now();
    refresh();
  }

  setInterval(() => {
    tick();
    refreshWhenDue();
  }, 1000);
  offerCopies();
  document.addEventListener("visibilitychange", attend);
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", attend);
})();
