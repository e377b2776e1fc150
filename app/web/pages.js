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

// A form that cannot reach the server stays in its page, filled in: it is sent again under the same id and counts once.
for (const form of document.querySelectorAll("form[data-kept]")) {
  const notice = document.createElement("div");
  const words = document.createElement("p");
  const again = document.createElement("button");
  notice.className = "problem";
  notice.setAttribute("role", "alert");
  notice.hidden = true;
  words.textContent = "没有网络，还没有提交。填写的内容都在，请不要关闭页面；有信号后点“重新提交”。";
  again.textContent = "重新提交";
  notice.append(words, again);
  form.append(notice); // within the form, so that its button submits it
  const reached = async () => {
    if (!navigator.onLine) return false;
    try {
      const asked = await fetch("/pages.css", { cache: "no-store", signal: AbortSignal.timeout(10000) });
      await asked.text();
      return true;
    } catch {
      return false;
    }
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    notice.hidden = await reached();
    if (notice.hidden) return form.submit();
    notice.scrollIntoView({ block: "center" });
    setTimeout(() => dispatchEvent(new Event("pageshow"))); // gives the button back, as after the back key
  });
}

for (const reading of document.querySelectorAll("[name^=reading-]")) {
  const item = reading.closest("fieldset");
  const said = item.querySelector(".said");
  const ticked = () => item.querySelector("[type=radio]:checked");
  const abnormal = item.querySelector("[value=abnormal]");
  const { least, most } = reading.dataset;
  let byReading = false; // whether the tick at 异常 is ours and not the person's
  let before = null; // what was ticked before ours

  // Keyboards of phones also type the full-width digits that the server takes.
  const text = () => reading.value.normalize("NFKC").trim();
  const asked = () => ticked()?.value !== "not_applicable";
  const noNumber = () => text() !== "" && text() !== "-" && !Number.isFinite(Number(text()));
  const outside = () => {
    const value = Number(text());
    return text() !== "" && ((least !== "" && value < Number(least)) || (most !== "" && value > Number(most)));
  };
  const say = () => {
    const wrong = asked() && outside() && ticked() === abnormal;
    said.textContent = noNumber() ? "请填数字，例如 0.5。" : wrong ? "超出要求，已按异常。" : "";
  };
  const judge = () => {
    // The server judges by the reading too; ticking it here shows the field for the photo in time.
    if (outside() && asked() && ticked() !== abnormal) {
      [before, byReading] = [ticked(), true];
      abnormal.checked = true;
    } else if (byReading && !outside()) {
      abnormal.checked = false;
      if (before) before.checked = true;
      byReading = false;
    }
    reading.required = asked();
    say();
  };
  // A click comes even when the tick stays where it was; from then on it is the person's own.
  for (const radio of item.querySelectorAll("[type=radio]")) radio.addEventListener("click", () => (byReading = false));
  item.addEventListener("change", judge);
  reading.addEventListener("input", say);
  judge();
}
