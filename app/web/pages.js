// Comfort only: every page works without this file.

for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button:not([type])");
  const words = button.textContent;
  form.addEventListener("submit", () => {
    // After the browser has taken the form, so that the button still counts.
    setTimeout(() => {
      button.disabled = true;
      button.textContent = form.dataset.busy;
    });
  });
  // Coming back by the phone's back key finds the button as it was.
  addEventListener("pageshow", () => {
    button.disabled = false;
    button.textContent = words;
  });
}

for (const reading of document.querySelectorAll("[name^=reading-]")) {
  const item = reading.closest("fieldset");
  const ticked = () => item.querySelector("[type=radio]:checked")?.value;
  const outside = () => {
    const value = Number(reading.value);
    const { least, most } = reading.dataset;
    return reading.value.trim() !== "" && ((least !== "" && value < Number(least)) || (most !== "" && value > Number(most)));
  };
  const judge = () => {
    // The server judges by the reading too; ticking it here shows the field for the photo in time.
    if (outside() && ticked() !== "not_applicable") item.querySelector("[value=abnormal]").checked = true;
    reading.required = ticked() !== "not_applicable";
  };
  item.addEventListener("change", judge);
  judge();
}
