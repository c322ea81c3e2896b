//! Successful answers that document themselves.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw, Either, Response};
use paperclip::v2::schema::Apiv2Schema;
use serde::Serialize;

/// A 200 answer with a JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// A 200 answer with a JSON body that caches may keep, if it never changes.
#[derive(Debug)]
pub struct Cacheable<T> {
    /// The body.
    pub body: T,
    /// Whether the same request is always answered so.
    pub forever: bool,
}

/// A 200 answer with a list that is cut at a limit. Headers Link name the paths of the rest.
#[derive(Debug)]
pub struct Listing<T> {
    /// The items.
    pub items: Vec<T>,
    /// The paths of the rest of the list, in order.
    pub next: Vec<String>,
}

/// A 200 answer with a table for spreadsheets, which browsers save as a file.
#[derive(Debug)]
pub struct Csv {
    /// The table, by RFC 4180.
    pub text: String,
    /// The name of the file: letters, digits, dots and dashes.
    pub name: String,
    /// The path of the next page, for the header Link.
    pub next: Option<String>,
}

/// A 200 answer with a JSON body, or with a table if the request asks for one.
#[derive(Debug)]
pub enum JsonOrCsv<T> {
    /// JSON.
    Json(T),
    /// A table.
    Csv(Csv),
}

/// A 201 answer with the created resource and its location.
#[derive(Debug)]
pub struct Created<T> {
    /// The created resource.
    pub body: T,
    /// Its path, for the header Location.
    pub location: String,
}

impl<T: Serialize> Responder for Json<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        HttpResponse::Ok().json(self.0)
    }
}

impl<T: Serialize> Responder for Cacheable<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::Ok();
        if self.forever {
            answer.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
        }
        answer.json(self.body)
    }
}

impl<T: Serialize> Responder for Listing<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::Ok();
        for next in self.next {
            answer.append_header((header::LINK, format!("<{next}>; rel=\"next\"")));
        }
        answer.json(self.items)
    }
}

impl<T: Serialize> Responder for JsonOrCsv<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<BoxBody> {
        match self {
            Self::Json(body) => Json(body).respond_to(request),
            Self::Csv(csv) => csv.respond_to(request),
        }
    }
}

impl Responder for Csv {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let Self { text, name, next } = self;
        let mut answer = HttpResponse::Ok();
        answer.insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"));
        answer.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
        if let Some(next) = next {
            answer.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
        }
        answer.body(text)
    }
}

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        HttpResponse::Created().insert_header((header::LOCATION, self.location)).json(self.body)
    }
}

macro_rules! documented {
    ($($name:ident($body:ty) $status:ident),+) => {$(
        impl<T: Apiv2Schema> Apiv2Schema for $name<T> {
            fn name() -> Option<String> {
                <$body>::name()
            }

            fn raw_schema() -> DefaultSchemaRaw {
                <$body>::raw_schema()
            }
        }

        impl<T: Apiv2Schema> OperationModifier for $name<T> {
            fn update_parameter(_: &mut DefaultOperationRaw) {}

            fn update_response(op: &mut DefaultOperationRaw) {
                document_answer::<$body>(op, StatusCode::$status);
            }
        }
    )+};
}

documented! { Json(T) OK, JsonOrCsv(T) OK, Cacheable(T) OK, Listing(Vec<T>) OK, Created(T) CREATED }

/// Documents that an operation answers `status` with a `T`.
pub(crate) fn document_answer<T: Apiv2Schema>(op: &mut DefaultOperationRaw, status: StatusCode) {
    let mut schema = T::schema_with_ref();
    schema.retain_ref();
    let response = Response {
        description: status.canonical_reason().map(str::to_owned),
        schema: Some(schema),
        ..Response::default()
    };
    op.responses.insert(status.as_str().to_owned(), Either::Right(response));
}
