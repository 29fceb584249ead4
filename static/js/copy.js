// Without this script the text is selected and copied by hand: the buttons stay hidden.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const text = document.getElementById(button.dataset.copy);
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    status.className = "govuk-body";
    button.after(" ", status);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
        status.textContent = "Copied";
      } catch {
        text.select();
        status.textContent = "Selected: copy it with your keyboard";
      }
    });
  }
}
