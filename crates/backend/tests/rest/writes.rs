//! POST, PATCH, PUT, DELETE: statuses, bodies, upserts, row-level security.

use serde_json::json;

use crate::fixture::{As, Rest};

#[tokio::test(flavor = "multi_thread")]
async fn inserts_answer_as_asked() {
    let mut rest = Rest::start().await;
    rest.ask(As::Ada, "POST /conf_items")
        .json(json!({ "id": 10, "name": "ten" }))
        .await
        .status(201)
        .text("");
    rest.ask(As::Ada, "POST /conf_items")
        .prefer("return=minimal")
        .json(json!({ "id": 11, "name": "n" }))
        .await
        .status(201)
        .text("")
        .has("preference-applied", "return=minimal");
    rest.ask(As::Ada, "POST /conf_items")
        .prefer("return=headers-only")
        .json(json!({ "id": 12, "name": "n" }))
        .await
        .status(201)
        .text("")
        .has("location", "/conf_items?id=eq.12");
    rest.ask(As::Ada, "POST /conf_items?select=id,mood")
        .prefer("return=representation")
        .json(json!({ "id": 13, "name": "n" }))
        .await
        .status(201)
        .is(&json!([{ "id": 13, "mood": "calm" }]))
        .has("preference-applied", "return=representation");
    rest.ask(As::Ada, "POST /conf_items?select=id")
        .prefer("return=representation")
        .single()
        .json(json!({ "id": 14, "name": "n" }))
        .await
        .status(201)
        .is(&json!({ "id": 14 }));
    rest.ask(As::Ada, "POST /conf_items?select=id,tags,extra,price::text").prefer("return=representation")
        .json(json!([{ "id": 15, "name": "n", "tags": ["x", "y"], "extra": { "a": [1] }, "price": "4.25" }])).await
        .status(201).is(&json!([{ "id": 15, "tags": ["x", "y"], "extra": { "a": [1] }, "price": "4.25" }]));
    // supabase-js quotes the names.
    rest.ask(
        As::Ada,
        "POST /conf_items?columns=\"id\",\"name\"&select=id,note",
    )
    .prefer("return=representation")
    .json(json!([{ "id": 16, "name": "a", "note": "left out" }, { "id": 17, "name": "b" }]))
    .await
    .status(201)
    .is(&json!([{ "id": 16, "note": null }, { "id": 17, "note": null }]));
    rest.ask(
        As::Ada,
        "POST /conf_items?columns=id,name,mood&select=id,mood",
    )
    .prefer("return=representation, missing=default")
    .json(json!([{ "id": 18, "name": "a" }]))
    .await
    .status(201)
    .is(&json!([{ "id": 18, "mood": "calm" }]));
    rest.ask(As::Ada, "POST /conf_items?columns=id,name,mood")
        .json(json!([{ "id": 19, "name": "a" }]))
        .await
        .error(400, "23502");
    rest.ask(As::Ada, "POST /conf_items")
        .json(json!([{ "id": 20, "name": "a" }, { "id": 21 }]))
        .await
        .error(400, "PGRST102")
        .field("/message", &json!("All object keys must match"));
    rest.ask(As::Ada, "POST /conf_items?select=id")
        .prefer("return=representation")
        .json(json!([]))
        .await
        .status(201)
        .is(&json!([]));
    rest.ask(As::Ada, "POST /conf_items")
        .json(json!([]))
        .await
        .status(201)
        .text("");
    rest.ask(As::Ada, "POST /conf_items")
        .prefer("count=exact")
        .json(json!([{ "id": 22, "name": "a" }, { "id": 23, "name": "b" }]))
        .await
        .status(201)
        // PostgREST would say */2; the decision names it.
        .has("content-range", "*/*");
    rest.ask(As::Ada, "POST /conf_items")
        .raw("{not json")
        .await
        .error(400, "PGRST102");
    rest.ask(As::Ada, "POST /conf_items")
        .raw("")
        .await
        .error(400, "PGRST102");
    rest.ask(As::Ada, "POST /conf_items")
        .json(json!({ "id": 30, "name": "x", "nope": 1 }))
        .await
        .error(400, "PGRST204")
        .field(
            "/message",
            &json!("Could not find the 'nope' column of 'conf_items' in the schema cache"),
        );
    rest.ask(As::Ada, "POST /conf_items?columns=id,nope")
        .json(json!({ "id": 30 }))
        .await
        .error(400, "PGRST204");
    rest.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn upserts_insert_change_or_leave() {
    let mut rest = Rest::start().await;
    let merge = "resolution=merge-duplicates, return=representation";
    rest.ask(As::Ada, "POST /conf_items?select=id,name,code")
        .prefer(merge)
        .json(json!([{ "id": 1, "name": "uno" }]))
        .await
        .status(200)
        .is(&json!([{ "id": 1, "name": "uno", "code": "c1" }]));
    rest.ask(As::Ada, "POST /conf_items?select=id,name")
        .prefer(merge)
        .json(json!([{ "id": 1, "name": "one" }, { "id": 50, "name": "fifty" }]))
        .await
        .status(201)
        .is(&json!([{ "id": 1, "name": "one" }, { "id": 50, "name": "fifty" }]));
    rest.ask(
        As::Ada,
        "POST /conf_items?on_conflict=code&columns=\"id\",\"name\",\"code\"&select=name",
    )
    .prefer(merge)
    .json(json!([{ "id": 2, "name": "zwei", "code": "c2" }]))
    .await
    .status(200)
    .is(&json!([{ "name": "zwei" }]));
    rest.ask(As::Ada, "POST /conf_items?select=id")
        .prefer("resolution=ignore-duplicates, return=representation")
        .json(json!([{ "id": 1, "name": "no" }, { "id": 51, "name": "new" }]))
        .await
        .status(201)
        .is(&json!([{ "id": 51 }]));
    rest.ask(As::Ada, "POST /conf_items?select=id")
        .prefer("resolution=ignore-duplicates, return=representation")
        .json(json!([{ "id": 1, "name": "no" }]))
        .await
        .status(201)
        .is(&json!([]));
    rest.ask(As::Ada, "POST /conf_items")
        .prefer("resolution=merge-duplicates")
        .json(json!({ "id": 1, "name": "one" }))
        .await
        .status(200)
        .text("");
    rest.ask(As::Ada, "GET /conf_items?id=eq.1&select=name")
        .send()
        .await
        .is(&json!([{ "name": "one" }]));
    rest.ask(As::Ada, "PUT /conf_parts?id=eq.60&select=id")
        .prefer("return=representation")
        .json(json!({ "id": 60, "item_id": 1, "label": "put" }))
        .await
        .status(201)
        .is(&json!([{ "id": 60 }]));
    rest.ask(As::Ada, "PUT /conf_parts?id=eq.60")
        .json(json!({ "id": 60, "item_id": 1, "label": "again" }))
        .await
        .status(204)
        .text("");
    rest.ask(As::Ada, "PUT /conf_parts?id=eq.60&select=label")
        .prefer("return=representation")
        .json(json!({ "id": 60, "item_id": 1, "label": "third" }))
        .await
        .status(200)
        .is(&json!([{ "label": "third" }]));
    rest.ask(As::Ada, "PUT /conf_parts?id=eq.61")
        .json(json!({ "id": 62, "item_id": 1, "label": "x" }))
        .await
        .error(400, "PGRST115");
    rest.ask(As::Ada, "PUT /conf_parts?id=eq.61&limit=1")
        .json(json!({ "id": 61, "item_id": 1, "label": "x" }))
        .await
        .error(400, "PGRST114");
    rest.ask(As::Ada, "PUT /conf_parts?label=eq.x")
        .json(json!({ "id": 61, "item_id": 1, "label": "x" }))
        .await
        .error(405, "PGRST105");
    rest.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_and_deletions_answer_as_asked() {
    let mut rest = Rest::start().await;
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.1")
        .json(json!({ "note": "n" }))
        .await
        .status(204)
        .text("");
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.1&select=id,note")
        .prefer("return=representation")
        .json(json!({ "note": null, "tags": ["q"], "extra": { "z": 1 } }))
        .await
        .status(200)
        .is(&json!([{ "id": 1, "note": null }]));
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.77")
        .json(json!({ "note": "n" }))
        .await
        .status(204);
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.77")
        .prefer("return=representation")
        .json(json!({ "note": "n" }))
        .await
        .status(200)
        .is(&json!([]));
    rest.ask(As::Ada, "PATCH /conf_items?or=(id.eq.1,id.eq.2)")
        .prefer("count=exact")
        .json(json!({ "note": "n" }))
        .await
        .status(204)
        .has("content-range", "0-1/2");
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.77")
        .prefer("count=exact")
        .json(json!({ "note": "n" }))
        .await
        .status(204)
        .has("content-range", "*/0");
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.1")
        .json(json!({ "nope": 1 }))
        .await
        .error(400, "PGRST204");
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.1")
        .json(json!({}))
        .await
        .status(204);
    rest.ask(As::Ada, "PATCH /conf_items?id=gt.1")
        .prefer("handling=strict, max-affected=1")
        .json(json!({ "note": "many" }))
        .await
        .error(400, "PGRST124");
    rest.ask(As::Ada, "GET /conf_items?note=eq.many")
        .send()
        .await
        .is(&json!([]));
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.77&select=id")
        .prefer("return=representation")
        .single()
        .json(json!({ "note": "n" }))
        .await
        .error(406, "PGRST116");
    rest.ask(As::Ada, "PATCH /conf_items")
        .json(json!({ "note": "all" }))
        .await
        .error(400, "21000")
        .field("/message", &json!("UPDATE requires a WHERE clause"));
    rest.ask(As::Ada, "DELETE /conf_items")
        .send()
        .await
        .error(400, "21000")
        .field("/message", &json!("DELETE requires a WHERE clause"));
    rest.ask(As::Ada, "DELETE /conf_parts?id=eq.1")
        .send()
        .await
        .status(204)
        .text("");
    rest.ask(As::Ada, "DELETE /conf_parts?id=eq.2&select=id,label")
        .prefer("return=representation")
        .send()
        .await
        .status(200)
        .is(&json!([{ "id": 2, "label": "right" }]));
    rest.ask(As::Ada, "DELETE /conf_parts?id=eq.2")
        .prefer("return=representation")
        .send()
        .await
        .status(200)
        .is(&json!([]));
    rest.ask(As::Ada, "DELETE /conf_parts?id=eq.3")
        .prefer("count=exact")
        .send()
        .await
        .status(204)
        // PostgREST would say */1; the decision names it.
        .has("content-range", "*/*");
    rest.ask(As::Ada, "GET /conf_parts")
        .send()
        .await
        .is(&json!([]));
    rest.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_level_security_decides() {
    let mut rest = Rest::start().await;
    let (ada, bob) = (rest.ada.id.clone(), rest.bob.id.clone());
    rest.ask(As::Ada, "POST /conf_own?select=id,owner")
        .prefer("return=representation")
        .json(json!({ "id": 1 }))
        .await
        .status(201)
        .is(&json!([{ "id": 1, "owner": ada }]));
    rest.ask(As::Ada, "POST /conf_own")
        .json(json!({ "id": 2, "owner": bob }))
        .await
        .error(403, "42501")
        .field(
            "/message",
            &json!("new row violates row-level security policy for table \"conf_own\""),
        );
    rest.ask(As::Bob, "GET /conf_own")
        .send()
        .await
        .status(200)
        .is(&json!([]));
    rest.ask(As::Bob, "PATCH /conf_own?id=eq.1")
        .prefer("return=representation")
        .json(json!({ "text": "mine" }))
        .await
        .status(200)
        .is(&json!([]));
    rest.ask(As::Bob, "DELETE /conf_own?id=eq.1")
        .send()
        .await
        .status(204);
    rest.ask(As::Anon, "GET /conf_own")
        .send()
        .await
        .status(200)
        .is(&json!([]));
    rest.ask(As::Anon, "POST /conf_own")
        .json(json!({ "id": 3 }))
        .await
        .error(401, "42501");
    rest.ask(As::Ada, "GET /conf_own?select=id,text")
        .send()
        .await
        .is(&json!([{ "id": 1, "text": "" }]));
    rest.ask(As::Service, "GET /conf_own?select=id")
        .send()
        .await
        .is(&json!([{ "id": 1 }]));
    // An upsert needs both policies.
    rest.ask(As::Bob, "POST /conf_own")
        .prefer("resolution=merge-duplicates")
        .json(json!({ "id": 1, "owner": bob }))
        .await
        .error(403, "42501");
    rest.end().await;
}
