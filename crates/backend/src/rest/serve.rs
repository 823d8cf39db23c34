//! Building the crate's router and passing requests through it.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use postrust_core::AppConfig;
use tower::ServiceExt;

use super::correct::{Asked, correct};
use super::error::bad_token;
use super::query::unquote_columns;
use crate::app::App;
use crate::claims::Caller;
use crate::keys::JwtError;

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
        let mut config = AppConfig::default();
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
    let token = rest.app.keys().sign_internal(&caller.claims);
    if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    if let Some(query) = request.uri().query() {
        let fixed = unquote_columns(query);
        if fixed != query {
            let path = request.uri().path();
            if let Ok(uri) = format!("{path}?{fixed}").parse() {
                *request.uri_mut() = uri;
            }
        }
    }
    let asked = Asked {
        method: request.method().clone(),
        role: caller.role,
    };
    let response = match rest.inner.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    correct(&asked, response).await
}
