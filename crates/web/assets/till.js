// Shows what a sale would be while its form is filled in.
// @ts-check

/** How long nothing is typed before the server is asked, in milliseconds. */
const QUIET = 120;

/** @param {HTMLFormElement} form */
function follow(form) {
  const output = form.querySelector("[data-quoted]");
  const address = form.dataset.quote;
  if (!output || !address) return;
  /** @type {AbortController | undefined} */
  let asked;
  let timer = 0;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    // As a form of text alone, which is what the server reads.
    const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    try {
      const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), signal: asked.signal });
      if (answer.ok && !answer.redirected) output.innerHTML = await answer.text();
    } catch {
      // The next change asks again; the sale itself does not depend on it.
    }
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  changed();
}

for (const form of document.querySelectorAll("form[data-quote]")) {
  if (form instanceof HTMLFormElement) follow(form);
}
