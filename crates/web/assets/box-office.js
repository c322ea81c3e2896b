// Moves through lists by the arrow keys, and opens a row by its digit.
// @ts-check

for (const list of document.querySelectorAll("[data-list]")) {
  const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-item]")]);
  list.addEventListener("keydown", (event) => {
    if (event instanceof KeyboardEvent && !event.altKey && !event.ctrlKey && !event.metaKey) onKey(event, items);
  });
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} items
 */
function onKey(event, items) {
  const at = items.findIndex((item) => item === event.target);
  if (at < 0) return;
  const next = target(event.key, items, at);
  if (next) {
    event.preventDefault();
    next.focus();
  } else if (/^[1-9]$/.test(event.key)) {
    items[Number(event.key) - 1]?.click();
  } else if (event.key.length === 1 && event.key !== " ") {
    // What a scanner types begins with a letter: it goes on in the field for codes.
    document.getElementById("scan")?.focus();
  }
}

/**
 * Returns the row to which a key leads.
 * @param {string} key
 * @param {HTMLElement[]} items
 * @param {number} at
 */
function target(key, items, at) {
  switch (key) {
    case "ArrowDown": return items[at + 1];
    case "ArrowUp": return items[at - 1];
    case "Home": return items[0];
    case "End": return items[items.length - 1];
    default: return undefined;
  }
}

// A button that is shown only where scripts run cannot have the focus by itself.
for (const button of document.querySelectorAll("button[data-focus]")) {
  button.removeAttribute("hidden");
  if (button instanceof HTMLElement) button.focus();
}
