// Fills in the text of a file that is to be imported.
// @ts-check

/** The members of a plan of pretix that say nothing of its seats. Some make a file several times as long. */
const NEEDLESS = new Set(["seat_guid", "uuid", "seat_label", "color", "border_color", "radius"]);

/**
 * Leaves out what is needless.
 * @param {string} text
 */
function shortened(text) {
  try {
    return JSON.stringify(JSON.parse(text, (name, value) => (NEEDLESS.has(name) ? undefined : value)));
  } catch {
    // The server says what is wrong with it.
    return text;
  }
}

for (const chooser of document.querySelectorAll(".chooser")) {
  const input = chooser.querySelector("input[type=file]");
  const text = document.querySelector("textarea[name=file]");
  if (!(input instanceof HTMLInputElement) || !(text instanceof HTMLTextAreaElement)) continue;
  chooser.removeAttribute("hidden");
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file) text.value = shortened(await file.text());
  });
}
