//! The routes, the address and the end.

use std::io::{Read, Write};
use std::path::PathBuf;

use amethyst_engine::Core;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::calls::{call, subscribe};
use crate::media::media;
use crate::token::{Token, require_token};

/// Serves until standard input closes or the process is told to end. Prints the page's address, token
/// included, as the one line on standard output.
pub(crate) async fn serve(core: Core, ui: PathBuf, port: u16) -> anyhow::Result<()> {
    let token = Token::random();
    let guarded = Router::new()
        .route("/call/{name}", post(call))
        .route("/subscribe", get(subscribe))
        .route("/media/{id}", get(media))
        .layer(from_fn_with_state(token.clone(), require_token))
        .with_state(core);
    let no_cache = SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache"),
    );
    let pages = Router::new()
        .fallback_service(ServeDir::new(ui))
        .layer(no_cache);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    let mut out = std::io::stdout();
    writeln!(out, "http://{address}/?token={token}")?;
    out.flush()?;
    axum::serve(listener, guarded.merge(pages))
        .with_graceful_shutdown(told_to_end())
        .await?;
    Ok(())
}

/// Whoever started the bridge holds its standard input; when that closes, nobody needs it any more.
async fn told_to_end() {
    let closed = async {
        stdin_closed().await;
    };
    tokio::select! {
        () = closed => {}
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

/// Reads standard input on a thread of its own: a read of tokio's would hold up the end of the program
/// when something else ends it.
async fn stdin_closed() {
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut buffer = [0_u8; 64];
        while std::io::stdin()
            .read(&mut buffer)
            .is_ok_and(|read| read > 0)
        {}
        drop(tell);
    });
    // The sender only ever goes away.
    let _closed = told.await;
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut stream) => {
            stream.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
