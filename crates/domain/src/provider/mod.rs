//! What is ordered from a payment provider, and what it tells.

mod http_url;
mod notification;
mod order;
mod report;

pub use http_url::HttpUrl;
pub use notification::{NotificationError, PaymentEvent, PaymentNotification, SignedNotification};
pub use order::{PaymentOrder, RefundOrder};
pub use report::{PaymentReport, PaymentStatus};
