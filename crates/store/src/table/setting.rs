//! Small values that belong to this library on this machine and are never sent.

use serde_json::Value;

use crate::convert::{from_json, json};
use crate::error::Result;
use crate::{Store, Tx};

impl Store {
    /// The value kept under `key`.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn setting(&self, key: &str) -> Result<Option<Value>> {
        let mut db = self.reader().await?;
        let text: Option<String> = sqlx::query_scalar("select value from setting where key = ?")
            .bind(key)
            .fetch_optional(&mut *db)
            .await?;
        text.map(|text| from_json(&text, "setting")).transpose()
    }
}

impl Tx {
    /// Keeps `value` under `key`, replacing what was there.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn set_setting(&mut self, key: &str, value: &Value) -> Result<()> {
        let sql = "insert into setting (key, value) values (?, ?)
                   on conflict (key) do update set value = excluded.value";
        sqlx::query(sql)
            .bind(key)
            .bind(json(value)?)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
