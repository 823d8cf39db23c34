//! Requests to `/auth/v1` in one line.

use serde_json::{Value, json};

use crate::wire::Server;

/// The password of every account here.
pub(crate) const PASSWORD: &str = "correct horse";

/// An answer: status and body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn text(&self, pointer: &str) -> String {
        let value = self.body.pointer(pointer).and_then(Value::as_str);
        value
            .unwrap_or_else(|| panic!("{pointer} in {self:?}"))
            .to_owned()
    }

    /// Status and code of a refusal in the modern shape.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }
}

impl Server {
    /// Asks in API version 2024-01-01, as auth-js does.
    pub(crate) async fn auth(&self, line: &str, token: Option<&str>, body: Value) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let url = format!("{}/auth/v1{path}", self.url);
        let mut asked = self.http.request(method.parse().unwrap(), url);
        asked = asked
            .header("apikey", &self.anon_key)
            .header("x-supabase-api-version", "2024-01-01");
        asked = asked.bearer_auth(token.unwrap_or(&self.anon_key));
        if !body.is_null() {
            asked = asked.json(&body);
        }
        let answer = asked.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, body }
    }

    pub(crate) async fn sign_up(&self, email: &str) -> Answer {
        self.auth(
            "POST /signup",
            None,
            json!({ "email": email, "password": PASSWORD }),
        )
        .await
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.auth(
            "POST /token?grant_type=password",
            None,
            json!({ "email": email, "password": password }),
        )
        .await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.auth(
            "POST /token?grant_type=refresh_token",
            None,
            json!({ "refresh_token": token }),
        )
        .await
    }

    pub(crate) async fn me(&self, token: &str) -> Answer {
        self.auth("GET /user", Some(token), Value::Null).await
    }
}
