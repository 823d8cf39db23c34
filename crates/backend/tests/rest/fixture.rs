//! A server with the tables of `schema.sql`, requests in one line, and a list of what differs: a run
//! shows every difference and not only the first.

use std::fmt::Write;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::wire::{Server, User, eventually};

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum As {
    Anon,
    Ada,
    Bob,
    Service,
}

pub(crate) struct Rest {
    pub(crate) server: Server,
    pub(crate) ada: User,
    pub(crate) bob: User,
    differences: String,
}

/// A request under way.
pub(crate) struct Ask<'a> {
    rest: &'a mut Rest,
    line: String,
    builder: reqwest::RequestBuilder,
    headers: HeaderMap,
}

/// An answer, to be compared.
pub(crate) struct Answer<'a> {
    rest: &'a mut Rest,
    line: String,
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Rest {
    pub(crate) async fn start() -> Self {
        let server = Server::start().await;
        let ada = server.user("ada").await;
        let bob = server.user("bob").await;
        sqlx::raw_sql(include_str!("schema.sql"))
            .execute(&server.pool)
            .await
            .unwrap();
        let rest = Self {
            server,
            ada,
            bob,
            differences: String::new(),
        };
        eventually("the new tables are served", async || {
            let asked = rest.request(As::Ada, Method::GET, "/conf_items?limit=0");
            asked.send().await.unwrap().status() == 200
        })
        .await;
        rest
    }

    /// Asks for `line`, for example `GET /items?id=eq.1`.
    pub(crate) fn ask(&mut self, who: As, line: &str) -> Ask<'_> {
        let (method, path) = line.split_once(' ').unwrap();
        let builder = self.request(who, method.parse().unwrap(), path);
        Ask {
            line: format!("{who:?} {line}"),
            builder,
            headers: HeaderMap::new(),
            rest: self,
        }
    }

    pub(crate) fn request(&self, who: As, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/rest/v1{path}", self.server.url);
        let key = match who {
            As::Service => &self.server.service_key,
            As::Anon | As::Ada | As::Bob => &self.server.anon_key,
        };
        let token = match who {
            As::Ada => &self.ada.token,
            As::Bob => &self.bob.token,
            As::Anon | As::Service => key,
        };
        let request = self.server.http.request(method, url);
        request.header("apikey", key).bearer_auth(token)
    }

    /// Fails with everything that differed.
    pub(crate) async fn end(self) {
        self.server.stop().await;
        assert!(self.differences.is_empty(), "{}", self.differences);
    }
}

impl<'a> Ask<'a> {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let name = HeaderName::from_static(name);
        self.headers
            .append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn prefer(self, value: &str) -> Self {
        self.header("prefer", value)
    }

    /// One row, or an error.
    pub(crate) fn single(self) -> Self {
        self.header("accept", "application/vnd.pgrst.object+json")
    }

    pub(crate) async fn json(mut self, body: Value) -> Answer<'a> {
        self.builder = self.builder.json(&body);
        self.send().await
    }

    pub(crate) async fn raw(mut self, body: &str) -> Answer<'a> {
        self.headers
            .append("content-type", HeaderValue::from_static("application/json"));
        self.builder = self.builder.body(body.to_owned());
        self.send().await
    }

    pub(crate) async fn send(self) -> Answer<'a> {
        let answer = self.builder.headers(self.headers).send().await.unwrap();
        Answer {
            rest: self.rest,
            line: self.line,
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }
}

impl Answer<'_> {
    pub(crate) fn status(self, expected: u16) -> Self {
        let found = self.status;
        self.same("status", &found, &expected)
    }

    /// The body is exactly this JSON.
    pub(crate) fn is(self, expected: &Value) -> Self {
        let found = self.value();
        self.same("body", &found, expected)
    }

    pub(crate) fn text(self, expected: &str) -> Self {
        let found = self.text.clone();
        self.same("text", &found.as_str(), &expected)
    }

    /// The header has this value; `""` means that it is absent.
    pub(crate) fn has(self, name: &str, expected: &str) -> Self {
        let found = self
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned());
        let found = found.unwrap_or_default();
        self.same(name, &found.as_str(), &expected)
    }

    /// The body is an error: status and code.
    pub(crate) fn error(self, status: u16, code: &str) -> Self {
        let body = self.value();
        let found = (
            self.status,
            body["code"].as_str().unwrap_or_default().to_owned(),
        );
        let whole = body.as_object().is_some_and(|body| {
            body.contains_key("message")
                && body.contains_key("details")
                && body.contains_key("hint")
        });
        self.same("error", &(found, whole), &((status, code.to_owned()), true))
    }

    /// A field of the body.
    pub(crate) fn field(self, pointer: &str, expected: &Value) -> Self {
        let body = self.value();
        let found = body.pointer(pointer).cloned().unwrap_or(Value::Null);
        self.same(pointer, &found, expected)
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    fn same<T: PartialEq + std::fmt::Debug>(self, what: &str, found: &T, expected: &T) -> Self {
        if found != expected {
            writeln!(
                self.rest.differences,
                "{}\n    {what}: {found:?}\n    expected: {expected:?}\n    answer: {} {}",
                self.line, self.status, self.text
            )
            .unwrap();
        }
        self
    }
}
