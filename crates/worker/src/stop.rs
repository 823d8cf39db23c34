//! When to stop: a signal, or the end of standard input.

use tokio::sync::oneshot;

/// Completes when the process is asked to end: SIGINT or SIGTERM (Ctrl-C on Windows), or, if `stdin` is set,
/// when standard input closes because the parent is gone or wants it so.
pub async fn stop_requested(stdin: bool) {
    let closed = async {
        if stdin {
            end_of_stdin().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = signal() => {}
        () = closed => {}
    }
}

async fn end_of_stdin() {
    let (sender, receiver) = oneshot::channel();
    // A thread of its own: the runtime would wait for a blocked read when it ends.
    let reader = std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            let _ = sender.send(());
        });
    match reader {
        Ok(_) => {
            let _ = receiver.await;
        }
        Err(error) => {
            tracing::error!(%error, "cannot watch standard input");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "cannot watch a signal");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => {}
        () = wait(SignalKind::terminate()) => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot watch Ctrl-C");
        std::future::pending::<()>().await;
    }
}
