//! Tests of the interface over real HTTP: a server in this process, a socket, and bytes.

mod access;
pub mod answer;
pub mod app;
mod auditoriums;
mod blocks;
pub mod client;
mod corrections;
mod cors;
mod errors;
mod head;
mod holds;
mod idempotency;
mod inputs;
mod journeys;
mod limits;
mod lists;
mod online;
mod parties;
mod prices;
mod sales;
mod samples;
mod seats;
mod stopping;
mod totals;
mod upkeep;
