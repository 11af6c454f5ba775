//! Every route of the house, under the middleware that all share.

use std::future::ready;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Request, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, middleware};
use identity::Identity;
use kernel::Problem;
use kernel::http::{no_such_method, no_such_path};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::pages::{Api, Pages};
use crate::{headers, openapi, replay};

/// JSON bodies; uploads set their own bound.
const LARGEST_BODY: usize = 1024 * 1024;

/// The API's routes and its document.
pub fn api(app: &App) -> anyhow::Result<(Router, OpenApi)> {
    let domains = [
        identity::routes(app.identity.clone()),
        catalog::routes(app.catalog.clone()),
        live::routes(app.live.clone()),
        room::routes(app.rooms.clone()),
        trade::routes(app.trade.clone()),
    ];
    let mut router = Router::new();
    let mut documents = Vec::new();
    for domain in domains {
        let (routes, document) = domain.split_for_parts();
        router = router.merge(routes);
        documents.push(document);
    }
    Ok((router, openapi::join(documents)?))
}

/// Everything.
pub fn whole(app: &App) -> anyhow::Result<Router> {
    let (api, document) = api(app)?;
    let document = Bytes::from(document.to_json()?);
    let document = get(move || ready(([(header::CONTENT_TYPE, "application/json")], document.clone())));
    let api = api
        .route("/api/openapi.json", document)
        .layer(middleware::from_fn_with_state(app.identity.clone(), who))
        .layer(DefaultBodyLimit::max(LARGEST_BODY));
    let pages = Pages::new(Api::new(api.clone()), app.identity.orgs.clone(), &app.config.public_base())?
        .routes()
        .layer(middleware::from_fn_with_state(app.identity.clone(), who));
    let replays = app
        .replays
        .routes()
        .layer(middleware::from_fn_with_state(app.live.clone(), replay::gate))
        .layer(middleware::from_fn_with_state(app.identity.clone(), identity::who));
    // Media is compressed already, and an event stream must not wait for a compressor's buffer.
    let worth_it = DefaultPredicate::new()
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("application/vnd.apple.mpegurl"))
        .and(NotForContentType::const_new("text/event-stream"));
    Ok(api
        .merge(pages)
        .merge(app.origin.routes())
        .merge(replays)
        .merge(app.health.clone().routes())
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(CompressionLayer::new().compress_when(worth_it))
        .layer(middleware::from_fn(headers::secure))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_mins(1)))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a handler panicked");
            Problem::new(500, "internal").into_response()
        }))
        .layer(TraceLayer::new_for_http().make_span_with(span)))
}

/// Asks who is behind a request, unless it is for a file that is the same for everybody: a page has dozens.
async fn who(identity: State<Identity>, request: Request<Body>, next: Next) -> Response {
    let path = request.uri().path();
    let file = ["/pictures/", "/assets/", "/console/_app/"].iter().any(|files| path.starts_with(files));
    if file && request.method().is_safe() {
        next.run(request).await
    } else {
        identity::who(identity, request, next).await
    }
}

/// Names the route, never the address: addresses carry tokens.
fn span<B>(request: &Request<B>) -> tracing::Span {
    let route = request.extensions().get::<axum::extract::MatchedPath>().map_or("", |path| path.as_str());
    tracing::debug_span!("request", method = %request.method(), route)
}
