// Books tickets and seats, moves and cancels them with the types that openapi-typescript generates from the API document. Usage: book.js URL

import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { components, paths } from "./ticketly.js";

type Schemas = components["schemas"];
type Slot = Schemas["TicketSlot"];

const url = process.argv[2];
const client = createClient<paths>({ baseUrl: url });

// @ts-expect-error A request without its fields must be an error: a client whose requests are `unknown` would let it pass.
const incomplete: Schemas["BookingRequest"] = { userName: "Ada", userPhoneNumber: "5550100", numTickets: 1 };
void incomplete;

/** The data of an answer, which must be a success. */
function data<T>(answer: { data?: T; error?: Schemas["Problem"] }): T {
  assert(answer.data !== undefined, JSON.stringify(answer.error));
  return answer.data;
}

async function twoSlots(): Promise<[Slot, Slot]> {
  const from = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
  const query = { from, minAvailTickets: 4, limit: 25 };
  const { slots } = data(await client.GET("/v1/slots", { params: { query } }));
  // Tickets with prices must be paid for.
  const [first, second] = slots.filter((slot) => slot.auditoriumId && !slot.priceListId);
  assert(first && second);
  return [first, second];
}

async function current(first: Slot, second: Slot): Promise<void> {
  const request: Schemas["BookingBySlot"] = {
    userName: "Ada", userPhoneNumber: "5550100", numTickets: 2, slotId: first.slotId,
  };
  const booking = data(await client.POST("/v1/bookings", { body: request }));
  const [ticket, other] = booking.tickets;
  assert(ticket && other);
  const path = { ticketId: ticket.ticketId };
  const moved = data(await client.POST("/v1/tickets/{ticketId}/move", { params: { path }, body: { slotId: second.slotId } }));
  assert.equal(moved.newTicket.movedFrom, ticket.ticketId);
  const canceled = data(await client.POST("/v1/tickets/{ticketId}/cancel", {
    params: { path: { ticketId: moved.newTicket.ticketId } },
  }));
  const status: Schemas["TicketStatus"] = canceled.ticketStatus;
  assert.equal(status, "Canceled");
}

async function seats(slot: Slot): Promise<void> {
  const request: Schemas["SeatBookingBySlot"] = {
    userName: "Ada", userPhoneNumber: "5550100", seats: ["A1", "A2"], slotId: slot.slotId,
  };
  const booking = data(await client.POST("/v1/bookings", { body: request }));
  assert.deepEqual(booking.tickets.map((ticket) => ticket.seat), ["A1", "A2"]);
  const refused = await client.POST("/v1/bookings", { body: request });
  assert(refused.error?.code === "seats_taken" && refused.error.alternative);
  for (const { ticketId } of booking.tickets) {
    data(await client.POST("/v1/tickets/{ticketId}/cancel", { params: { path: { ticketId } } }));
  }
}

async function legacy(first: Slot, second: Slot): Promise<void> {
  const request: Schemas["BookingByName"] = {
    userName: "Ada", userPhoneNumber: "5550100", numTickets: "2",
    movieName: first.slotName, movieStartTime: first.startTime,
  };
  const [ticket] = data(await client.POST("/bookTicket", { body: request }));
  assert(ticket);
  const update = { ticketId: ticket.ticketId, newMovie: second.slotName, newStartTime: second.startTime };
  const [moved] = data(await client.POST("/updateMovieSlotForTicket", { body: update }));
  assert(moved);
  const canceled = data(await client.POST("/cancelTicket", { body: { ticketId: moved.ticketId } }));
  assert.equal(canceled.ticketStatus, "Canceled");
}

const [first, second] = await twoSlots();
await current(first, second);
await seats(first);
await legacy(first, second);
console.log("the generated TypeScript client booked, moved and canceled tickets and seats");
