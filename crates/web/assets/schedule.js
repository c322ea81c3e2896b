// Helps to fill in the form of a showing: says at once what is in the way, and keeps the end and the length in step.
// @ts-check

/** The milliseconds after the last key before the server is asked. */
const PAUSE = 250;

/**
 * Returns the minutes of a time such as 20:15.
 * @param {string} time
 */
function minutesOf(time) {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** @param {HTMLFormElement} form */
function help(form) {
  /** @param {string} name */
  const field = (name) => {
    const found = form.elements.namedItem(name);
    return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found : undefined;
  };
  const [start, end, length, place] = ["start", "end", "length", "place"].map(field);
  const message = form.querySelector(".in-the-way");
  const capacity = form.querySelector(".only-unnumbered");
  let asked = 0;
  let timer = 0;

  const fitLength = () => {
    if (!start?.value || !end?.value || !length) return;
    length.value = String((minutesOf(end.value) - minutesOf(start.value) + 1440) % 1440 || 1440);
  };
  const fitEnd = () => {
    const minutes = Number(length?.value);
    if (!start?.value || !end || !(minutes > 0 && minutes <= 1440)) return;
    const ends = (minutesOf(start.value) + minutes) % 1440;
    end.value = [Math.floor(ends / 60), ends % 60].map((part) => String(part).padStart(2, "0")).join(":");
  };
  const showCapacity = () => {
    if (capacity instanceof HTMLElement && place) capacity.hidden = place.value !== "unnumbered";
  };
  const ask = async () => {
    const number = ++asked;
    const question = new URLSearchParams({ except: form.dataset.except ?? "" });
    for (const name of ["date", "start", "end", "place"]) question.set(name, field(name)?.value ?? "");
    if (!question.get("date") || !question.get("start") || !question.get("end")) return;
    const answer = await fetch(`${form.dataset.check}?${question}`).catch(() => undefined);
    if (!answer?.ok || answer.redirected || number !== asked || !message) return;
    message.textContent = new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent;
    message.classList.toggle("alert", message.textContent !== "");
  };

  form.addEventListener("input", (event) => {
    // A start that changes keeps the length, as long as there is one.
    if (event.target === end || (event.target === start && !length?.value)) fitLength();
    if (event.target === length || event.target === start) fitEnd();
    showCapacity();
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  // The end says the same, also in a night in which the clocks change.
  form.addEventListener("formdata", (event) => { if (event.formData.get("end")) event.formData.delete("length"); });
  showCapacity();
  fitLength();
  void ask();
}

for (const form of document.querySelectorAll("form[data-check]")) if (form instanceof HTMLFormElement) help(form);
