// Warns five minutes before the session ends, and hides the page, not what was typed, when it has ended.
const WARN = 5 * 60;
const banner = document.querySelector("[data-session]");
const soon = banner.querySelector("[data-session-soon]");
const over = banner.querySelector("[data-session-over]");
const main = document.getElementById("main-content");
let ends = Date.now() + Number(banner.dataset.left) * 1000;

function show(part) {
  soon.hidden = part !== soon;
  over.hidden = part !== over;
  main.hidden = part === over;
  if (banner.hidden === !part) return;
  banner.hidden = !part;
  if (banner.showPopover) part ? banner.showPopover() : banner.hidePopover();
}

function show_time() {
  const time = new Date(ends).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", hour12: true });
  banner.querySelector("[data-session-time]").textContent = time.replace(" ", "");
}

async function ask(method) {
  const token = banner.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { Accept: "application/json", ...(method === "POST" && { "X-CSRFToken": token }) };
  const answer = await fetch(banner.dataset.url, { method, headers });
  if (!answer.ok) return;
  const state = await answer.json();
  ends = Date.now() + state.left * 1000;
  // Signing in anew changes the token: forms on this page get the new one.
  if (state.token) for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = state.token;
}

async function look() {
  let left = (ends - Date.now()) / 1000;
  if (left < WARN) {
    await ask("GET").catch(() => {}); // another tab may have gone on
    left = (ends - Date.now()) / 1000;
  }
  if (left <= 0) return show(over);
  if (left > WARN) return show(null);
  show_time();
  show(soon);
}

banner.querySelector("[data-session-extend]").addEventListener("submit", async (event) => {
  event.preventDefault();
  await ask("POST").catch(() => {});
  look();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
setInterval(look, 20_000);
look();
