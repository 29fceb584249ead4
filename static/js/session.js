// Warns five minutes before the session ends, and hides the page, not what was typed, when it has ended.
const WARN = 5 * 60;
const banner = document.querySelector("[data-session]");
const soon = banner.querySelector("[data-session-soon]");
const over = banner.querySelector("[data-session-over]");
const extend = banner.querySelector("[data-session-extend]");
const main = document.getElementById("main-content");
let ends = Date.now() + Number(banner.dataset.left) * 1000;
let shown = null;

const heading = document.createElement("h1");
heading.className = "govuk-heading-l";
heading.textContent = "You are signed out";

function cover(yes) {
  heading.remove();
  for (const child of main.children) child.style.display = yes ? "none" : "";
  if (yes) main.append(heading);
}

function show(part) {
  if (shown === part) return;
  shown = part;
  soon.hidden = part !== soon;
  over.hidden = part !== over;
  cover(part === over);
  banner.hidden = !part;
  if (!banner.showPopover) return;
  if (banner.matches(":popover-open")) banner.hidePopover();
  if (part) banner.showPopover();
}

function say_when() {
  const time = new Date(ends).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", hour12: true });
  banner.querySelector("[data-session-time]").textContent = time.replace(" ", "");
}

async function ask(method) {
  const headers = { Accept: "application/json" };
  if (method === "POST") headers["X-CSRFToken"] = extend.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(banner.dataset.url, { method, headers });
  if (!answer.ok) return;
  const state = await answer.json();
  ends = Date.now() + state.left * 1000;
  extend.hidden = state.extendable === false; // after eight hours nothing extends it
  // Signing in anew changes the token: forms on this page get the new one.
  if (state.token) for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = state.token;
}

async function look() {
  let left = (ends - Date.now()) / 1000;
  if (left < WARN) {
    await ask("GET").catch(() => {}); // another tab may have gone on
    left = (ends - Date.now()) / 1000;
  }
  say_when();
  show(left <= 0 ? over : left < WARN ? soon : null);
}

extend.addEventListener("submit", async (event) => {
  event.preventDefault();
  await ask("POST").catch(() => {});
  look();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
setInterval(look, 20_000);
look();
