// Shows which tickets are chosen and what they cost, and keeps the number of tickets that of the seats.
// @ts-check

/** The form in which tickets are chosen. */
class Basket {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.types = [...form.querySelectorAll("input[data-prices]")].filter((one) => one instanceof HTMLInputElement);
    const { currency, digits } = form.dataset;
    this.digits = Number(digits);
    this.money = currency ? new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency }) : null;
    form.addEventListener("change", (event) => this.update(event.target));
    form.addEventListener("input", (event) => this.update(event.target));
    this.update(form);
  }

  /** Returns the boxes of the chosen seats, in the order in which they are sent. */
  seats() {
    return [...this.form.querySelectorAll("input[name=seat]:checked")];
  }

  /**
   * Shows the choice after a change of one of its parts.
   * @param {EventTarget | null} changed
   */
  update(changed) {
    const seats = this.seats();
    const [first, ...others] = this.types;
    // Seats without another ticket have one of the first type.
    if (first && changed !== first && first.dataset.type && this.form.querySelector(".hall")) {
      if (seats.length > 0 || this.wasNamed) {
        const rest = seats.length - others.reduce((sum, one) => sum + Number(one.value), 0);
        first.value = String(Math.max(0, rest));
      }
    }
    this.wasNamed = seats.length > 0;
    this.show(seats);
  }

  /** @param {Element[]} seats */
  show(seats) {
    const { chosen, none, from } = this.form.dataset;
    const labels = seats.map((seat) => seat.getAttribute("value")).join(", ");
    const isSeated = this.form.querySelector(".hall") !== null;
    if (isSeated) this.write("[data-seats]", labels ? (chosen ?? "").replace("{seats}", labels) : none ?? "");
    const sum = this.sum(seats);
    const code = this.form.querySelector("input[name=code]");
    const hasCode = code instanceof HTMLInputElement && code.value.trim() !== "";
    if (!this.money || sum.minor === 0) return this.write("[data-sum]", "");
    if (!Number.isFinite(sum.minor)) return this.write("[data-sum]", this.form.dataset.unsold ?? "");
    const money = this.money.format(sum.minor / 10 ** this.digits);
    const price = sum.isLeast ? (from ?? "").replace("{price}", money) : money;
    this.write("[data-sum]", hasCode ? `${price} (${this.form.dataset.without})` : price);
  }

  /**
   * Returns what the tickets cost, or at least cost while it is open where the best seats will be. It is no number when a type is not sold there.
   * @param {Element[]} seats
   */
  sum(seats) {
    const types = this.types.flatMap((type) => {
      const count = Math.min(99, Number(type.value) || 0);
      return Array(count).fill(prices(type.dataset.prices));
    });
    const only = this.form.dataset.prices;
    const of = (/** @type {number} */ index) => types[index] ?? (only ? prices(only) : types[0] ?? []);
    if (seats.length > 0) {
      return { minor: seats.reduce((sum, seat, index) => sum + (of(index)[zone(seat)] ?? 0), 0), isLeast: false };
    }
    if (this.form.querySelector(".hall") && this.types.length === 0) return { minor: 0, isLeast: false };
    const select = this.form.querySelector("select[name=zone]");
    const index = select instanceof HTMLSelectElement ? select.selectedIndex - 1 : 0;
    const sold = types.map((of) => (index >= 0 ? of.slice(index, index + 1) : of).filter(Number.isFinite));
    const least = sold.map((of) => (of.length > 0 ? Math.min(...of) : NaN));
    const isLeast = sold.some((of) => new Set(of).size > 1);
    return { minor: least.reduce((sum, price) => sum + price, 0), isLeast };
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  write(selector, text) {
    const element = this.form.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }
}

/**
 * Returns the prices in each zone.
 * @param {string | undefined} text
 */
const prices = (text) => (text ?? "").split(" ").map((price) => (price === "-" ? NaN : Number(price)));

/**
 * Returns the index of a seat's zone.
 * @param {Element} seat
 */
const zone = (seat) => Number(/\bz(\d+)\b/.exec(seat.className)?.[1] ?? 0);

for (const form of document.querySelectorAll("form.choose")) {
  if (form instanceof HTMLFormElement) new Basket(form);
}
