// Lets a manager drag showings of which nothing is sold to another time or auditorium, and schedule one at an empty place.
// @ts-check

/** The minutes between two places where a bar can be dropped. */
const STEP = 5;
/** The pixels that the pointer moves before it drags. */
const THRESHOLD = 6;

/**
 * Where a bar would be dropped.
 * @typedef {{day: string, place: string, minute: number}} Target
 */

/**
 * Returns the lane and the minute below a point. `offset` is the distance of the bar's beginning from the pointer.
 * @param {number} x
 * @param {number} y
 * @param {number} offset
 * @returns {Target | undefined}
 */
function targetAt(x, y, offset) {
  const lane = document.elementsFromPoint(x, y).map((element) => element.closest(".lane")).find(Boolean);
  const picture = lane?.closest("svg.bars");
  if (!(lane instanceof SVGElement) || !(picture instanceof SVGElement)) return undefined;
  const { left, width } = picture.getBoundingClientRect();
  const [first, last] = [Number(picture.dataset.first), Number(picture.dataset.last)];
  const minute = first + ((x - offset - left) / width) * (last - first);
  return { day: picture.dataset.day ?? "", place: lane.dataset.place ?? "", minute: Math.round(minute / STEP) * STEP };
}

/**
 * Returns a day and a time of a day by the clocks on the wall, some minutes after its midnight.
 * @param {Target} target
 */
function timeOf({ day, minute }) {
  const [date = "", time = ""] = new Date(Date.parse(`${day}T00:00:00Z`) + minute * 60_000).toISOString().split("T");
  return { date, time: time.slice(0, 5) };
}

/**
 * Returns the lane of a target.
 * @param {HTMLElement} timetable
 * @param {Target} target
 */
function laneOf(timetable, { day, place }) {
  const lane = timetable.querySelector(`svg.bars[data-day="${day}"] .lane[data-place="${place}"]`);
  return lane instanceof SVGElement ? lane : undefined;
}

/**
 * Returns whether a showing cannot be dropped at a target, as far as the page knows: another one occupies the auditorium then, or seats
 * with numbers would have none. The server decides when it is dropped.
 * @param {SVGElement} lane
 * @param {SVGAElement} bar
 * @param {Target} target
 */
function isInTheWay(lane, bar, { place, minute }) {
  const own = bar.closest(".lane");
  const isNumbered = own instanceof SVGElement && own.dataset.place !== "";
  if (isNumbered !== (place !== "")) return true;
  const until = minute + Number(bar.dataset.end) - Number(bar.dataset.start) + Number(lane.dataset.turnaround);
  const others = /** @type {SVGAElement[]} */ ([...lane.querySelectorAll("a.bar")]);
  return isNumbered && others.some(({ dataset }) =>
    dataset !== bar.dataset && minute < Number(dataset.until) && Number(dataset.start) < until);
}

/**
 * Says something below the tools of the page.
 * @param {string} text
 */
function say(text) {
  const status = document.getElementById("dragged");
  if (status) {
    status.textContent = text;
    status.classList.toggle("alert", text !== "");
    if (text) status.scrollIntoView({ block: "nearest" });
  }
}

/**
 * Asks the server to move a showing. It answers in words when it refuses.
 * @param {HTMLElement} timetable
 * @param {string} slot
 * @param {Target} target
 */
async function move(timetable, slot, target) {
  const { date, time } = timeOf(target);
  const body = new URLSearchParams({ token: timetable.dataset.token ?? "", start: `${date} ${time}`, place: target.place });
  const failed = timetable.dataset.failed ?? "";
  try {
    const answer = await fetch(`/manage/showings/${slot}/drag`, { method: "POST", body });
    if (answer.redirected || answer.status === 204) {
      location.reload();
    } else if (answer.headers.get("content-type")?.startsWith("text/html")) {
      const reason = new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent;
      say(`${failed} ${reason}`);
    } else {
      say(failed);
    }
  } catch {
    say(failed);
  }
}

/**
 * Follows a drag of a bar from where it begins.
 * @param {HTMLElement} timetable
 * @param {SVGAElement} bar
 * @param {PointerEvent} begun
 */
function follow(timetable, bar, begun) {
  const body = bar.querySelector(".body");
  const offset = begun.clientX - (body?.getBoundingClientRect().left ?? begun.clientX);
  const ghost = document.createElement("div");
  ghost.className = "ghost";
  /** @type {Target | undefined} */
  let target;
  let dragging = false;

  /** @param {PointerEvent} event */
  const moved = (event) => {
    if (!dragging && Math.hypot(event.clientX - begun.clientX, event.clientY - begun.clientY) < THRESHOLD) return;
    if (!dragging) {
      dragging = true;
      document.body.append(ghost);
      bar.classList.add("dragged");
      say("");
    }
    target = targetAt(event.clientX, event.clientY, offset);
    const lane = target && laneOf(timetable, target);
    const refused = Boolean(target && lane && isInTheWay(lane, bar, target));
    const time = target ? `${timeOf(target).time}${refused ? " ✕" : ""}` : "–";
    ghost.textContent = `${bar.querySelector(".name")?.textContent ?? ""} ${time}`;
    ghost.style.transform = `translate(${event.clientX - offset}px, ${event.clientY - 20}px)`;
    ghost.classList.toggle("refused", refused);
    for (const other of timetable.querySelectorAll(".lane")) other.classList.remove("target", "refused");
    lane?.classList.add("target");
    lane?.classList.toggle("refused", refused);
  };
  /** @param {boolean} drop */
  const end = (drop) => {
    document.removeEventListener("pointermove", moved);
    document.removeEventListener("pointerup", dropped);
    document.removeEventListener("pointercancel", canceled);
    document.removeEventListener("keydown", escaped);
    for (const lane of timetable.querySelectorAll(".lane")) lane.classList.remove("target", "refused");
    ghost.remove();
    bar.classList.remove("dragged");
    if (!dragging) return;
    // The click that follows would open the showing.
    window.addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
    const slot = bar.dataset.movable;
    if (drop && target && slot) void move(timetable, slot, target);
  };
  const dropped = () => end(true);
  const canceled = () => end(false);
  /** @param {KeyboardEvent} event */
  const escaped = (event) => { if (event.key === "Escape") end(false); };
  document.addEventListener("pointermove", moved);
  document.addEventListener("pointerup", dropped);
  document.addEventListener("pointercancel", canceled);
  document.addEventListener("keydown", escaped);
}

for (const timetable of document.querySelectorAll(".timetable")) {
  if (!(timetable instanceof HTMLElement)) continue;
  for (const hint of document.querySelectorAll("[data-pointer-hint]")) hint.removeAttribute("hidden");
  timetable.addEventListener("dragstart", (event) => event.preventDefault());
  timetable.addEventListener("pointerdown", (event) => {
    const bar = event.target instanceof Element ? event.target.closest("a.bar[data-movable]") : null;
    // A finger scrolls; the form of the showing moves it, too.
    if (bar instanceof SVGAElement && event.button === 0 && event.pointerType !== "touch") follow(timetable, bar, event);
  });
  timetable.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches(".ground")) return;
    const target = targetAt(event.clientX, event.clientY, 0);
    if (!target) return;
    const { date, time } = timeOf({ ...target, minute: Math.floor(target.minute / 15) * 15 });
    const place = target.place || "unnumbered";
    location.assign(`/manage/timetable/new?${new URLSearchParams({ date, start: time, place })}`);
  });
}
