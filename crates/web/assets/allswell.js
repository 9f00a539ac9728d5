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
      setText(cut, deaf ? `This page has heard nothing from the server for ${age(silence)}${ended && ` (${ended})`}: what it shows is old.` : "");
    }
  }

  // Makes `old` like `fresh`, keeping what the reader opened, typed or focused.
  function morph(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return undefined;
    }
    if (old.isEqualNode(fresh)) return undefined;
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
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
      if (answer.ok) adopt(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The stream tells that the server is gone.
    }
    await new Promise((done) => setTimeout(done, Math.max(BREATH_MS, 10 * (Date.now() - begun))));
    refreshing = false;
    if (again) {
      again = false;
      refresh();
    }
  }

  function adopt(page) {
    for (const id of ["bar", "chips", "main", "as-of"]) {
      const [old, fresh] = [byId(id), page.getElementById(id)];
      if (old && fresh) morph(old, fresh);
    }
    document.title = page.title;
    byId("icon").href = page.getElementById("icon").href;
    ahead = Number(page.body.dataset.now) / 1000 - Date.now();
    tick();
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
    const state = `${data.headline}|${data.stale}`;
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
    for (const name of ["transition", "target_added", "target_removed", "started", "stopped", "gap"]) {
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
  document.addEventListener("visibilitychange", attend);
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", attend);
})();
