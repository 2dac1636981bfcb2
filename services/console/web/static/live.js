// Keeps an open page up to date without moving what is being read. The page is whole without it.
"use strict";

(() => {
  const LOST_AFTER_MS = 30000;
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;

  const format = new Intl.DateTimeFormat("vi-VN", {
    timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  let source = null;
  let shown = "";
  let heard = format.format(new Date());
  let brokenSince = 0;
  let lastId = "";

  const looks = { on: "live", slow: "live off slow", off: "live off red" };
  const say = (state) => {
    const text = live.dataset[state].replace("{time}", heard);
    if (text === shown) return;
    shown = text;
    live.className = looks[state];
    live.textContent = text;
    if (state !== "off") return;
    const link = document.createElement("a");
    link.href = location.pathname.replace(/\/claim$/, "") + location.search;
    link.textContent = live.dataset.reload;
    live.append(" ", link);
  };

  const hear = (message) => {
    brokenSince = 0;
    heard = format.format(new Date());
    if (message && message.lastEventId) lastId = message.lastEventId;
    say("on");
  };

  const parsed = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content;
  };

  // Days and rows stand newest first; a new one goes before the first that is older.
  const placed = (parent, node, older) => parent.insertBefore(node, [...parent.children].find(older) || null);

  const dayFor = (events, entry) => {
    const known = events.querySelector(`[data-day="${entry.day}"]`);
    if (known) return known;
    const day = document.createElement("div");
    day.className = "day";
    day.dataset.day = entry.day;
    day.append(document.createElement("h3"), document.createElement("ol"));
    day.firstElementChild.textContent = entry.heading;
    return placed(events, day, (other) => other.dataset.day < entry.day);
  };

  // The first thing in sight, and how far down it stands: what comes in above it must not push it away.
  const anchor = () => {
    const parts = document.querySelectorAll("main li, main h2, main p, main dd, main td");
    const found = window.scrollY > 0 && [...parts].find((part) => part.getBoundingClientRect().top >= 0);
    return found ? { part: found, top: found.getBoundingClientRect().top } : null;
  };
  const steady = (held) => {
    if (held && held.part.isConnected) window.scrollBy(0, held.part.getBoundingClientRect().top - held.top);
  };

  const add = (entry) => {
    const events = document.getElementById("events");
    const row = parsed(entry.html).querySelector("li");
    if (!events || !row || document.getElementById(row.id)) return;
    row.classList.add("new");
    placed(dayFor(events, entry).querySelector("ol"), row, (other) => other.dataset.place < entry.place);
    const text = row.textContent.replace(/\s+/g, " ").trim();
    document.getElementById("spoken").textContent = events.dataset.added.replace("{text}", text);
  };

  const replace = (id, html) => {
    const target = document.getElementById(id);
    // A button that is being used is not taken away from under the finger.
    if (target && html && !target.contains(document.activeElement)) target.replaceChildren(parsed(html));
  };

  const onEntries = (message) => {
    const told = JSON.parse(message.data);
    const held = anchor();
    told.entries.forEach(add);
    replace("head", told.head);
    replace("side", told.side);
    replace("pager", told.pager);
    replace("drawing", told.drawing);
    document.querySelectorAll("[data-live-count]").forEach((node) => { node.textContent = told.count; });
    steady(held);
    hear(message);
  };

  const onNews = (message) => {
    hear(message);
    const news = document.getElementById("news");
    const { n } = JSON.parse(message.data);
    if (!news || !n) return;
    const text = news.querySelector("span");
    text.textContent = n === 1 ? text.dataset.one : text.dataset.many.replace("{n}", n);
    news.hidden = false;
  };

  // Something on this page may be seen no more: it goes at once, and the page is asked for anew.
  const onLost = () => {
    document.getElementById("main").replaceChildren();
    location.replace(location.pathname.replace(/\/claim$/, "") + location.search);
  };

  const onError = () => {
    brokenSince = brokenSince || Date.now();
    const lost = source.readyState === EventSource.CLOSED || Date.now() - brokenSince > LOST_AFTER_MS;
    say(lost ? "off" : "slow");
  };

  const open = () => {
    const address = new URL(live.dataset.stream, location.href);
    if (lastId) address.searchParams.set("since", lastId);
    source = new EventSource(address);
    source.addEventListener("open", hear);
    source.addEventListener("error", onError);
    source.addEventListener("entries", onEntries);
    source.addEventListener("news", onNews);
    source.addEventListener("lost", onLost);
  };

  // A browser allows few streams to one site: a page in a background tab gives its own back, and takes it up
  // again where it left off.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) source.close();
    else open();
  });
  setInterval(() => { if (brokenSince && Date.now() - brokenSince > LOST_AFTER_MS) say("off"); }, 1000);
  open();
})();
