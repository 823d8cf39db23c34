//! From a query of the `postgrest` crate to a request of ours.
//!
//! That crate builds requests for reqwest 0.11. Method, URL, headers and body are copied into our own
//! client, so that its old TLS stack stays unused and all calls share one pool and its timeouts.

use postgrest::Builder;
use reqwest::{Method, RequestBuilder};
use url::Url;

use crate::Error;
use crate::project::Project;

/// A request in the name of a user. `prefer` replaces what the crate asks for: it knows neither
/// `return=minimal` nor `ignore-duplicates`.
pub(super) fn request(
    project: &Project,
    token: &str,
    query: Builder,
    prefer: Option<&str>,
) -> Result<RequestBuilder, Error> {
    build(query, prefer, |method, url| {
        project.request_as(token, method, url)
    })
}

/// A request with the public key alone.
pub(crate) fn plain_request(project: &Project, query: Builder) -> Result<RequestBuilder, Error> {
    build(query, None, |method, url| Ok(project.request(method, url)))
}

fn build(
    query: Builder,
    prefer: Option<&str>,
    start: impl FnOnce(Method, Url) -> Result<RequestBuilder, Error>,
) -> Result<RequestBuilder, Error> {
    let unbuildable = || Error::Decode("a query that could not be built");
    let built = query.build().build().map_err(|_| unbuildable())?;
    let method =
        Method::from_bytes(built.method().as_str().as_bytes()).map_err(|_| unbuildable())?;
    let url = Url::parse(built.url().as_str()).map_err(|_| unbuildable())?;
    let mut request = start(method, url)?;
    for (name, value) in built.headers() {
        if prefer.is_none() || name.as_str() != "prefer" {
            request = request.header(name.as_str(), value.as_bytes());
        }
    }
    if let Some(prefer) = prefer {
        request = request.header("prefer", prefer);
    }
    Ok(match built.body().and_then(|body| body.as_bytes()) {
        Some(body) if !body.is_empty() => request.body(body.to_vec()),
        _ => request,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Http;
    use crate::{Endpoint, Error};

    #[test]
    fn copies_everything_and_replaces_the_preference() {
        let endpoint = Endpoint {
            url: "http://h/base/".into(),
            anon_key: "anon".into(),
        };
        let project = Project::new(&endpoint, &Http::new().unwrap()).unwrap();
        let query = project
            .postgrest()
            .from("t")
            .upsert("{\"a\":1}")
            .on_conflict("a,b");
        let built = request(&project, "token", query, Some("return=minimal")).unwrap();
        let built = built.build().unwrap();
        assert_eq!(built.method(), "POST");
        assert_eq!(
            built.url().as_str(),
            "http://h/base/rest/v1/t?on_conflict=a%2Cb"
        );
        let all = |name: &str| -> Vec<String> {
            let values = built.headers().get_all(name).iter();
            values
                .map(|value| value.to_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(all("prefer"), ["return=minimal"]);
        assert_eq!(all("apikey"), ["anon"]);
        assert_eq!(all("authorization"), ["Bearer token"]);
        assert_eq!(all("content-type"), ["application/json"]);
        assert_eq!(built.body().unwrap().as_bytes().unwrap(), b"{\"a\":1}");
        assert!(!format!("{built:?}").contains("token\""));
    }

    #[test]
    fn a_query_without_a_user_carries_no_bearer() -> Result<(), Error> {
        let endpoint = Endpoint {
            url: "http://h".into(),
            anon_key: "anon".into(),
        };
        let project = Project::new(&endpoint, &Http::new()?)?;
        let query = project.postgrest().from("models").select("id");
        let built = plain_request(&project, query)?.build().unwrap();
        assert!(built.headers().get("authorization").is_none());
        assert!(built.body().is_none());
        Ok(())
    }
}
