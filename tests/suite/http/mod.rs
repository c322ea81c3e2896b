//! The interface, over real HTTP: a server in this process, a socket, and bytes.

mod access;
mod answer;
mod app;
mod client;
mod document;
mod errors;
mod failing;
mod inputs;
mod journeys;
mod limits;
mod lists;
mod once;
mod pages;
mod samples;
mod upkeep;
