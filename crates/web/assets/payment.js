// Looks at a payment until the payment provider has told what became of it.
// @ts-check

/**
 * Asks for the payment every few seconds, and shows the page anew when it is no longer open. After a minute it says what to do.
 * @param {HTMLElement} root
 */
async function watch(root) {
  const address = root.dataset.payment ?? "";
  for (let looks = Number(root.dataset.looks); looks > 0; looks -= 1) {
    await new Promise((done) => setTimeout(done, 1000 * Number(root.dataset.pause)));
    const payment = await fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    if (payment && payment.paymentOutcome !== "open") {
      location.reload();
      return;
    }
  }
  const late = root.querySelector("[data-late]");
  if (late instanceof HTMLElement) late.hidden = false;
}

for (const root of document.querySelectorAll("[data-payment]")) {
  if (root instanceof HTMLElement) watch(root);
}
