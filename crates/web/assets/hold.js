// Counts down the time for which seats are held.
// @ts-check

/** The seconds left at which it is said how long the seats are held still. */
const SAID = /** @type {const} */ ([[120, "twoMinutes"], [30, "halfMinute"]]);

/**
 * Shows the time that is left each second, and leads to the page of the hold when it is over.
 * @param {HTMLElement} root
 */
function count(root) {
  const clock = root.querySelector("[data-clock]");
  const said = root.querySelector("[data-said]");
  const start = performance.now();
  const all = Number(root.dataset.left);
  let before = all;
  const timer = setInterval(tick, 1000);
  tick();

  function tick() {
    // The server's time counts, not that of the device.
    const left = Math.max(0, Math.ceil(all - (performance.now() - start) / 1000));
    if (clock) clock.textContent = `(${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")})`;
    for (const [seconds, name] of SAID) {
      if (said && left <= seconds && before > seconds) said.textContent = root.dataset[name] ?? "";
    }
    root.classList.toggle("soon", left <= 120);
    before = left;
    if (left === 0) {
      clearInterval(timer);
      location.replace(root.dataset.over ?? location.href);
    }
  }
}

for (const root of document.querySelectorAll("[data-left]")) {
  if (root instanceof HTMLElement) count(root);
}
