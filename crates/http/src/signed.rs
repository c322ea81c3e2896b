//! Bodies with a signature, byte for byte, as Standard Webhooks sends them.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw, ParameterIn};
use paperclip::v2::schema::Apiv2Schema;

use crate::body;
use crate::extract::{document_body, document_text};
use crate::problem::{FieldError, Problem};

/// The greatest length of such a body, in bytes.
const LIMIT: usize = 16 * 1024;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

/// A body that is documented as a `T`, with the headers that prove its sender. Nothing of it is checked.
pub struct Signed<T> {
    /// The header webhook-id.
    pub id: String,
    /// The header webhook-timestamp.
    pub timestamp: String,
    /// The header webhook-signature.
    pub signature: String,
    /// The body.
    pub body: BytesMut,
    documented: PhantomData<T>,
}

impl<T> FromRequest for Signed<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let checked = body::check_headers(headers, LIMIT)
            .and_then(|()| Ok([header(headers, ID)?, header(headers, TIMESTAMP)?, header(headers, SIGNATURE)?]));
        let payload = payload.take();
        Box::pin(async move {
            let [id, timestamp, signature] = checked?;
            let body = body::collect(payload, LIMIT).await?;
            Ok(Self { id, timestamp, signature, body, documented: PhantomData })
        })
    }
}

fn header(headers: &HeaderMap, name: &str) -> Result<String, Problem> {
    let refused = |detail: &str| Problem::invalid(vec![FieldError::header(name, detail)]);
    let mut values = headers.get_all(name);
    let value = values.next().ok_or_else(|| refused("is required"))?;
    if values.next().is_some() {
        return Err(refused("is given more than once"));
    }
    value.to_str().map(str::to_owned).map_err(|_| refused("give visible ASCII characters"))
}

impl<T: Apiv2Schema> Apiv2Schema for Signed<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Apiv2Schema> OperationModifier for Signed<T> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let texts = [
            (ID, "The identifier of the notification: the same each time it is sent.", "^[!-~]{1,255}$"),
            (TIMESTAMP, "When it is sent, in seconds since 1970.", "^[0-9]{1,12}$"),
            (
                SIGNATURE,
                "Signatures of the identifier, the time and the body, by Standard Webhooks.",
                "^v1,[ -~]{1,500}$",
            ),
        ];
        for text in texts {
            document_text(op, ParameterIn::Header, text);
        }
        document_body::<T>(op, true);
    }
}
