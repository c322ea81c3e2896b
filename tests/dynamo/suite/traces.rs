//! The spans of the store, from which traces are made.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ticketly_domain::{Rules, Target, Ticketing};
use ticketly_dynamo_tests::{Engine, crowds, undisturbed};
use tracing::field::{Field, Visit};
use tracing::instrument::Instrument as _;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Subscriber, trace_span};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// The spans that began: each with the names of those around it, the nearest first, and its fields.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Seen>>>);

#[derive(Debug, Clone)]
struct Seen {
    id: u64,
    names: Vec<&'static str>,
    fields: String,
    ended: bool,
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let names = span.scope().map(|span| span.name()).collect();
        let mut seen = Seen { id: id.into_u64(), names, fields: String::new(), ended: false };
        attributes.record(&mut Fields(&mut seen.fields));
        self.0.lock().unwrap().push(seen);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.change(id, |seen| values.record(&mut Fields(&mut seen.fields)));
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.change(&id, |seen| seen.ended = true);
    }
}

impl Spans {
    /// Changes the span with this identifier. A later span can get that of one that has ended.
    fn change(&self, id: &Id, change: impl FnOnce(&mut Seen)) {
        let mut all = self.0.lock().unwrap();
        if let Some(seen) = all.iter_mut().find(|seen| seen.id == id.into_u64() && !seen.ended) {
            change(seen);
        }
    }

    /// Returns the spans that began since the last call.
    fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn what_a_booking_asks_of_the_table_is_in_its_trace() {
    let engine = Engine::with_table().await;
    let store = engine.store_by(&engine.client(), &undisturbed()).await;
    let ticketing = Ticketing::open(Arc::new(store), Rules::default(), &mut StdRng::seed_from_u64(7)).await.unwrap();
    let without_seats = crowds::schedule(&ticketing, "Skyfall", 5, 1).await;
    let spans = Spans::default();
    // As traces are made: without the spans of the SDK.
    let ours = spans.clone().with_filter(filter_fn(|of| of.target().starts_with("ticketly")));
    let _guard = set_default(tracing_subscriber::registry().with(ours));
    // For the third there is one seat.
    for (seed, failure) in [(1, false), (2, false), (3, true)] {
        let booking = crowds::book(&ticketing, Target::Slot(without_seats), 2, seed);
        let outcome = booking.instrument(trace_span!(target: "ticketly", "booking")).await;
        assert_eq!(outcome.is_err(), failure);
        // What the store still does is done.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let seen = spans.take();
        assert!(seen.iter().all(|span| span.names.last() == Some(&"booking")), "{seen:#?}");
        assert!(seen.iter().all(|span| span.ended), "{seen:#?}");
        if failure {
            continue;
        }
        let writes: Vec<_> = seen.iter().filter(|span| span.fields.contains("TransactWriteItems")).collect();
        assert_eq!(writes.len(), 1, "{seen:#?}");
        assert_eq!(writes[0].names, ["request", "transaction", "booking"]);
        let fields = [
            r#"otel.name="TransactWriteItems""#,
            r#"otel.kind="client""#,
            r#"db.system.name="aws.dynamodb""#,
            "http.response.status_code=200",
        ];
        assert!(fields.iter().all(|field| writes[0].fields.contains(field)), "{writes:?}");
        assert!(!writes[0].fields.contains("ERROR"), "{writes:?}");
        assert!(seen.iter().all(|span| !span.fields.contains(&without_seats.to_string())));
    }
}
