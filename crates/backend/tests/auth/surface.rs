//! What the service says of itself, its keys, the gateway before it, and what it does not serve.

use amethyst_backend::JwtAlgorithm;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::wire::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_served_key_verifies_access_tokens() {
    let server = Server::start().await;
    let session = server.sign_up("ada@example.org").await;
    let token = session.text("/access_token");
    let keys = server
        .http
        .get(format!("{}/auth/v1/.well-known/jwks.json", server.url))
        .send()
        .await
        .unwrap();
    assert_eq!(keys.headers()["cache-control"], "public, max-age=600");
    let keys: JwkSet = keys.json().await.unwrap();
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&["authenticated"]);
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation)
        .unwrap()
        .claims;
    assert_eq!(claims["sub"], session.body["user"]["id"]);
    assert_eq!(claims["role"], "authenticated");
    assert_eq!(claims["aal"], "aal1");
    assert_eq!(claims["iss"], format!("{}/auth/v1", server.url));
    assert_eq!(claims["amr"][0]["method"], "password");
    assert!(claims["session_id"].is_string() && claims["is_anonymous"] == false);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_projects_sign_with_the_shared_secret() {
    let server = Server::with(|config| config.jwt_algorithm = JwtAlgorithm::Hs256).await;
    let token = server
        .sign_up("ada@example.org")
        .await
        .text("/access_token");
    assert_eq!(
        jsonwebtoken::decode_header(&token).unwrap().alg,
        Algorithm::HS256
    );
    let keys = server
        .auth("GET /.well-known/jwks.json", None, Value::Null)
        .await;
    assert_eq!(keys.body, json!({ "keys": [] }));
    assert_eq!(server.me(&token).await.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_gaps_are_told_plainly() {
    let server = Server::with(|config| config.autoconfirm = false).await;
    let settings = server.auth("GET /settings", None, Value::Null).await;
    assert_eq!(settings.body["mailer_autoconfirm"], false);
    assert_eq!(settings.body["external"]["email"], true);
    assert_eq!(
        server.auth("GET /health", None, Value::Null).await.body["name"],
        "GoTrue"
    );
    for line in [
        "POST /otp",
        "GET /authorize?provider=github",
        "POST /factors",
        "GET /admin/users",
        "POST /magiclink",
    ] {
        let answer = server.auth(line, None, json!({})).await;
        assert_eq!(answer.status, 501, "{line}");
        assert!(answer.text("/message").contains("not served"), "{answer:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_wants_a_key_and_answers_browsers() {
    let server = Server::start().await;
    let url = format!("{}/auth/v1/settings", server.url);
    let ask = |key: Option<&str>| {
        let asked = server.http.get(&url);
        match key {
            Some(key) => asked.header("apikey", key),
            None => asked,
        }
        .send()
    };
    assert_eq!(ask(None).await.unwrap().status(), 401);
    for wrong in ["", "nonsense", "sb_publishable_wrong"] {
        assert_eq!(ask(Some(wrong)).await.unwrap().status(), 401, "{wrong}");
    }
    let keys = fs_err::read_to_string(server.data_dir().join("keys.json")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    let publishable = keys["publishable_key"].as_str().unwrap();
    assert_eq!(ask(Some(publishable)).await.unwrap().status(), 200);
    let in_query = server
        .http
        .get(format!("{url}?apikey={}", server.anon_key))
        .send()
        .await
        .unwrap();
    assert_eq!(in_query.status(), 200);
    // supabase-js sends an opaque key as a token too.
    let models = server
        .http
        .get(format!("{}/rest/v1/models?select=id&limit=1", server.url));
    let models = models
        .header("apikey", publishable)
        .bearer_auth(publishable)
        .send()
        .await
        .unwrap();
    assert_eq!(models.status(), 200);

    let preflight = server
        .http
        .request(reqwest::Method::OPTIONS, &url)
        .header("origin", "http://localhost:5173")
        .header("access-control-request-method", "PUT")
        .header(
            "access-control-request-headers",
            "authorization,apikey,x-client-info",
        );
    let preflight = preflight.send().await.unwrap();
    assert_eq!(preflight.status(), 200);
    let headers = preflight.headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(
        headers["access-control-allow-headers"],
        "authorization,apikey,x-client-info"
    );
    for path in [
        "/rest/v1/models?select=id",
        "/auth/v1/settings",
        "/storage/v1/bucket",
    ] {
        let asked = server
            .http
            .get(format!("{}{path}", server.url))
            .header("apikey", &server.anon_key);
        let answer = asked
            .header("origin", "http://localhost:5173")
            .send()
            .await
            .unwrap();
        let origins: Vec<_> = answer
            .headers()
            .get_all("access-control-allow-origin")
            .iter()
            .collect();
        assert_eq!(origins, ["*"], "{path}");
    }
    server.stop().await;
}
