//! A server's address, taken apart once, with the headers every request to it carries.

use std::sync::Arc;

use postgrest::Postgrest;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use url::{Host, Url};

use crate::http::Http;
use crate::{Endpoint, Error, Mismatch};

/// Header that Supabase counts client versions by.
const CLIENT_INFO: &str = concat!("amethyst/", env!("CARGO_PKG_VERSION"));

/// A reachable project.
pub(crate) struct Project {
    base: Url,
    key: HeaderValue,
    client: Client,
    /// Builds queries; its own client never opens a socket.
    postgrest: Postgrest,
}

impl Project {
    /// # Errors
    /// [`Error::NotSupabase`] when the URL or the key cannot be used.
    pub(crate) fn new(endpoint: &Endpoint, http: &Http) -> Result<Arc<Self>, Error> {
        let refuse = |mismatch| Error::NotSupabase {
            status: None,
            content_type: None,
            mismatch,
        };
        let mut base = Url::parse(endpoint.url.trim()).map_err(|_| refuse(Mismatch::Address))?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(refuse(Mismatch::Address));
        }
        base.set_query(None);
        base.set_fragment(None);
        let mut key =
            HeaderValue::from_str(endpoint.anon_key.trim()).map_err(|_| refuse(Mismatch::Key))?;
        key.set_sensitive(true);
        let rest = joined(&base, &["rest", "v1"]);
        Ok(Arc::new(Self {
            client: http.client(is_loopback(&base)).clone(),
            postgrest: Postgrest::new(rest),
            base,
            key,
        }))
    }

    /// URL below the project's address; each part is encoded.
    pub(crate) fn url(&self, parts: &[&str]) -> Url {
        joined(&self.base, parts)
    }

    /// The query builder for `/rest/v1`.
    pub(crate) fn postgrest(&self) -> &Postgrest {
        &self.postgrest
    }

    /// The public key, as text.
    pub(crate) fn key(&self) -> &str {
        self.key.to_str().unwrap_or_default()
    }

    /// A request with the gateway's key.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client
            .request(method, url)
            .header("apikey", self.key.clone())
            .header("x-client-info", CLIENT_INFO)
    }

    /// A request in the name of a user.
    ///
    /// # Errors
    /// [`Error::Decode`] when the token cannot stand in a header.
    pub(crate) fn request_as(
        &self,
        token: &str,
        method: Method,
        url: Url,
    ) -> Result<RequestBuilder, Error> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| Error::Decode("sign-in: a token"))?;
        bearer.set_sensitive(true);
        Ok(self.request(method, url).header(AUTHORIZATION, bearer))
    }
}

fn joined(base: &Url, parts: &[&str]) -> Url {
    let mut url = base.clone();
    // Only URLs that cannot be a base have no segments; http and https always can.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    url
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(url: &str) -> Result<Arc<Project>, Error> {
        let endpoint = Endpoint {
            url: url.to_owned(),
            anon_key: "key".to_owned(),
        };
        Project::new(&endpoint, &Http::new().unwrap())
    }

    #[test]
    fn addresses_are_taken_as_people_type_them() {
        for url in ["http://h:1", "http://h:1/", " http://h:1/?a=b#c "] {
            let url = project(url).unwrap().url(&["auth", "v1", "a b/c"]);
            assert_eq!(url.as_str(), "http://h:1/auth/v1/a%20b%2Fc");
        }
        assert_eq!(
            project("https://h/x/").unwrap().url(&["a"]).as_str(),
            "https://h/x/a"
        );
        for url in ["", "h:1", "ftp://h", "/path", "http://"] {
            let refused = project(url);
            assert!(
                matches!(
                    refused,
                    Err(Error::NotSupabase {
                        mismatch: Mismatch::Address,
                        ..
                    })
                ),
                "{url}"
            );
        }
    }

    #[test]
    fn this_machine_needs_no_proxy() {
        for (url, expected) in [
            ("http://127.0.0.1:5", true),
            ("http://localhost", true),
            ("http://[::1]:5", true),
            ("https://a.supabase.co", false),
            ("http://192.168.0.2", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn a_token_that_could_split_a_header_is_refused() {
        let project = project("http://h").unwrap();
        let request = project.request_as("a\r\nb: c", Method::GET, project.url(&["x"]));
        assert!(matches!(request, Err(Error::Decode(_))));
    }
}
