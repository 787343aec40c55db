// The composer: Enter sends, slash commands are completed, ↑ brings back what was typed before.

const KEPT = 50;

export function startComposers(say) {
  for (const form of document.querySelectorAll("[data-composer]")) start(form, say);
}

function start(form, say) {
  const field = form.querySelector("textarea");
  const completions = form.querySelector("[role=listbox]");
  if (completions) complete(field, completions);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chip = event.submitter?.name === "suggested" ? event.submitter : null;
    const line = (chip ? chip.value : field.value).trim();
    if (!line) return;
    const fields = [["text", line]];
    if (form.dataset.thread) fields.push(["thread_ts", form.dataset.thread]);
    remember(line);
    if (!chip) clear(field);
    field.focus();
    const sent = await say(form, line, fields);
    if (!sent && !chip && !field.value) {
      field.value = line;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.defaultPrevented) {
      event.preventDefault();
      form.requestSubmit(form.querySelector(".send"));
    }
  });
}

function clear(field) {
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function past() {
  try {
    return JSON.parse(localStorage.getItem("lines") ?? "[]");
  } catch {
    return []; // kept by something else under our name: begin anew
  }
}

function remember(line) {
  const lines = [...past().filter((other) => other !== line), line].slice(-KEPT);
  localStorage.setItem("lines", JSON.stringify(lines));
}

/** ↑ in an empty field, or in one that shows an earlier line, goes back; ↓ goes forth. */
export function recallable(field) {
  if (!field) return;
  let back = 0;
  field.addEventListener("keydown", (event) => {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.defaultPrevented) return;
    const lines = past();
    const shown = back ? lines.at(-back) : "";
    if (field.value !== (shown ?? "")) back = 0;
    if (field.value && !back) return;
    const next = back + (event.key === "ArrowUp" ? 1 : -1);
    if (next < 0 || next > lines.length) return;
    event.preventDefault();
    back = next;
    field.value = back ? lines.at(-back) : "";
    field.dispatchEvent(new CustomEvent("recalled"));
  });
}

function complete(field, list) {
  const options = [...list.querySelectorAll("[role=option]")];
  let at = -1;

  const visible = () => options.filter((option) => !option.hidden);
  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = index;
    options.forEach((option) => option.setAttribute("aria-selected", "false"));
    const option = visible()[at];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };
  const take = (option) => {
    field.value = option.dataset.line;
    field.focus();
    close();
  };

  field.addEventListener("input", () => {
    const typed = field.value.toLowerCase();
    if (!typed.startsWith("/") || typed.includes("\n")) return close();
    for (const option of options) {
      const line = option.dataset.line.toLowerCase();
      // A command's usage stays in sight while its arguments are typed.
      option.hidden = !line.startsWith(typed) && !(line.endsWith(" ") && typed.startsWith(line));
    }
    list.hidden = visible().length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const many = visible().length;
    if (event.key === "ArrowDown") mark((at + 1) % many);
    else if (event.key === "ArrowUp") mark(at <= 0 ? many - 1 : at - 1);
    else if (event.key === "Tab" && !event.shiftKey && field.value !== visible()[Math.max(at, 0)].dataset.line) take(visible()[Math.max(at, 0)]);
    else if (event.key === "Enter" && at >= 0 && !event.shiftKey) take(visible()[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  field.addEventListener("blur", close);
  field.addEventListener("recalled", close);
  field.form.addEventListener("submit", close);
}
