// Keeps the picture of a showing's seats as they are now.
// @ts-check

const STATES = { ".": "is-free", h: "is-held", x: "is-taken" };

/**
 * Shows the seats of a message of the live stream.
 * @param {Element} section
 * @param {{availTickets: number, rows: {row: string, availability: string}[]}} map
 */
function show(section, map) {
  const free = section.querySelector("[data-free]");
  if (free) free.textContent = String(map.availTickets);
  const rows = new Map([...section.querySelectorAll("[data-row]")].map((row) => [row.getAttribute("data-row"), row]));
  for (const { row, availability } of map.rows) {
    for (const seat of rows.get(row)?.querySelectorAll("[data-column]") ?? []) {
      const place = availability[Number(seat.getAttribute("data-column"))];
      const state = STATES[/** @type {keyof typeof STATES} */ (place)];
      if (state && !seat.classList.contains(state)) {
        seat.classList.remove(...Object.values(STATES));
        seat.classList.add(state);
      }
    }
  }
}

for (const section of document.querySelectorAll("[data-live]")) {
  const address = section.getAttribute("data-live");
  if (address) {
    // The browser connects again by itself when a connection is lost.
    new EventSource(address).addEventListener("seats", (event) => show(section, JSON.parse(event.data)));
  }
}
