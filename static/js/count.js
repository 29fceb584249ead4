// The button says to how many; without this script it says what it does.
for (const form of document.querySelectorAll("form[data-count]")) {
  const button = form.querySelector("button:not([type=button])");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const plain = button?.textContent;
  const say = () => {
    const number = boxes.filter((box) => box.checked).length;
    button.textContent = number ? `${form.dataset.count} ${number}` : plain;
  };
  if (button) {
    form.addEventListener("change", say);
    say();
  }
}
