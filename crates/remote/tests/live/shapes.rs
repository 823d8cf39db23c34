//! The fixtures in `tests/fixtures/wire` against what the server really sends: the same fields of the
//! same types, so that what the unit tests read is what comes over the wire.

use amethyst_testkit::TestBackend;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::painter::{client, paint};
use crate::world::{PASSWORD, draft, new_id, remote};

/// Fields whose content is free.
const FREE: [&str; 5] = [
    "metadata",
    "technical_metadata",
    "user_metadata",
    "app_metadata",
    "identity_data",
];

fn fixture(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/wire");
    let text = fs_err::read_to_string(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Fails with the place where the two differ in form. Lists are compared by their first entries.
fn assert_same_shape(place: &str, known: &Value, sent: &Value) {
    match (known, sent) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(known), Value::Object(sent)) => {
            let names = |map: &serde_json::Map<String, Value>| {
                let mut names: Vec<String> = map.keys().cloned().collect();
                names.sort();
                names
            };
            assert_eq!(names(known), names(sent), "{place}");
            for (name, value) in known
                .iter()
                .filter(|(name, _)| !FREE.contains(&name.as_str()))
            {
                assert_same_shape(&format!("{place}.{name}"), value, &sent[name]);
            }
        }
        (Value::Array(known), Value::Array(sent)) => {
            if let (Some(known), Some(sent)) = (known.first(), sent.first()) {
                assert_same_shape(&format!("{place}[0]"), known, sent);
            }
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        _ => panic!("{place}: {known} was recorded, {sent} was sent"),
    }
}

struct Caller<'a> {
    client: Client,
    backend: &'a TestBackend,
}

impl Caller<'_> {
    fn post(&self, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.backend.url());
        let request = self
            .client
            .post(url)
            .header("apikey", self.backend.anon_key());
        request.header("x-supabase-api-version", "2024-01-01")
    }
}

async fn answer(request: RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn the_server_sends_what_was_recorded() {
    let backend = TestBackend::start().await.unwrap();
    let caller = Caller {
        client: client(),
        backend: &backend,
    };
    let account =
        json!({ "email": "lea@example.org", "password": PASSWORD, "data": { "language": "fr" } });
    let session = answer(caller.post("/auth/v1/signup").json(&account)).await;
    assert_same_shape("auth_session", &fixture("auth_session"), &session);
    let wrong = json!({ "email": "lea@example.org", "password": "wrong" });
    let refused = caller
        .post("/auth/v1/token?grant_type=password")
        .json(&wrong);
    assert_eq!(answer(refused).await, fixture("auth_error"));

    let token = session["access_token"].as_str().unwrap().to_owned();
    let rest = remote(&backend).rest(&token);
    rest.request_generation(new_id(), &draft("un renard"), 1)
        .await
        .unwrap();
    paint(&backend, 100).await;
    let pull = caller
        .post("/rest/v1/rpc/pull_changes")
        .bearer_auth(&token)
        .json(&json!({}));
    let page = answer(pull).await;
    let mut known = fixture("rest_pull_changes");
    let rows = known["changes"].as_array_mut().unwrap().clone();
    for table in [
        "profiles",
        "models",
        "prompts",
        "generated_images",
        "credit_transactions",
    ] {
        let of_table = |changes: &Value| {
            let changes = changes.as_array().unwrap().iter();
            changes
                .clone()
                .find(|change| change["table"] == table)
                .unwrap()
                .clone()
        };
        let recorded = of_table(&Value::Array(rows.clone()));
        assert_same_shape(table, &recorded, &of_table(&page["changes"]));
    }
    known["changes"] = json!([]);
    assert_same_shape("rest_pull_changes", &known, &page);

    let mut arguments = fixture("rest_request_generation_arguments");
    let requested = caller
        .post("/rest/v1/rpc/request_generation")
        .bearer_auth(&token);
    let requested = answer(requested.json(&arguments)).await;
    assert_same_shape("requested", &fixture("rest_request_generation"), &requested);
    arguments["p_id"] = json!(new_id());
    arguments["p_num_outputs"] = json!(4);
    arguments["p_max_cost"] = json!(2);
    let refused = caller
        .post("/rest/v1/rpc/request_generation")
        .bearer_auth(&token);
    let refused = answer(refused.json(&arguments)).await;
    assert_eq!(refused, fixture("rest_error_price_changed"));

    let missing = caller.client.get(format!(
        "{}/storage/v1/object/authenticated/generated-images/a/b/c.webp",
        backend.url()
    ));
    let missing = missing
        .header("apikey", backend.anon_key())
        .bearer_auth(&token);
    assert_eq!(answer(missing).await, fixture("storage_error_not_found"));
}

#[tokio::test]
async fn accounts_that_wait_for_a_mail_are_sent_as_recorded() {
    let backend = TestBackend::without_autoconfirm().await.unwrap();
    let caller = Caller {
        client: client(),
        backend: &backend,
    };
    let account =
        json!({ "email": "lea@example.org", "password": PASSWORD, "data": { "language": "fr" } });
    let sign_up = async || answer(caller.post("/auth/v1/signup").json(&account)).await;
    assert_same_shape(
        "unconfirmed",
        &fixture("auth_user_unconfirmed"),
        &sign_up().await,
    );
    let code = backend.code_mailed_to("lea@example.org").await;
    let auth = remote(&backend).auth();
    auth.verify(
        "lea@example.org",
        &code,
        amethyst_remote::VerifyKind::Signup,
    )
    .await
    .unwrap();
    let taken = sign_up().await;
    assert_same_shape("taken", &fixture("auth_user_taken"), &taken);
    assert_eq!(taken["identities"], json!([]));
}
