// The attendance grid by keyboard, saved as one goes. Without this script the form does the same by its buttons.
const form = document.querySelector("[data-attendance]");
const table = form?.querySelector(".app-grid table");
const LETTERS = { a: "attended", s: "substitute", r: "report", e: "explained", n: "unexplained" };
const PAUSE = 500;

if (table) start();

function start() {
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  const status = form.querySelector("[data-saved]");
  const chooser = (cell) => cell.querySelector("select");
  let saving = null, timer = null, waiting = false, stopped = false;

  // -- One tab stop; the arrow keys move it --

  table.setAttribute("role", "grid");
  table.setAttribute("aria-describedby", "grid-help");
  table.parentElement.removeAttribute("tabindex");
  rows.flat().forEach((cell) => {
    cell.setAttribute("role", "gridcell");
    cell.tabIndex = -1;
    if (chooser(cell)) chooser(cell).tabIndex = -1;
  });
  let here = rows[1]?.find((cell, column) => column && chooser(cell)) ?? rows[0][0];
  here.tabIndex = 0;

  function place(cell) {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, rows[row].indexOf(cell)];
  }

  function stand(cell, focus = true) {
    here.tabIndex = -1;
    here = cell;
    here.tabIndex = 0;
    if (!focus) return;
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "nearest", inline: "nearest" }); // focus alone is content with a part of it
  }

  function move(down, right) {
    const [row, column] = place(here);
    const clamp = (value, length) => Math.max(0, Math.min(length - 1, value));
    const target = rows[clamp(row + down, rows.length)];
    stand(target[clamp(column + right, target.length)]);
  }

  // -- What is chosen --

  const isFill = (select) => /\.all$|^all\./.test(select.name);

  function choose(select, value) {
    if (!select || ![...select.options].some((option) => option.value === value)) return false;
    if (isFill(select)) return fill(select, value);
    if (select.value === value) return false;
    select.value = value;
    return true;
  }

  function fill(select, value) {
    select.value = "";
    if (!value) return false;
    const [row, column] = place(select.closest("td"));
    const line = select.name.startsWith("all.") ? rows.map((cells) => cells[column]) : rows[row];
    return line.map(chooser).filter((one) => one && !isFill(one)).map((one) => choose(one, value)).some(Boolean);
  }

  function take(cell, value, whole_row) {
    const cells = whole_row ? rows[place(cell)[0]].slice(1) : [cell];
    if (cells.map((one) => choose(chooser(one), value)).some(Boolean)) later();
  }

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey && !["Home", "End"].includes(event.key) || event.altKey || event.metaKey) return;
    if (event.target !== cell) {
      if (event.key === "Escape" || event.key === "Enter") {
        event.preventDefault();
        stand(cell);
      }
      return;
    }
    const [row] = place(cell);
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const first = event.ctrlKey ? rows[0] : rows[row], last = event.ctrlKey ? rows.at(-1) : rows[row];
    const letter = LETTERS[event.key.toLowerCase()];
    if (steps[event.key]) move(...steps[event.key]);
    else if (event.key === "Home") stand(first[0]);
    else if (event.key === "End") stand(last.at(-1));
    else if (event.key === "Delete" || event.key === "Backspace") take(cell, "", false);
    else if (letter) take(cell, letter, event.shiftKey);
    else if (["Enter", "F2", " "].includes(event.key) && chooser(cell)) open(chooser(cell));
    else return;
    event.preventDefault();
  });

  function open(select) {
    select.focus();
    try {
      select.showPicker();
    } catch {} // older browsers: the list opens with the arrow keys
  }

  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td");
    if (cell) stand(cell, false);
  });

  form.addEventListener("change", (event) => {
    if (event.target.matches(".app-grid select") && isFill(event.target)) fill(event.target, event.target.value);
    if (table.contains(event.target)) stand(event.target.closest("td")); // arrows move again, and change nothing
    later();
  });

  form.querySelector("[data-confirmed-button]")?.addEventListener("click", (event) => {
    event.preventDefault();
    let changed = false;
    for (const cell of table.querySelectorAll("[data-announced]"))
      if (chooser(cell).value === "") changed = choose(chooser(cell), cell.dataset.announced) || changed;
    if (changed) later();
    else say("Every confirmed agency is marked already.");
  });

  // A link of the error summary leads to the cell, not to a select that no tab key reaches.
  document.querySelectorAll('.govuk-error-summary a[href^="#"]').forEach((link) =>
    link.addEventListener("click", (event) => {
      const cell = document.getElementById(link.hash.slice(1))?.closest("td");
      if (!cell) return;
      event.preventDefault();
      event.stopPropagation();
      stand(cell);
    }, true));

  // -- Saving: one at a time, with the revision that the last one gave --

  function say(text) {
    status.textContent = text;
  }

  function later() {
    if (stopped) return;
    waiting = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  async function save() {
    clearTimeout(timer);
    if (saving || !waiting || stopped) return;
    waiting = false;
    saving = send().finally(() => (saving = null));
    await saving;
    if (waiting) later();
  }

  async function send() {
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        keepalive: document.visibilityState === "hidden", // a large table is more than that may hold
      });
      const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (answer.ok && said.revision) {
        form.elements.revision.value = said.revision;
        say(`Saved at ${said.at}`);
      } else if (answer.status === 409) {
        stopped = true;
        say(`Not saved. ${said.problem ?? ""} Your choices are kept: choose Save and finish to see the difference.`);
      } else throw new Error();
    } catch {
      say("Not saved. Your choices are kept on this page: choose Save and finish to try again.");
    }
  }

  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!saving) return void (stopped = true);
    event.preventDefault();
    event.stopImmediatePropagation();
    await saving;
    stopped = true;
    form.requestSubmit(event.submitter);
  }, true);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
}
