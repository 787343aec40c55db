// Live updates: the server says what to do, in HTML of its own making.

import { awaitsAnswer } from "./send.js";

const announcer = document.getElementById("announcer");
const here = document.body.dataset;

export function follow() {
  const query = new URLSearchParams({ channel: here.channel, thread: here.thread, home: here.home, since: here.version });
  const source = new EventSource(`/live?${query}`);
  source.onmessage = (event) => {
    for (const step of JSON.parse(event.data)) steps[step.do](step);
  };
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

const steps = {
  put({ pane, ts, html }) {
    const list = document.getElementById(pane);
    if (!list) return;
    const scroll = list.closest(".scroll");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
    const fresh = parsed(html);
    const old = [...list.children].find((entry) => entry.dataset.ts === ts);
    const wasTall = Boolean(old) && old.offsetHeight >= scroll.clientHeight;
    if (old) {
      keepFocus(old, fresh, () => old.replaceWith(fresh));
    } else {
      // Of equal width: as text they sort as the numbers do. What is in flight stays last.
      const next = [...list.children].find((entry) => !entry.dataset.ts || entry.dataset.ts > ts);
      list.insertBefore(fresh, next ?? null);
      announce(fresh);
    }
    if (atEnd || (!old && awaitsAnswer())) reveal(scroll, fresh, wasTall);
  },
  remove({ ts }) {
    for (const entry of document.querySelectorAll(".entry")) if (entry.dataset.ts === ts) entry.remove();
  },
  unread({ channel }) {
    document.querySelector(`.lists a[data-channel="${CSS.escape(channel)}"]`)?.setAttribute("data-unread", "");
  },
  sidebar({ html }) {
    const lists = document.getElementById("lists");
    const unread = [...lists.querySelectorAll("[data-unread]")].map((link) => link.dataset.channel);
    lists.innerHTML = html;
    unread.forEach((channel) => steps.unread({ channel }));
  },
  home({ html }) {
    document.getElementById("home").innerHTML = html;
  },
  modal({ html }) {
    const holder = document.getElementById("modal-root");
    const shell = document.getElementById("shell");
    const focused = holder.contains(document.activeElement) ? document.activeElement.id : "";
    const before = holder.firstElementChild ? null : document.activeElement;
    if (before) opener = before;
    holder.innerHTML = html;
    shell.inert = Boolean(html);
    if (!html) return opener?.isConnected && opener.focus();
    const error = holder.querySelector(".field-with-error .control");
    const again = focused && document.getElementById(focused);
    (error ?? (again || holder.querySelector("[autofocus], .modal-body .control, .modal-body input") || holder.querySelector("[data-close]")))?.focus();
  },
  reload() {
    location.reload();
  },
};

let opener = null;

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function keepFocus(old, fresh, swap) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const key = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.value && `[value="${CSS.escape(focused.value)}"]`);
  swap();
  if (key) fresh.querySelector(key)?.focus();
}

/** Show what has come, from its beginning where it does not fit (unless it is being read already). */
function reveal(scroll, entry, wasTall) {
  const fits = entry.offsetHeight < scroll.clientHeight;
  if (fits && entry.nextElementSibling) entry.scrollIntoView({ block: "nearest" });
  else if (fits || wasTall) scroll.scrollTop = scroll.scrollHeight;
  else entry.scrollIntoView({ block: "start" });
}

function announce(entry) {
  const author = entry.querySelector("article").getAttribute("aria-label");
  const text = entry.querySelector(".surface").innerText.trim().slice(0, 400);
  announcer.textContent = `${author}: ${text}`;
}
