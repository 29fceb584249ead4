// Asks the browser for a passkey, puts its answer into the form's hidden field and sends the form.
const SAY = {
  NotAllowedError: "The passkey was not used. Try again, or choose another way.",
  InvalidStateError: "This device already holds a passkey for your account.",
  SecurityError: "Passkeys do not work at this address. Use the portal’s own name, or an authenticator app.",
};

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function ask(form) {
  const found = await options(form);
  if (form.dataset.passkey === "get") return window.webauthnJSON.get(found.request_options);
  const wanted = found.creation_options.publicKey.authenticatorSelection;
  Object.assign(wanted, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  return window.webauthnJSON.create(found.creation_options);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-problem]");
  if (!window.PublicKeyCredential || !window.webauthnJSON) {
    problem.textContent = "This browser does not support passkeys.";
    problem.hidden = false;
    continue;
  }
  form.querySelector("button").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch (error) {
      problem.textContent = SAY[error.name] ?? "The passkey could not be used. Try again, or choose another way.";
      problem.hidden = false;
    }
  });
}
