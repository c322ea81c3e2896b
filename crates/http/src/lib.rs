//! The parts that all HTTP interfaces of Ticketly share: the server, its limits, extractors, answers and problem
//! documents. An interface provides its operations and pages as a table of [`route::Route`]s.
//!
//! A request passes through these layers, from the outside in: [`request_context`] (identifier, deadline, problem
//! documents, metrics, log), the rate limit, the refusal of changes while the store is overloaded, the authorization, the extractors, and a handler of a few lines.

pub mod authorization;
mod body;
pub(crate) mod burst;
pub mod clock;
mod closing;
pub mod cors;
pub mod csv;
pub mod error_page;
pub mod etag;
pub mod event_stream;
pub mod extract;
pub mod fields;
pub mod form;
pub mod guess_limit;
pub mod hold_limit;
pub mod key_cache;
pub mod limit;
pub mod live;
pub mod metrics;
mod overload;
pub mod path_id;
pub mod problem;
pub mod refused;
pub mod reply;
pub mod request_context;
pub mod route;
pub mod running_totals;
pub mod secure;
pub mod server;
pub mod session;
pub mod signed;
pub mod stopping;
pub mod stream_limit;
pub mod tls;
pub mod trace;
mod trail;
pub mod watch;
pub mod zone;
