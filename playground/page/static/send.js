// Sending forms in the background: what is in flight is shown, what fails is said.

const toast = document.getElementById("toast");
let toastEnds = 0;
let acted = -Infinity;

/** Whether this person has just done something, so that what comes now is its answer. */
export function awaitsAnswer() {
  return performance.now() - acted < 5000;
}

export function tell(sentence) {
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(toastEnds);
  toastEnds = setTimeout(() => { toast.hidden = true; }, 9000);
}

/** POST a form. Gives the answer's text, or null after telling what went wrong. */
async function post(form, fields) {
  acted = performance.now();
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { "X-Page": "script" },
      body: new URLSearchParams(fields),
    });
    const text = await answer.text();
    acted = performance.now();
    if (answer.ok) return text;
    tell(answer.status < 500 || answer.status === 502 ? text : "The playground itself failed. Its log says why.");
  } catch {
    tell("The playground does not answer. Is it still running?");
  }
  return null;
}

function fieldsOf(form, submitter) {
  return [...new FormData(form, submitter?.name ? submitter : undefined)].filter(([, value]) => typeof value === "string");
}

/** Send a form as if `submitter` was pressed, or with `action` or more `fields` added. */
export async function send(form, { submitter, action, fields = {} }) {
  const all = fieldsOf(form, submitter);
  if (action) all.push(["action", action]);
  all.push(...Object.entries(fields));
  const shown = submitter?.hidden ? form.querySelector("[data-submit]") : submitter;
  const dialog = form.closest("dialog");
  dialog?.close();
  shown?.setAttribute("aria-busy", "true");
  const text = await post(form, all);
  shown?.removeAttribute("aria-busy");
  if (text) ask(text, shown);
  return text !== null;
}

/** A question that has to be answered first, as a dialog. */
function ask(html, opener) {
  const dialog = document.getElementById("question");
  dialog.innerHTML = html;
  dialog.addEventListener("close", () => opener?.isConnected && opener.focus(), { once: true });
  dialog.showModal();
}

/** Send a composer's line, showing that the app works on it until it has answered. */
export async function say(form, line, fields) {
  const isCommand = line.startsWith("/");
  const list = document.getElementById(form.dataset.thread ? "thread-messages" : "messages");
  const row = document.createElement("li");
  const late = isCommand && setTimeout(() => {
    row.className = "entry working";
    row.innerHTML = '<div class="message"><div class="gutter"></div><div class="content"><span role="status">Working on <code></code><span class="dots" aria-hidden="true"></span></span></div></div>';
    row.querySelector("code").textContent = line;
    list.append(row);
    row.scrollIntoView({ block: "end" });
  }, 120);
  const text = await post(form, fields);
  clearTimeout(late);
  row.remove();
  return text !== null;
}
