//! What a worker does, in the fewest calls: claim, upload, complete. Speaks to the backend as workers
//! do, with the service key.

use amethyst_testkit::TestBackend;
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

/// A finished image.
pub(crate) struct Painted {
    pub(crate) image: Uuid,
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
}

/// Completes the one request that waits with one image of `size` bytes.
pub(crate) async fn paint(backend: &TestBackend, size: usize) -> Painted {
    let worker = Worker {
        client: client(),
        backend,
    };
    let claimed = worker
        .call("claim_generation", json!({ "p_worker": "test" }))
        .await;
    let job = &claimed[0];
    let (user, prompt) = (
        job["user_id"].as_str().unwrap(),
        job["id"].as_str().unwrap(),
    );
    let image = Uuid::now_v7();
    let path = format!("{user}/{prompt}/{image}.webp");
    let content: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
    worker.upload(&path, content.clone()).await;
    let file = json!({
        "variant": "original", "path": path, "bytes": size, "width": 64, "height": 64,
        "blake3": "0".repeat(64),
    });
    let images = json!([{
        "storage_path": path,
        "public_url": format!("/storage/v1/object/authenticated/generated-images/{path}"),
        "thumbnail_url": null, "width": 64, "height": 64, "format": "webp", "size_bytes": size,
        "nsfw_score": 0, "metadata": { "seed": 9 },
        "technical_metadata": { "files": [file], "dominant_color": "#102030", "seed": 9 },
    }]);
    let lease = &job["lease_token"];
    let arguments = json!({ "p_prompt_id": prompt, "p_lease_token": lease, "p_images": images });
    let completed = worker.call("complete_generation", arguments).await;
    assert_eq!(completed["completed"], true, "{completed}");
    Painted {
        image,
        path,
        content,
    }
}

struct Worker<'a> {
    client: Client,
    backend: &'a TestBackend,
}

impl Worker<'_> {
    async fn call(&self, function: &str, arguments: Value) -> Value {
        let url = format!("{}/rest/v1/rpc/{function}", self.backend.url());
        let request = self.client.post(url).json(&arguments);
        let answer = self.send(request).await;
        answer.json().await.unwrap()
    }

    async fn upload(&self, path: &str, content: Vec<u8>) {
        let url = format!(
            "{}/storage/v1/object/generated-images/{path}",
            self.backend.url()
        );
        let request = self
            .client
            .post(url)
            .header("content-type", "image/webp")
            .body(content);
        self.send(request).await;
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let key = self.backend.service_role_key();
        let answer = request
            .header("apikey", key)
            .bearer_auth(key)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        assert!(
            status.is_success(),
            "{status}: {}",
            answer.text().await.unwrap()
        );
        answer
    }
}

pub(crate) fn client() -> Client {
    // Remotes choose the provider of cryptography; one must exist before any client.
    let _remote = amethyst_remote::Remote::new(None).unwrap();
    Client::builder().no_proxy().build().unwrap()
}
