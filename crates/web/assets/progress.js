// Shows how far a job is while it runs.
// @ts-check

/** The milliseconds between two looks. */
const PAUSE = 2000;

/** @param {HTMLElement} section */
async function look(section) {
  const answer = await fetch(location.pathname).catch(() => undefined);
  const text = answer?.ok && !answer.redirected ? await answer.text() : "";
  const found = new DOMParser().parseFromString(text, "text/html").getElementById("progress");
  if (found && found.innerHTML !== section.innerHTML) section.replaceChildren(...found.childNodes);
  if (!found || found.hasAttribute("data-running")) setTimeout(() => look(section), PAUSE);
}

const section = document.getElementById("progress");
if (section?.hasAttribute("data-running")) setTimeout(() => look(section), PAUSE);
