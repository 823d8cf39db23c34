//! Objects: get, put and remove.

use bytes::Bytes;
use serde_json::json;

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
            .body(body);
        self.send(request).await?;
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
