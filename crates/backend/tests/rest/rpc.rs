//! Functions: arguments, results, transactions, settings.

use serde_json::json;

use crate::fixture::{As, Rest};

#[tokio::test(flavor = "multi_thread")]
async fn functions_take_arguments_and_answer_by_their_type() {
    let mut rest = Rest::start().await;
    rest.ask(As::Ada, "POST /rpc/conf_add")
        .json(json!({ "a": 2, "b": 3 }))
        .await
        .status(200)
        .is(&json!(5));
    rest.ask(As::Ada, "POST /rpc/conf_add")
        .json(json!({ "a": 2 }))
        .await
        .status(200)
        .is(&json!(3));
    rest.ask(As::Ada, "GET /rpc/conf_add?a=2&b=40")
        .send()
        .await
        .status(200)
        .is(&json!(42));
    rest.ask(As::Ada, "HEAD /rpc/conf_add?a=2&b=40")
        .send()
        .await
        .status(200)
        .text("");
    rest.ask(As::Ada, "POST /rpc/conf_nothing")
        .json(json!({}))
        .await
        .status(204)
        .text("");
    rest.ask(As::Ada, "POST /rpc/conf_nothing")
        .send()
        .await
        .status(204);
    rest.ask(As::Ada, "POST /rpc/conf_one")
        .json(json!({ "p_id": 2 }))
        .await
        .status(200)
        .field("/name", &json!("two, (three)"));
    rest.ask(As::Ada, "POST /rpc/conf_one?select=id")
        .json(json!({ "p_id": 2 }))
        .await
        .status(200)
        .is(&json!({ "id": 2 }));
    rest.ask(
        As::Ada,
        "POST /rpc/conf_all?select=id&id=gt.1&order=id.desc&limit=1",
    )
    .json(json!({}))
    .await
    .status(200)
    .is(&json!([{ "id": 3 }]));
    rest.ask(As::Ada, "GET /rpc/conf_all?select=id&id=eq.1")
        .send()
        .await
        .status(200)
        .is(&json!([{ "id": 1 }]));
    rest.ask(As::Ada, "POST /rpc/conf_all?select=id&id=eq.1")
        .single()
        .json(json!({}))
        .await
        .status(200)
        .is(&json!({ "id": 1 }));
    rest.ask(As::Ada, "POST /rpc/conf_echo")
        .json(json!({ "any": ["thing", null] }))
        .await
        .status(200)
        .is(&json!({ "any": ["thing", null] }));
    rest.ask(As::Ada, "POST /rpc/conf_named")
        .json(json!({ "p_doc": { "a": [1] }, "p_list": [], "p_numbers": [0.5] }))
        .await
        .status(200)
        .is(&json!({ "doc": { "a": [1] }, "list": [], "numbers": [0.5] }));
    rest.ask(As::Ada, "POST /rpc/conf_named")
        .json(json!({ "p_doc": {}, "p_list": ["a,b", "c \"d\"", "{e}"], "p_numbers": null }))
        .await
        .status(200)
        .is(&json!({ "doc": {}, "list": ["a,b", "c \"d\"", "{e}"], "numbers": null }));
    rest.ask(As::Ada, "POST /rpc/conf_named")
        .json(json!({ "p_doc": "text", "p_list": ["é", "x\\y"] }))
        .await
        .status(200)
        .is(&json!({ "doc": "text", "list": ["é", "x\\y"], "numbers": null }));
    // Null where null is not the default cannot be passed; see the decision.
    rest.ask(As::Ada, "POST /rpc/conf_add")
        .json(json!({ "a": 1, "b": null }))
        .await
        .error(501, "PGRST127");
    rest.ask(As::Ada, "POST /rpc/conf_named")
        .json(json!({ "p_doc": "text", "p_list": ["é", "x\\y"] }))
        .await
        .status(200)
        .is(&json!({ "doc": "text", "list": ["é", "x\\y"], "numbers": null }));
    // Null where null is not the default cannot be passed; the decision names it.
    rest.ask(As::Ada, "POST /rpc/conf_add")
        .json(json!({ "a": 1, "b": null }))
        .await
        .error(501, "PGRST127");
    rest.ask(As::Ada, "POST /rpc/conf_missing")
        .json(json!({}))
        .await
        .error(404, "PGRST202");
    rest.ask(As::Ada, "POST /rpc/conf_add")
        .json(json!({ "wrong": 1 }))
        .await
        .error(404, "PGRST202");
    rest.ask(As::Ada, "POST /rpc/conf_over")
        .json(json!({ "p": 1 }))
        .await
        .error(300, "PGRST203");
    rest.ask(As::Ada, "POST /rpc/conf_add")
        .json(json!({ "a": "x" }))
        .await
        .error(400, "22P02");
    rest.ask(As::Ada, "PATCH /rpc/conf_add")
        .json(json!({ "a": 1 }))
        .await
        .error(405, "PGRST101");
    rest.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_see_the_caller_and_may_shape_the_answer() {
    let mut rest = Rest::start().await;
    let ada = rest.ada.id.clone();
    rest.ask(As::Ada, "POST /rpc/conf_claims")
        .header("x-conf", "h")
        .json(json!({}))
        .await
        .status(200)
        .field("/role", &json!("authenticated"))
        .field("/uid", &json!(ada))
        .field("/claims/sub", &json!(ada))
        .field("/claims/role", &json!("authenticated"))
        .field("/claims/email", &json!("ada@example.org"))
        .field("/method", &json!("POST"))
        .field("/path", &json!("/rpc/conf_claims"))
        .field("/timeout", &json!("8s"))
        .field("/header", &json!("h"));
    rest.ask(As::Anon, "GET /rpc/conf_claims")
        .send()
        .await
        .status(200)
        .field("/role", &json!("anon"))
        .field("/uid", &json!(null))
        .field("/timeout", &json!("3s"))
        .field("/claims/role", &json!("anon"));
    rest.ask(As::Service, "POST /rpc/conf_claims")
        .json(json!({}))
        .await
        .field("/role", &json!("service_role"));
    rest.ask(As::Ada, "POST /rpc/conf_respond")
        .json(json!({}))
        .await
        .status(418)
        .is(&json!({ "is": "tea" }))
        .has("x-conf", "tea");
    rest.ask(As::Ada, "POST /rpc/conf_write")
        .json(json!({}))
        .await
        .status(200)
        .is(&json!(1));
    rest.ask(As::Ada, "GET /rpc/conf_write")
        .send()
        .await
        .error(405, "25006");
    rest.ask(As::Ada, "GET /conf_parts?id=eq.100&select=id")
        .send()
        .await
        .is(&json!([{ "id": 100 }]));
    rest.end().await;
}
