// Lets people choose seats with the arrow keys, and keeps the seats as they are sold.
// @ts-check

/** @typedef {{availTickets: number, rows: {row: string, availability: string}[]}} SeatMap */

/**
 * Returns the text of a data attribute.
 * @param {HTMLElement} element
 * @param {string} name
 */
const text = (element, name) => element.dataset[name] ?? "";

/** The boxes of one slot. */
class Chooser {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {HTMLInputElement[][]} */
    this.rows = [...root.querySelectorAll("fieldset")].map((row) => [...row.querySelectorAll("input")]);
    this.boxes = this.rows.flat();
    this.limit = Number(text(root, "limit"));
    this.moveTo(this.boxes.find((box) => box.checked && !box.disabled) ?? this.boxes.find((box) => !box.disabled));
    const hall = root.querySelector(".hall");
    // The best seats of a hall that is wider than the window are in the middle.
    if (hall instanceof HTMLElement) {
      const chosen = this.chosen()[0];
      const middle = chosen ? chosen.offsetLeft - hall.offsetLeft : hall.scrollWidth / 2;
      hall.scrollLeft = middle - hall.clientWidth / 2;
    }
    root.addEventListener("keydown", (event) => this.onKey(event));
    root.addEventListener("focusin", (event) => {
      if (event.target instanceof HTMLInputElement) this.moveTo(event.target);
    });
    root.addEventListener("change", (event) => {
      const box = event.target;
      if (box instanceof HTMLInputElement && box.checked && this.chosen().length > this.limit) {
        box.checked = false;
        this.say(text(root, "full"), true);
      }
    }, { capture: true });
  }

  chosen() {
    return this.boxes.filter((box) => box.checked);
  }

  /**
   * Says something to those who do not see the plan, and to all if it matters.
   * @param {string} message
   * @param {boolean} shown
   */
  say(message, shown) {
    const said = this.root.querySelector("[data-said]");
    if (!said) return;
    said.textContent = message;
    said.classList.toggle("unseen", !shown);
    said.classList.toggle("alert", shown);
  }

  /**
   * Makes a box the one that the tabulator key reaches.
   * @param {HTMLInputElement | undefined} box
   */
  moveTo(box) {
    for (const other of this.boxes) other.tabIndex = other === box ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || event.altKey || event.metaKey) return;
    const next = this.next(box, event.key, event.ctrlKey);
    if (next) {
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /**
   * Returns the box to which a key leads: beside it, in the next row, or at an end.
   * @param {HTMLInputElement} box
   * @param {string} key
   * @param {boolean} far
   */
  next(box, key, far) {
    const at = this.rows.findIndex((row) => row.includes(box));
    const row = this.rows[at];
    if (!row) return undefined;
    /** @param {HTMLInputElement[]} boxes */
    const first = (boxes) => boxes.find((one) => !one.disabled);
    const index = row.indexOf(box);
    switch (key) {
      case "ArrowRight": return first(row.slice(index + 1));
      case "ArrowLeft": return first(row.slice(0, index).reverse());
      case "ArrowDown": return first(this.rows.slice(at + 1).map((other) => nearest(other, box)).flat());
      case "ArrowUp": return first(this.rows.slice(0, at).reverse().map((other) => nearest(other, box)).flat());
      case "Home": return first(far ? this.boxes : row);
      case "End": return first((far ? this.boxes : row).slice().reverse());
      default: return undefined;
    }
  }

  /**
   * Shows the seats of a message of the live stream. One that was chosen and is taken is given up.
   * @param {SeatMap} map
   */
  update(map) {
    const free = this.root.querySelector("[data-free]");
    if (free) free.textContent = String(map.availTickets);
    const states = new Map(map.rows.map(({ row, availability }) => [row, availability.replace(/[_ ]/g, "")]));
    /** @type {string[]} */
    const lost = [];
    const focused = this.boxes.find((box) => box === document.activeElement);
    for (const boxes of this.rows) {
      const row = states.get(boxes[0]?.closest("fieldset")?.dataset.row ?? "") ?? "";
      boxes.forEach((box, index) => {
        if (this.set(box, row[index])) lost.push(box.value);
      });
    }
    if (lost.length > 0) {
      this.say(lost.map((seat) => text(this.root, "lost").replace("{seat}", seat)).join(" "), true);
      this.root.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const current = this.boxes.find((box) => box.tabIndex === 0);
    if (!current || current.disabled) this.moveTo(this.boxes.find((box) => !box.disabled));
    // A box that cannot be chosen any more loses the focus: it goes on beside it.
    if (focused?.disabled) (this.next(focused, "ArrowRight", false) ?? this.next(focused, "ArrowLeft", false))?.focus();
  }

  /**
   * Shows the state of a seat, and returns whether it was lost.
   * @param {HTMLInputElement} box
   * @param {string | undefined} state
   */
  set(box, state) {
    if (state === undefined || box.classList.contains("own")) return false;
    const isFree = state === ".";
    const isHeld = state === "h";
    if (box.disabled !== isFree && box.classList.contains("h") === isHeld) return false;
    const lost = box.checked && !isFree;
    const word = text(this.root, isHeld ? "held" : "taken");
    box.dataset.name ??= box.disabled
      ? (box.ariaLabel ?? "").replace(/, [^,]*$/, "") : box.ariaLabel ?? "";
    box.ariaLabel = isFree ? box.dataset.name : `${box.dataset.name}, ${word}`;
    box.disabled = !isFree;
    box.classList.toggle("h", isHeld);
    if (lost) {
      box.checked = false;
      box.classList.add("lost");
    }
    if (isFree) box.classList.remove("lost");
    return lost;
  }
}

/**
 * Returns the free seats of a row, the nearest to a box first.
 * @param {HTMLInputElement[]} row
 * @param {HTMLInputElement} box
 */
function nearest(row, box) {
  /** @param {HTMLInputElement} other */
  const away = (other) => Math.abs(other.offsetLeft - box.offsetLeft);
  return row.filter((other) => !other.disabled).sort((one, other) => away(one) - away(other)).slice(0, 1);
}

/** The first and the longest pause before a stream that was refused is opened again, in milliseconds. */
const PAUSES = { first: 2_000, longest: 60_000 };

/**
 * Keeps the seats live while the page is seen: a browser has few connections to a server, and hidden pages would take them all.
 * @param {string} address
 * @param {Chooser} chooser
 */
function follow(address, chooser) {
  /** @type {EventSource | undefined} */
  let stream;
  let pause = PAUSES.first;
  let timer = 0;
  const open = () => {
    stream = new EventSource(address);
    stream.addEventListener("seats", (event) => {
      pause = PAUSES.first;
      chooser.update(JSON.parse(event.data));
    });
    stream.addEventListener("error", () => {
      // The browser connects again by itself when a connection is lost, but not when a server or a proxy answers that it is busy. The
      // pause is random, so that not all pages come back at once.
      if (stream?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, pause * (0.5 + Math.random() / 2));
      pause = Math.min(PAUSES.longest, 2 * pause);
    });
  };
  const change = () => {
    if (document.hidden) {
      clearTimeout(timer);
      stream?.close();
      stream = undefined;
    } else if (!stream) {
      open();
    }
  };
  document.addEventListener("visibilitychange", change);
  change();
}

for (const root of document.querySelectorAll("[data-live]")) {
  const address = root.getAttribute("data-live");
  if (address && root instanceof HTMLElement) {
    follow(address, new Chooser(root));
  }
}
