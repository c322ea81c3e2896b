//! Routes, each declared once with its access.
//!
//! A [`Route`] is one path with its methods. It is the only way to add a route, and it takes no handler without an
//! [`Access`], so there is nothing to forget. From the same doors come the resources that the server runs (`mount`),
//! the table of who may do what ([`entries`]) and the raw documentation (`record`). A GET route takes HEAD too.

use std::sync::Arc;

use actix_web::dev::{Handler, ServiceRequest};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, Responder};
use paperclip::actix::{OpenApiExt, web};
use paperclip::v2::models::DefaultApiRaw;
use paperclip::v2::schema::Apiv2Operation;
use serde_json::Value;

use crate::authorization::{Access, Entry, authorize};
use crate::key_cache::KeyCache;

/// A path and what is behind it. Methods that it does not declare are answered with 405 and Allow.
pub struct Route {
    behind: Behind,
    path: &'static str,
    entries: Vec<Entry>,
}

enum Behind {
    Operations(web::Resource),
    Page(actix_web::Resource),
}

/// A door to operations, none yet.
#[must_use]
pub fn route(path: &'static str) -> Route {
    Route { behind: Behind::Operations(web::resource(path)), path, entries: Vec::new() }
}

/// A door to a page: one GET that stands in no documentation.
#[must_use]
pub fn page<F, Args>(path: &'static str, access: Access, handler: F) -> Route
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    let resource = actix_web::web::resource(path).route(actix_web::web::get().to(handler));
    let entry = Entry { method: Method::GET, path, access, documented: false };
    Route { behind: Behind::Page(resource), path, entries: vec![entry] }
}

macro_rules! methods {
    ($($name:ident $method:ident)*) => {$(
        #[doc = concat!("Declares the ", stringify!($method), " operation.")]
        #[must_use]
        pub fn $name<F, Args>(self, access: Access, handler: F) -> Self
        where
            F: Handler<Args>,
            F::Future: Apiv2Operation,
            F::Output: Responder + 'static,
            Args: FromRequest + 'static,
        {
            self.operation(Method::$method, access, handler)
        }
    )*};
}

impl Route {
    methods! { get GET post POST }

    fn operation<F, Args>(mut self, method: Method, access: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        F::Future: Apiv2Operation,
        F::Output: Responder + 'static,
        Args: FromRequest + 'static,
    {
        if let Behind::Operations(resource) = self.behind {
            let resource = resource.route(web::method(method.clone()).to(handler));
            self.behind = Behind::Operations(resource);
            self.entries.push(Entry { method, path: self.path, access, documented: true });
        }
        self
    }
}

/// The table of every route behind these doors.
#[must_use]
pub fn entries(routes: &[Route]) -> Vec<Entry> {
    routes.iter().flat_map(|route| route.entries.iter().cloned()).collect()
}

fn declares(entries: &[Entry], method: &Method) -> bool {
    entries.iter().any(|entry| entry.method == *method)
}

/// The methods of one path, for the header Allow.
fn allowed(entries: &[Entry]) -> HeaderValue {
    let declared = entries.iter().map(|entry| entry.method.as_str());
    let methods: Vec<_> =
        declared.flat_map(|method| [method].into_iter().chain((method == "GET").then_some("HEAD"))).collect();
    HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

/// Puts the doors into a server, each behind the check of its access.
pub(crate) fn register(routes: Vec<Route>, keys: &Arc<KeyCache>, config: &mut ServiceConfig) {
    for route in routes {
        let entries: Arc<[Entry]> = route.entries.into();
        let keys = Arc::clone(keys);
        let check = from_fn(move |mut request: ServiceRequest, next: Next<_>| {
            let (entries, keys) = (Arc::clone(&entries), Arc::clone(&keys));
            if *request.method() == Method::HEAD && declares(&entries, &Method::GET) {
                // HEAD is GET in all but the body, which the request context drops.
                request.head_mut().method = Method::GET;
            }
            async move {
                let mut answer = authorize(Arc::clone(&entries), keys, request, next).await?;
                if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
                    answer.headers_mut().insert(header::ALLOW, allowed(&entries));
                }
                Ok::<_, actix_web::Error>(answer)
            }
        });
        match route.behind {
            Behind::Operations(resource) => config.service(resource.wrap(check)),
            Behind::Page(resource) => config.service(resource.wrap(check)),
        };
    }
}

/// What paperclip makes of the doors, as an OpenAPI 3 document yet to be finished. Nothing is run and no socket is
/// opened; `seed` holds the title, the tags and the schemas that no operation names at its top level.
#[must_use]
pub fn record(routes: Vec<Route>, seed: DefaultApiRaw) -> Value {
    let app = actix_web::App::new().wrap_api_with_spec(seed);
    let app = routes.into_iter().fold(app, |app, route| match route.behind {
        Behind::Operations(resource) => app.service(resource),
        Behind::Page(_) => app,
    });
    let mut document = Value::Null;
    let _app = app.with_raw_json_spec_v3(|app, spec| {
        document = spec;
        app
    });
    document
}
