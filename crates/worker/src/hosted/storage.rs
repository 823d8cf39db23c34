//! Objects: get, put and remove.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{CallError, Hosted};

impl Hosted {
    /// Writes an object, replacing what an earlier attempt may have left under the same name.
    pub(crate) async fn upload(
        &self,
        bucket: &str,
        path: &str,
        mime: &'static str,
        body: Bytes,
    ) -> Result<(), CallError> {
        let address = format!("{}/storage/v1/object/{bucket}/{path}", self.0.base);
        let request = self
            .0
            .http
            .post(address)
            .header("content-type", mime)
            // An image never changes under its name.
            .header("cache-control", "max-age=31536000")
            .header("x-upsert", "true")
            .body(body.clone());
        self.send(request).await?;
        self.0.recent.remember(bucket, path, &body);
        Ok(())
    }

    /// Reads an object.
    pub(crate) async fn download(&self, bucket: &str, path: &str) -> Result<Bytes, CallError> {
        let address = format!(
            "{}/storage/v1/object/authenticated/{bucket}/{path}",
            self.0.base
        );
        let response = self.send(self.0.http.get(address)).await?;
        response.bytes().await.map_err(CallError::away)
    }

    /// An address under which anybody may read an object for a while.
    pub(crate) async fn sign(
        &self,
        bucket: &str,
        path: &str,
        lasting: Duration,
    ) -> Result<String, CallError> {
        let address = format!("{}/storage/v1/object/sign/{bucket}/{path}", self.0.base);
        let body = json!({ "expiresIn": lasting.as_secs() });
        let response = self.send(self.0.http.post(address).json(&body)).await?;
        let bytes = response.bytes().await.map_err(CallError::away)?;
        let answer: Value = serde_json::from_slice(&bytes)
            .map_err(|error| CallError::Nonsense(error.to_string()))?;
        let signed = answer.get("signedURL").and_then(Value::as_str);
        let signed = signed.ok_or_else(|| CallError::Nonsense("no signedURL".to_owned()))?;
        Ok(format!("{}/storage/v1{signed}", self.0.base))
    }

    /// Whether providers elsewhere can reach the project.
    pub(crate) fn is_public(&self) -> bool {
        self.0.base.starts_with("https://")
    }

    /// Removes objects of one bucket; those that are not there count as removed.
    pub(crate) async fn remove(&self, bucket: &str, paths: &[&str]) -> Result<(), CallError> {
        let address = format!("{}/storage/v1/object/{bucket}", self.0.base);
        let request = self
            .0
            .http
            .delete(address)
            .json(&json!({ "prefixes": paths }));
        self.send(request).await?;
        Ok(())
    }
}
