//! Chooses the requests that are traced.

use opentelemetry::trace::{Link, SpanContext, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// A share of the requests.
///
/// A caller can have its request left out, by the flag of its `traceparent`, but not let in: anyone can send that header, and the share is what
/// the operator pays for. What a request does is traced with it, and what belongs to no request is not.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) percent: u8,
}

impl Share {
    fn takes(&self, parent: Option<&Context>, kind: &SpanKind) -> bool {
        let parent = parent.map(|context| context.span().span_context().clone()).filter(SpanContext::is_valid);
        match parent {
            Some(parent) if !parent.is_remote() => parent.is_sampled(),
            Some(parent) if !parent.is_sampled() => false,
            // Not by the identifier of the trace, which the caller chooses.
            _ => *kind == SpanKind::Server && fastrand::u8(..100) < self.percent,
        }
    }
}

impl ShouldSample for Share {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        _: TraceId,
        _: &str,
        kind: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let decision =
            if self.takes(parent, kind) { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        SamplingResult { decision, attributes: Vec::new(), trace_state: TraceState::default() }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceFlags};

    use super::*;

    fn parent(is_remote: bool, flags: TraceFlags) -> Context {
        let parent = SpanContext::new(TraceId::from(7), SpanId::from(3), flags, is_remote, TraceState::default());
        Context::new().with_remote_span_context(parent)
    }

    /// Returns how many of a thousand requests are traced.
    fn traced(percent: u8, parent: &Context) -> usize {
        let share = Share { percent };
        (0..1000).filter(|_| share.takes(Some(parent), &SpanKind::Server)).count()
    }

    #[test]
    fn a_caller_gets_the_share_and_no_more() {
        for parent in [Context::new(), parent(true, TraceFlags::SAMPLED)] {
            assert_eq!((traced(100, &parent), traced(0, &parent)), (1000, 0));
            let tenth = traced(10, &parent);
            assert!((40..200).contains(&tenth), "{tenth} of 1000");
        }
        assert_eq!(traced(100, &parent(true, TraceFlags::NOT_SAMPLED)), 0);
    }

    #[test]
    fn what_a_request_does_is_traced_with_it() {
        let share = Share { percent: 50 };
        for kind in [SpanKind::Internal, SpanKind::Client] {
            for _ in 0..100 {
                assert!(share.takes(Some(&parent(false, TraceFlags::SAMPLED)), &kind));
                assert!(!share.takes(Some(&parent(false, TraceFlags::NOT_SAMPLED)), &kind));
                assert!(!share.takes(Some(&Context::new()), &kind), "it belongs to no request");
            }
        }
    }
}
