// Lets a manager paint a seating plan. The text of the plan stays what is sent, and the server says at once what is wrong with it.
// @ts-check

/** The milliseconds after the last change before the server is asked. */
const PAUSE = 400;
const MAX_PLACES = 126;
const MAX_UNDO = 200;
const AISLE = "_";
const NOTHING = " ";

/** @typedef {{row: string, from: number, step: number, places: string[]}} Row */
/** @typedef {{legend: Map<string, string>, rows: Row[]}} Plan */

/**
 * Reads a plan from its text, as the server does.
 * @param {string} legend
 * @param {string} rows
 * @returns {Plan | undefined}
 */
function read(legend, rows) {
  /** @type {Plan} */
  const plan = { legend: new Map(), rows: [] };
  for (const line of legend.split(/\r?\n/).filter((line) => line.trim())) {
    const found = /^\s*(\S)\s+(.*\S)\s*$/u.exec(line);
    const [, place, kind] = found ?? [];
    if (!place || !kind) return undefined;
    plan.legend.set(place, kind);
  }
  for (const line of rows.split(/\r?\n/).filter((line) => line.trim())) {
    const found = /^\s*(\S+)(?:\s+(-?\d+))?(?:\s+(-?\d+))?\s*\|(.*)$/u.exec(line);
    const [, row, from = "1", step = "1", places = ""] = found ?? [];
    if (!row) return undefined;
    plan.rows.push({ row, from: Number(from), step: Number(step), places: [...places.trimEnd()] });
  }
  return plan;
}

/**
 * Writes the rows of a plan, their places below each other.
 * @param {Plan} plan
 */
function write({ rows }) {
  const width = Math.max(1, ...rows.map((row) => row.row.length));
  return rows.map(({ row, from, step, places }) => {
    const facts = `${row.padEnd(width)} ${String(from).padStart(4)} ${String(step).padStart(2)} `;
    return `${facts}|${places.join("").trimEnd()}\n`;
  }).join("");
}

/**
 * Returns a label for a new row that no row has: the next number, or the next letter.
 * @param {Row[]} rows
 */
function freeLabel(rows) {
  const taken = new Set(rows.map((row) => row.row));
  if (rows.length && rows.every((row) => /^\d+$/.test(row.row))) {
    return String(Math.max(...rows.map((row) => Number(row.row))) + 1);
  }
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const labels = letters.concat(letters.flatMap((one) => letters.map((other) => one + other)));
  return labels.find((label) => !taken.has(label)) ?? "";
}

/** The editor of a plan. */
class Editor {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.form = /** @type {HTMLFormElement} */ (root.closest("form"));
    this.legendText = /** @type {HTMLTextAreaElement} */ (root.querySelector("textarea[name=legend]"));
    this.rowsText = /** @type {HTMLTextAreaElement} */ (root.querySelector("textarea[name=rows]"));
    this.painter = /** @type {HTMLElement} */ (root.querySelector(".painter"));
    this.grid = /** @type {HTMLTableElement} */ (root.querySelector(".paint"));
    this.palette = /** @type {HTMLElement} */ (root.querySelector(".palette"));
    this.status = /** @type {HTMLElement} */ (root.querySelector(".cursor"));
    this.preview = /** @type {HTMLElement} */ (root.querySelector(".preview"));
    /** @type {Plan} */
    this.plan = { legend: new Map(), rows: [] };
    this.at = { row: 0, column: 0 };
    this.chosen = "";
    /** @type {string[]} */
    this.before = [];
    this.timer = 0;
    this.asked = 0;
    this.listen();
    this.fromText();
    const details = root.querySelector("details");
    // What it looks like is shown at once.
    this.form.querySelector(".without-module")?.remove();
    if (details) details.open = root.querySelector("[aria-invalid]") !== null;
  }

  listen() {
    for (const text of [this.legendText, this.rowsText]) text.addEventListener("input", () => this.fromText());
    this.root.addEventListener("input", (event) => { if (event.target instanceof HTMLInputElement) this.ask(); });
    this.palette.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement) this.chosen = event.target.value;
    });
    this.grid.addEventListener("keydown", (event) => this.pressed(event));
    this.grid.addEventListener("pointerdown", (event) => {
      if (!(event.target instanceof Element) || event.button !== 0 || !this.pointAt(event.target)) return;
      this.keep();
      this.paint(this.chosen);
      // The cell would keep the pointer of a finger, which moves on to others.
      if (event.target.hasPointerCapture(event.pointerId)) event.target.releasePointerCapture(event.pointerId);
    });
    this.grid.addEventListener("pointerover", (event) => {
      const pulls = event.buttons === 1 && event.pointerType !== "touch";
      if (pulls && event.target instanceof Element && this.pointAt(event.target)) this.paint(this.chosen);
    });
    this.painter.addEventListener("click", (event) => {
      const action = event.target instanceof HTMLElement ? event.target.dataset.do : undefined;
      if (action) this.act(action);
    });
    this.painter.addEventListener("change", (event) => {
      const field = event.target;
      if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
      const row = this.plan.rows[this.at.row];
      if (!row || !field.dataset.rowFact) return;
      this.keep();
      if (field.dataset.rowFact === "row") row.row = field.value.trim().toUpperCase();
      if (field.dataset.rowFact === "from") row.from = Number(field.value) || 1;
      if (field.dataset.rowFact === "step") row.step = Number(field.value);
      this.changed();
    });
  }

  /** Takes what a person wrote. A text that is no plan is not painted. */
  fromText() {
    const plan = read(this.legendText.value, this.rowsText.value);
    this.painter.hidden = !plan || plan.rows.length === 0;
    if (plan && !this.painter.hidden) {
      this.plan = plan;
      this.drawPalette();
      this.draw();
    }
    this.ask();
  }

  /** Writes what was painted, and draws it. */
  changed() {
    this.legendText.value = [...this.plan.legend].map(([character, word]) => `${character} ${word}\n`).join("");
    this.rowsText.value = write(this.plan);
    this.draw();
    this.ask();
  }

  /** Keeps the plan as it is, so that what follows can be taken back. */
  keep() {
    this.before.push(JSON.stringify([[...this.plan.legend], this.plan.rows]));
    if (this.before.length > MAX_UNDO) this.before.shift();
  }

  undo() {
    const kept = this.before.pop();
    if (!kept) return;
    const [legend, rows] = JSON.parse(kept);
    this.plan = { legend: new Map(legend), rows };
    this.drawPalette();
    this.changed();
  }

  /** @param {string} place */
  wordOf(place) {
    const word = this.plan.legend.get(place);
    if (word === "wheelchair" || word === "companion") return this.painter.dataset[word] ?? word;
    const other = [...this.palette.querySelectorAll("input")].find((input) => input.value === place);
    return word ?? other?.nextElementSibling?.textContent ?? place;
  }

  /** @param {string} place */
  classOf(place) {
    const word = this.plan.legend.get(place);
    if (place === AISLE) return "aisle";
    if (place === NOTHING) return "nothing";
    if (!word) return "unknown";
    if (word === "wheelchair" || word === "companion") return word;
    const zones = [...this.plan.legend].filter(([, other]) => other !== "wheelchair" && other !== "companion");
    return `zone-${zones.findIndex(([character]) => character === place) % 6}`;
  }

  drawPalette() {
    for (const old of this.palette.querySelectorAll("[data-word]")) old.remove();
    const first = this.palette.querySelector("label");
    for (const [character, word] of this.plan.legend) {
      const label = document.createElement("label");
      label.className = "choice";
      label.dataset.word = word;
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "paint", value: character });
      const text = document.createElement("span");
      text.textContent = `${character} ${this.wordOf(character)}`;
      const swatch = document.createElement("i");
      swatch.className = `swatch ${this.classOf(character)}`;
      label.append(input, swatch, text);
      first?.before(label);
    }
    if (!this.plan.legend.has(this.chosen) && this.chosen !== AISLE && this.chosen !== NOTHING) {
      this.chosen = this.plan.legend.has(".") ? "." : ([...this.plan.legend.keys()][0] ?? AISLE);
    }
    for (const input of this.palette.querySelectorAll("input")) input.checked = input.value === this.chosen;
  }

  draw() {
    const longest = Math.max(0, ...this.plan.rows.map((row) => row.places.length));
    this.width = Math.min(MAX_PLACES, longest + 2);
    this.at.row = Math.min(this.at.row, this.plan.rows.length - 1);
    this.at.column = Math.min(this.at.column, this.width - 1);
    const body = document.createElement("tbody");
    for (const { row, places } of this.plan.rows) {
      const line = body.insertRow();
      const label = Object.assign(document.createElement("th"), { scope: "row", textContent: row });
      line.append(label);
      for (let column = 0; column < this.width; column++) this.drawCell(line.insertCell(), places[column] ?? NOTHING);
    }
    this.grid.tBodies[0]?.replaceWith(body);
    this.show();
  }

  /**
   * @param {HTMLTableCellElement} cell
   * @param {string} place
   */
  drawCell(cell, place) {
    cell.className = this.classOf(place);
    cell.textContent = place === NOTHING ? "" : place;
  }

  /** Shows where the person is. */
  show() {
    this.grid.querySelector("#painted-here")?.removeAttribute("id");
    const row = this.plan.rows[this.at.row];
    const cell = this.grid.rows[this.at.row]?.cells[this.at.column + 1];
    if (!row || !cell) return;
    cell.id = "painted-here";
    this.grid.setAttribute("aria-activedescendant", "painted-here");
    const place = row.places[this.at.column] ?? NOTHING;
    const isSeat = this.plan.legend.has(place);
    const before = row.places.slice(0, this.at.column).filter((place) => this.plan.legend.has(place)).length;
    const seat = isSeat ? ` · ${row.row}${row.from + row.step * before}` : "";
    this.status.textContent = `${this.painter.dataset.row} ${row.row} · ${this.at.column + 1} · ${this.wordOf(place)}${seat}`;
    cell.setAttribute("aria-label", this.status.textContent);
    for (const field of this.painter.querySelectorAll("[data-row-fact]")) {
      if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
      if (document.activeElement !== field) field.value = String(row[/** @type {"row"} */ (field.dataset.rowFact)]);
    }
  }

  /**
   * Goes to a cell. Returns whether it is one.
   * @param {Element} element
   */
  pointAt(element) {
    const cell = element.closest("td");
    const line = cell?.closest("tr");
    if (!cell || !line) return false;
    this.at = { row: line.rowIndex, column: cell.cellIndex - 1 };
    this.show();
    return true;
  }

  /** @param {string} place */
  paint(place) {
    const row = this.plan.rows[this.at.row];
    const cell = this.grid.rows[this.at.row]?.cells[this.at.column + 1];
    if (!row || !cell || !place) return;
    while (row.places.length <= this.at.column) row.places.push(NOTHING);
    row.places[this.at.column] = place;
    this.drawCell(cell, place);
    this.rowsText.value = write(this.plan);
    // There is always room to go on at the right.
    if (this.at.column >= (this.width ?? 0) - 2 && (this.width ?? 0) < MAX_PLACES) this.draw();
    this.show();
    this.ask();
  }

  /**
   * @param {number} rows
   * @param {number} columns
   */
  move(rows, columns) {
    const clamp = (/** @type {number} */ at, /** @type {number} */ size) => Math.max(0, Math.min(at, size - 1));
    this.at = {
      row: clamp(this.at.row + rows, this.plan.rows.length),
      column: clamp(this.at.column + columns, this.width ?? 1),
    };
    this.show();
    document.getElementById("painted-here")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -999], End: [0, 999] };
    const move = moves[event.key];
    if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      this.undo();
    } else if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (move) {
      if (event.shiftKey) {
        this.keep();
        this.paint(this.chosen);
      }
      this.move(...move);
    } else if (event.key === "Enter") {
      this.keep();
      this.paint(this.chosen);
    } else if (event.key === "Delete" || event.key === "Backspace" || event.key === NOTHING) {
      this.keep();
      this.paint(NOTHING);
      this.move(0, event.key === "Backspace" ? -1 : 1);
    } else if (this.plan.legend.has(event.key) || event.key === AISLE) {
      this.keep();
      this.paint(event.key);
      this.move(0, 1);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {string} action */
  act(action) {
    const { rows } = this.plan;
    const { row: index, column } = this.at;
    const row = rows[index];
    if (action === "undo") return this.undo();
    if (action === "zone") return this.addZone();
    if (!row) return;
    this.keep();
    const copy = () => ({ ...row, row: freeLabel(rows), places: [...row.places] });
    if (action === "row-before") rows.splice(index, 0, copy());
    if (action === "row-after") {
      rows.splice(index + 1, 0, copy());
      this.at.row = index + 1;
    }
    if (action === "row-away" && rows.length > 1) rows.splice(index, 1);
    if (action === "place-in") row.places.splice(column, 0, NOTHING);
    if (action === "place-out") row.places.splice(column, 1);
    this.changed();
  }

  addZone() {
    const field = /** @type {HTMLInputElement} */ (document.getElementById("new-zone"));
    const word = field.value.trim();
    if (!word || [...this.plan.legend.values()].includes(word)) return;
    const letters = [...word.toUpperCase(), ...word.toLowerCase(), ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789"];
    const character = letters.find((letter) => /^[A-Za-z0-9]$/.test(letter) && !this.plan.legend.has(letter));
    if (!character) return;
    this.keep();
    this.plan.legend.set(character, word);
    this.chosen = character;
    field.value = "";
    this.drawPalette();
    this.changed();
  }

  /** Asks the server, after a pause, what the plan looks like, or what is wrong with it. */
  ask() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    const number = ++this.asked;
    const body = new URLSearchParams();
    for (const name of ["token", "legend", "rows", "across", "along"]) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) body.set(name, field.value);
    }
    const answer = await fetch(this.root.dataset.check ?? "", { method: "POST", body }).catch(() => undefined);
    if (!answer?.ok || answer.redirected || number !== this.asked) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.preview.replaceChildren(...found.body.childNodes);
    for (const wrong of this.grid.querySelectorAll(".wrong")) wrong.classList.remove("wrong");
    const alert = this.preview.querySelector(".alert");
    if (!(alert instanceof HTMLElement) || alert.dataset.row === undefined) return;
    const line = this.grid.rows[Number(alert.dataset.row)];
    line?.classList.add("wrong");
    line?.cells[Number(alert.dataset.column ?? 0)]?.classList.add("wrong");
  }
}

for (const root of document.querySelectorAll(".plan-editor")) if (root instanceof HTMLElement) new Editor(root);
