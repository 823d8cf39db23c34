//! A server of a few lines that says exactly the bytes it is told to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Listens until it is dropped.
pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers every request with the same bytes and closes.
    pub(crate) async fn answering(bytes: String) -> Self {
        Self::with(move |_| bytes.clone()).await
    }

    /// Answers each request with what the function makes of its head and body.
    pub(crate) async fn with(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::serving(move |mut stream: TcpStream, request: String| {
            let answer = answer(&request);
            async move {
                let _sent = stream.write_all(answer.as_bytes()).await;
                let _closed = stream.shutdown().await;
            }
        })
        .await
    }

    /// Takes requests and says nothing.
    pub(crate) async fn silent() -> Self {
        Self::serving(async |_stream: TcpStream, _| std::future::pending::<()>().await).await
    }

    /// Answers with JSON text that never ends.
    pub(crate) async fn flooding() -> Self {
        Self::serving(async |mut stream: TcpStream, _| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n\"";
            let _sent = stream.write_all(head.as_bytes()).await;
            let chunk = vec![b'a'; 1 << 20];
            while stream.write_all(&chunk).await.is_ok() {}
        })
        .await
    }

    /// Completes a WebSocket handshake and closes the connection.
    pub(crate) async fn upgrading_then_cut() -> Self {
        Self::serving(async |mut stream: TcpStream, request: String| {
            let key = request.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("sec-websocket-key")
                    .then_some(value)
            });
            use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
            let accept = derive_accept_key(key.unwrap_or_default().as_bytes());
            let head = format!(
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
                 sec-websocket-accept: {accept}\r\n\r\n"
            );
            let _sent = stream.write_all(head.as_bytes()).await;
        })
        .await
    }

    /// Address of the server.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Head and body of the latest request.
    pub(crate) fn last_request(&self) -> String {
        self.requests
            .lock()
            .unwrap()
            .last()
            .cloned()
            .unwrap_or_default()
    }

    async fn serving<F>(serve: impl Fn(TcpStream, String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let serve = Arc::new(serve);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (seen, serve) = (Arc::clone(&seen), Arc::clone(&serve));
                tokio::spawn(async move {
                    let request = read_request(&mut stream).await;
                    seen.lock().unwrap().push(request.clone());
                    serve(stream, request).await;
                });
            }
        });
        Self {
            port,
            requests,
            task,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An HTTP answer.
pub(crate) fn reply(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

/// Reads a request to the end of its body, so that closing afterwards resets nothing.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(read @ 1..) => bytes.extend_from_slice(&buffer[..read]),
            _ => return text,
        }
    }
}
