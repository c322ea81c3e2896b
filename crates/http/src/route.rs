//! Routes. Each is declared once, together with its access.
//!
//! A [`Route`] is one path with its methods. It is the only way to add a handler, and it takes none without an
//! [`Access`], so that no route can lack one. The same routes produce the server's resources (`register`), the access
//! table ([`entries`]) and the recorded documentation ([`record`]). A GET route also answers HEAD.

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
use crate::overload::Overload;
use crate::trail::{Routed, Trail};

/// A path with its handlers. Methods that it does not declare are answered with 405 and the header Allow.
pub struct Route {
    resource: Resource,
    path: &'static str,
    entries: Vec<Entry>,
}

enum Resource {
    Operations(web::Resource),
    Page(actix_web::Resource),
}

/// Declares a route for operations; it has none yet.
#[must_use]
pub fn route(path: &'static str) -> Route {
    Route { resource: Resource::Operations(web::resource(path)), path, entries: Vec::new() }
}

/// Declares a route for a page: a GET that is not documented.
#[must_use]
pub fn page<F, Args>(path: &'static str, access: Access, handler: F) -> Route
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    let resource = actix_web::web::resource(path).route(actix_web::web::get().to(handler));
    let entry = Entry { method: Method::GET, path, access, documented: false, changes: false };
    Route { resource: Resource::Page(resource), path, entries: vec![entry] }
}

macro_rules! methods {
    ($($name:ident $method:ident $changes:literal $doc:literal;)*) => {$(
        #[doc = $doc]
        #[must_use]
        pub fn $name<F, Args>(self, access: Access, handler: F) -> Self
        where
            F: Handler<Args>,
            F::Future: Apiv2Operation,
            F::Output: Responder + 'static,
            Args: FromRequest + 'static,
        {
            self.operation(Method::$method, access, $changes, handler)
        }
    )*};
}

impl Route {
    /// Returns the path pattern.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Declares the POST of a page's form, which changes the store. It is not documented.
    #[must_use]
    pub fn submit<F, Args>(mut self, access: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        F::Output: Responder + 'static,
        Args: FromRequest + 'static,
    {
        if let Resource::Page(resource) = self.resource {
            self.resource = Resource::Page(resource.route(actix_web::web::post().to(handler)));
            self.entries.push(Entry {
                method: Method::POST,
                path: self.path,
                access,
                documented: false,
                changes: true,
            });
        }
        self
    }

    methods! {
        get GET false "Declares the GET operation.";
        post POST false "Declares the POST operation, which only reads.";
        change POST true "Declares the POST operation, which changes the store.";
        correct PATCH true "Declares the PATCH operation, which changes the store.";
        delete DELETE true "Declares the DELETE operation, which changes the store.";
        replace PUT true "Declares the PUT operation, which changes the store.";
    }
    fn operation<F, Args>(mut self, method: Method, access: Access, changes: bool, handler: F) -> Self
    where
        F: Handler<Args>,
        F::Future: Apiv2Operation,
        F::Output: Responder + 'static,
        Args: FromRequest + 'static,
    {
        if let Resource::Operations(resource) = self.resource {
            let resource = resource.route(web::method(method.clone()).to(handler));
            self.resource = Resource::Operations(resource);
            self.entries.push(Entry { method, path: self.path, access, documented: true, changes });
        }
        self
    }
}

/// Returns the access table of these routes.
#[must_use]
pub fn entries(routes: &[Route]) -> Vec<Entry> {
    routes.iter().flat_map(|route| route.entries.iter().cloned()).collect()
}

fn declares(entries: &[Entry], method: &Method) -> bool {
    entries.iter().any(|entry| entry.method == *method)
}

fn declares_change(entries: &[Entry], method: &Method) -> bool {
    entries.iter().any(|entry| entry.changes && entry.method == *method)
}

/// Returns the methods of one path, for the header Allow.
fn allowed(entries: &[Entry]) -> HeaderValue {
    let declared = entries.iter().map(|entry| entry.method.as_str());
    let methods: Vec<_> =
        declared.flat_map(|method| [method].into_iter().chain((method == "GET").then_some("HEAD"))).collect();
    HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

/// Registers the routes in a server. Each request is authorized before its handler runs. A change is refused before that
/// if the store is overloaded.
pub(crate) fn register(
    mut routes: Vec<Route>,
    keys: &Arc<KeyCache>,
    overload: &Arc<Overload>,
    config: &mut ServiceConfig,
) {
    // The router tries one path after another, and those without parameters take the least time.
    routes.sort_by_key(|route| route.path.contains('{'));
    for route in routes {
        let (entries, path): (Arc<[Entry]>, _) = (route.entries.into(), route.path);
        let (keys, overload) = (Arc::clone(keys), Arc::clone(overload));
        let check = from_fn(move |mut request: ServiceRequest, next: Next<_>| {
            let (entries, keys, overload) = (Arc::clone(&entries), Arc::clone(&keys), Arc::clone(&overload));
            if *request.method() == Method::HEAD && declares(&entries, &Method::GET) {
                // HEAD is GET without the body, which the request context drops.
                request.head_mut().method = Method::GET;
            }
            let changes = declares_change(&entries, request.method());
            Trail::set_route(Routed { path, changes });
            if let Some(slot) = request.match_info().get("slotId").and_then(|text| text.parse().ok()) {
                Trail::set_slot(slot);
            }
            async move {
                if changes && overload.is_on() {
                    return Ok(overload.refuse(request).await);
                }
                let mut answer = authorize(Arc::clone(&entries), keys, request, next).await?;
                if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
                    answer.headers_mut().insert(header::ALLOW, allowed(&entries));
                }
                overload.delay_refusal(&answer).await;
                Ok::<_, actix_web::Error>(answer)
            }
        });
        match route.resource {
            Resource::Operations(resource) => config.service(resource.wrap(check)),
            Resource::Page(resource) => config.service(resource.wrap(check)),
        };
    }
}

/// Records the routes with paperclip, as an unfinished OpenAPI 3 document. Runs no handler and opens no socket. `base`
/// holds the title, the tags and the schemas that occur only inside others.
#[must_use]
pub fn record(routes: Vec<Route>, base: DefaultApiRaw) -> Value {
    let app = actix_web::App::new().wrap_api_with_spec(base);
    let app = routes.into_iter().fold(app, |app, route| match route.resource {
        Resource::Operations(resource) => app.service(resource),
        Resource::Page(_) => app,
    });
    let mut document = Value::Null;
    let _app = app.with_raw_json_spec_v3(|app, spec| {
        document = spec;
        app
    });
    document
}
