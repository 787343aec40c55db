// The page works without this script, as forms. With it nothing reloads: forms are sent in the
// background, and what the server has drawn anew is swapped in.

import { startComposers, recallable } from "./composer.js";
import { follow } from "./live.js";
import { send, say } from "./send.js";

const root = document.documentElement;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-act], .inline")) {
    event.preventDefault();
    const busy = event.submitter;
    if (busy?.getAttribute("aria-busy") === "true") return;
    send(form, { submitter: busy });
  }
});

// A changed menu or box tells the app at once, as in Slack; a menu of several when it is folded.
document.addEventListener("change", (event) => {
  const action = event.target.dataset?.send;
  const isText = event.target.matches("textarea, input:not([type]), input[type=text], input[type=email], input[type=url]");
  if (action && !isText) send(event.target.form, { action });
  const several = event.target.closest("details.multi");
  if (several) several.dataset.changed = "yes";
});
document.addEventListener("toggle", (event) => {
  const several = event.target;
  if (several.open) several.querySelector(":scope > .menu")?.scrollIntoView({ block: "nearest" });
  if (!several.matches?.("details.multi") || several.open || !several.dataset.changed) return;
  delete several.dataset.changed;
  const names = [...several.querySelectorAll("input:checked")].map((box) => box.parentElement.innerText.trim());
  if (names.length) several.querySelector("summary").textContent = names.join(", ");
  if (several.dataset.send) send(several.closest("form"), { action: several.dataset.send });
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-action]");
  if (link) send(link.closest("form"), { action: link.dataset.action });
  for (const open of document.querySelectorAll("details.who[open], details.faults[open], details.multi[open], details.overflow[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  if (event.target.closest(".overflow .menu > *")) event.target.closest("details").open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const field = event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const composer = document.getElementById("composer");
    if (!composer || document.querySelector(".overlay, dialog[open]")) return;
    event.preventDefault();
    composer.focus();
    if (!composer.value) composer.setRangeText("/", 0, 0, "end");
    composer.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (event.key === "Enter" && event.target.matches("input[data-send]:not([type=checkbox], [type=radio])")) {
    event.preventDefault();
    send(event.target.form, { action: event.target.dataset.send });
  }
  if (event.key === "Escape") escape(event);
});

function escape(event) {
  const menu = event.target.closest("details[open]") ?? document.querySelector(".popup")?.closest("details[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (document.querySelector("dialog[open]")) {
    return; // the browser closes it
  } else if (document.querySelector(".overlay")) {
    document.querySelector("[data-close]").click();
  } else if (location.hash === "#sidebar") {
    location.hash = "#main";
  } else {
    document.getElementById("close-thread")?.click();
  }
  event.preventDefault();
}

document.querySelector("[data-theme-form]").addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = root.dataset.theme;
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const theme = dark ? "light" : "dark";
  root.dataset.theme = theme;
  event.target.querySelector("button").value = theme;
  send(event.target, { fields: { theme } });
});

// Tab stays within an open modal: the workspace behind it is inert, the modal itself is not.
document.querySelector(".overlay .error, .overlay [autofocus], .overlay .control")?.focus();

startComposers(say);
recallable(document.getElementById("composer"));
for (const pane of document.querySelectorAll("#scroll, #thread-scroll")) pane.scrollTop = pane.scrollHeight;
if (!matchMedia("(max-width: 720px)").matches && !document.querySelector(".overlay")) {
  document.getElementById(document.body.dataset.thread ? "thread-composer" : "composer")?.focus();
}
follow();
