//! Building the crate's router and passing requests through it.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use postrust_core::AppConfig;
use tower::ServiceExt;

use super::correct::{Asked, correct};
use super::error::bad_token;
use super::query::readable;
use super::{catalog, guard, nulls};
use crate::app::App;
use crate::claims::Caller;
use crate::keys::JwtError;

/// A hair beyond which PostgREST's tolerance for expired tokens, which the gateway granted, would end in
/// the crate, which grants none.
const HANDED_OVER_SECONDS: i64 = 60;

/// Rows that one answer holds at most, as on a hosted project.
const MAX_ROWS: i64 = 1000;

/// The REST server, ready to answer.
#[derive(Clone)]
pub(crate) struct Rest {
    app: App,
    inner: Router,
}

impl Rest {
    /// Connects as `authenticator` and reads the schema.
    pub(crate) async fn build(app: App, authenticator_url: String) -> anyhow::Result<Self> {
        catalog::lay(app.pool()).await?;
        let mut config = AppConfig::default();
        config.db_pre_request = Some(catalog::PRE_REQUEST.to_owned());
        config.db_uri = authenticator_url;
        config.db_schemas = vec!["public".to_owned()];
        config.db_extra_search_path = vec!["public".to_owned(), "extensions".to_owned()];
        config.db_anon_role = Some("anon".to_owned());
        config.db_pool_size = 10;
        config.db_channel = "pgrst".to_owned();
        config.db_channel_enabled = true;
        config.db_max_rows = Some(MAX_ROWS);
        config.compat_mode = true;
        // Tokens were verified by the gateway; what it hands over is signed with a secret that only
        // the two of them know.
        config.jwt_secret = Some(app.keys().internal_secret());
        let host = postrust_server::Host::SERVER;
        let built = postrust_server::Builder::new(config, host).build().await?;
        Ok(Self {
            app,
            inner: built.router,
        })
    }
}

/// The routes of `/rest/v1`.
pub(crate) fn router(rest: Rest) -> Router {
    Router::new().fallback(pass).with_state(rest)
}

async fn pass(State(rest): State<Rest>, mut request: Request) -> Response {
    let caller = match request
        .extensions_mut()
        .remove::<Result<Caller, JwtError>>()
    {
        Some(Ok(caller)) => caller,
        Some(Err(error)) => return bad_token(&error),
        None => return bad_token(&JwtError::Role),
    };
    let (method, uri) = (request.method(), request.uri());
    let refusal = guard::refuse_path(uri.path())
        .or_else(|| guard::refuse_whole_table(method, uri.path(), uri.query()));
    if let Some(refusal) = refusal {
        return refusal;
    }
    let asked = Asked {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        counts: counts(&request),
        role: caller.role.clone(),
    };
    introduce(&rest.app, caller, &mut request);
    make_readable(&mut request);
    let request = match nulls::leave_out(rest.app.pool(), request).await {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    let response = match rest.inner.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    correct(rest.app.pool(), &asked, response).await
}

/// Puts a token in the place of the client's, which may be an opaque key or signed with ES256.
fn introduce(app: &App, mut caller: Caller, request: &mut Request) {
    let now = app.clock().now().timestamp();
    if caller.claims["exp"]
        .as_i64()
        .is_some_and(|exp| exp < now + HANDED_OVER_SECONDS)
    {
        caller.claims["exp"] = (now + HANDED_OVER_SECONDS).into();
    }
    let token = app.keys().sign_internal(&caller.claims);
    if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
}

fn make_readable(request: &mut Request) {
    let Some(query) = request.uri().query() else {
        return;
    };
    let fixed = readable(query);
    if fixed != query
        && let Ok(uri) = format!("{}?{fixed}", request.uri().path()).parse()
    {
        *request.uri_mut() = uri;
    }
}

fn counts(request: &Request) -> bool {
    let preferences = request.headers().get_all("prefer");
    let mut preferences = preferences.iter().filter_map(|value| value.to_str().ok());
    preferences.any(|text| text.contains("count="))
}
