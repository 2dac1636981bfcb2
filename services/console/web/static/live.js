// Keeps an open page up to date without moving what is being read. The page is whole without it.
"use strict";

(() => {
  const LOST_AFTER_MS = 30000;
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;

  const clock = () => new Date().toLocaleTimeString("vi-VN", { hour12: false, timeZone: "Asia/Ho_Chi_Minh" });
  let last = clock();
  let brokenSince = 0;

  const say = (state) => {
    live.className = state === "on" ? "live" : `live off${state === "slow" ? " slow" : ""}`;
    live.textContent = live.dataset[state].replace("{time}", last);
    if (state === "off") {
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = live.dataset.reload;
      live.append(" ", link);
    }
  };

  const parsed = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
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

  const add = (entry) => {
    const events = document.getElementById("events");
    const row = parsed(entry.html);
    if (!events || !row || document.getElementById(row.id)) return;
    row.classList.add("new");
    placed(dayFor(events, entry).querySelector("ol"), row, (other) => other.dataset.place < entry.place);
    document.getElementById("spoken").textContent = events.dataset.added.replace("{text}", row.textContent.trim());
  };

  const replace = (id, html) => {
    const target = document.getElementById(id);
    // A button that is being used is not taken away from under the finger.
    if (target && html && !target.contains(document.activeElement)) target.innerHTML = html;
  };

  const onEntries = (message) => {
    const told = JSON.parse(message.data);
    told.entries.forEach(add);
    replace("head", told.head);
    replace("side", told.side);
    document.querySelectorAll("[data-live-count]").forEach((node) => { node.textContent = told.count; });
    last = clock();
    say("on");
  };

  const onNews = (message) => {
    const news = document.getElementById("news");
    const { n } = JSON.parse(message.data);
    if (!news || !n) return;
    const text = news.querySelector("span");
    text.textContent = n === 1 ? text.dataset.one : text.dataset.many.replace("{n}", n);
    news.hidden = false;
    last = clock();
    say("on");
  };

  let source = null;
  const open = () => {
    source = new EventSource(live.dataset.stream);
    source.onopen = () => { brokenSince = 0; last = clock(); say("on"); };
    source.onerror = () => {
      brokenSince = brokenSince || Date.now();
      say(Date.now() - brokenSince > LOST_AFTER_MS || source.readyState === EventSource.CLOSED ? "off" : "slow");
    };
    source.addEventListener("entries", onEntries);
    source.addEventListener("news", onNews);
    source.addEventListener("lost", () => location.reload());
  };

  // A browser allows few streams to one site: a page in a background tab gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && source) { source.close(); source = null; } else if (!document.hidden && !source) location.reload();
  });
  if (!document.hidden) open();
})();
