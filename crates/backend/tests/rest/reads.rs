//! GET and HEAD: filters, shapes, order, pages, counts, media types.

use serde_json::json;

use crate::fixture::{As, Rest};

#[tokio::test(flavor = "multi_thread")]
async fn filters_choose_the_rows_postgrest_would() {
    let mut rest = Rest::start().await;
    let cases = [
        ("id=eq.1", vec![1]),
        ("id=neq.1", vec![2, 3]),
        ("id=not.eq.1", vec![2, 3]),
        ("id=gt.1&id=lte.2", vec![2]),
        ("id=gte.2", vec![2, 3]),
        ("id=lt.2", vec![1]),
        ("id=in.(1,3)", vec![1, 3]),
        ("id=not.in.(1,3)", vec![2]),
        ("id=in.()", vec![]),
        ("name=eq.two, (three)", vec![2]),
        ("name=in.(\"two, (three)\",one)", vec![1, 2]),
        ("note=in.(\"has \\\"quote\\\"\")", vec![2]),
        ("name=eq.A%2BB+50%25", vec![3]),
        ("name=like.*ne", vec![1]),
        ("name=ilike.ONE", vec![1]),
        ("name=match.^o", vec![1]),
        ("name=imatch.^O", vec![1]),
        ("name=like(any).{o*,t*}", vec![1, 2]),
        ("id=gt(all).{1,2}", vec![3]),
        ("note=is.null", vec![1]),
        ("note=is.NULL", vec![1]),
        ("note=not.is.null", vec![2, 3]),
        ("note=is.not_null", vec![2, 3]),
        ("note=isdistinct.x", vec![1, 2]),
        ("mood=eq.bright", vec![2]),
        ("tags=cs.{b}", vec![1, 2]),
        ("tags=cd.{a,b,c}", vec![1, 2, 3]),
        ("tags=ov.{a,z}", vec![1]),
        ("extra=cs.{\"k\":null}", vec![2]),
        ("extra->k->>deep=eq.5", vec![1]),
        ("at=gte.2026-01-01T00:00:00Z", vec![1]),
        ("name=fts.one", vec![1]),
        ("name=fts(english).one", vec![1]),
        ("name=plfts.one", vec![1]),
        ("or=(id.eq.1,name.eq.\"two, (three)\")", vec![1, 2]),
        ("or=(id.eq.1,and(id.gt.1,note.eq.x))", vec![1, 3]),
        ("and=(id.gte.1,id.lt.3)", vec![1, 2]),
        ("not.or=(id.eq.1,id.eq.2)", vec![3]),
        ("not.and=(id.eq.1,note.is.null)", vec![2, 3]),
        ("or=(id.not.eq.1,note.not.is.null)", vec![2, 3]),
        ("or=(id.in.(1,2),id.gt.100)", vec![1, 2]),
        ("order=id.desc&id=gt.1", vec![3, 2]),
        ("order=note", vec![2, 3, 1]),
        ("order=note.desc", vec![1, 3, 2]),
        ("order=note.asc.nullsfirst", vec![1, 2, 3]),
        ("order=note.desc.nullslast", vec![3, 2, 1]),
        ("order=mood.desc,id.desc", vec![2, 3, 1]),
        (
            "order=extra->k->>deep.desc.nullslast,id.desc",
            vec![1, 3, 2],
        ),
        ("order=id.asc&limit=1&offset=1", vec![2]),
        ("order=id.asc&limit=0", vec![]),
    ];
    for (query, ids) in cases {
        let order = if query.contains("order=") {
            ""
        } else {
            "&order=id"
        };
        let line = format!("GET /conf_items?select=id&{query}{order}");
        let rows: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        rest.ask(As::Ada, &line)
            .send()
            .await
            .status(200)
            .is(&json!(rows));
    }
    rest.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn select_shapes_the_rows() {
    let mut rest = Rest::start().await;
    let cases = [
        ("conf_items?id=eq.1&select=n:name", json!([{ "n": "one" }])),
        (
            "conf_items?id=eq.1&select=price::text",
            json!([{ "price": "1.50" }]),
        ),
        (
            "conf_items?id=eq.1&select=p:price::text",
            json!([{ "p": "1.50" }]),
        ),
        (
            "conf_items?id=eq.1&select=tags,mood,note",
            json!([{ "tags": ["a", "b"], "mood": "calm", "note": null }]),
        ),
        (
            "conf_items?id=eq.1&select=extra->k",
            json!([{ "k": { "deep": 5 } }]),
        ),
        (
            "conf_items?id=eq.1&select=extra->k->>deep",
            json!([{ "deep": "5" }]),
        ),
        (
            "conf_items?id=eq.1&select=d:extra->k->deep",
            json!([{ "d": 5 }]),
        ),
        (
            "conf_items?id=eq.1&select=extra->l->0",
            json!([{ "l": 10 }]),
        ),
        (
            "conf_items?id=eq.1&select=at",
            json!([{ "at": "2026-01-02T03:04:05.678901+00:00" }]),
        ),
        (
            "conf_items?id=lt.3&order=id&select=id,conf_parts(label)",
            json!([
                { "id": 1, "conf_parts": [{ "label": "left" }, { "label": "right" }] },
                { "id": 2, "conf_parts": [{ "label": "whole" }] },
            ]),
        ),
        (
            "conf_items?id=eq.1&select=parts:conf_parts(id)&parts.label=eq.left",
            json!([{ "parts": [{ "id": 1 }] }]),
        ),
        (
            "conf_items?id=eq.1&select=conf_parts(id)&conf_parts.order=id.desc&conf_parts.limit=1",
            json!([{ "conf_parts": [{ "id": 2 }] }]),
        ),
        (
            "conf_items?order=id&select=id,conf_parts!inner(id)&conf_parts.label=eq.whole",
            json!([{ "id": 2, "conf_parts": [{ "id": 3 }] }]),
        ),
        (
            "conf_items?id=eq.1&select=conf_parts(id)&conf_parts.or=(label.eq.right,id.gt.99)",
            json!([{ "conf_parts": [{ "id": 2 }] }]),
        ),
        (
            "conf_items?order=id&select=id,conf_parts()&conf_parts=is.null",
            json!([{ "id": 3 }]),
        ),
        (
            "conf_parts?id=eq.3&select=label,conf_items(name)",
            json!([{ "label": "whole", "conf_items": { "name": "two, (three)" } }]),
        ),
        (
            "conf_parts?id=eq.3&select=label,item:item_id(name)",
            json!([{ "label": "whole", "item": { "name": "two, (three)" } }]),
        ),
        (
            "conf_parts?id=eq.3&select=label,...conf_items(name)",
            json!([{ "label": "whole", "name": "two, (three)" }]),
        ),
    ];
    for (path, expected) in cases {
        rest.ask(As::Ada, &format!("GET /{path}"))
            .send()
            .await
            .status(200)
            .is(&expected);
    }
    rest.ask(
        As::Ada,
        "GET /conf_parts?select=id,conf_items(name)&order=conf_items(name).desc,id.desc",
    )
    .send()
    .await
    .status(200)
    .field("/0/id", &json!(3));
    // Numbers keep their value, not their digits.
    let price = rest
        .ask(As::Ada, "GET /conf_items?id=eq.1&select=price")
        .send()
        .await
        .status(200)
        .value();
    assert_eq!(price[0]["price"].as_f64(), Some(1.5));
    // Numbers keep their value, not their digits.
    let price = rest
        .ask(As::Ada, "GET /conf_items?id=eq.1&select=price")
        .send()
        .await
        .status(200)
        .value();
    assert_eq!(price[0]["price"].as_f64(), Some(1.5));
    rest.ask(As::Ada, "GET /conf_items?select=count()")
        .send()
        .await
        .error(400, "PGRST123");
    rest.ask(As::Ada, "GET /conf_items?select=price.sum()")
        .send()
        .await
        .error(400, "PGRST123");
    rest.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_counts_are_told_in_content_range() {
    let mut rest = Rest::start().await;
    let line = "GET /conf_items?select=id&order=id";
    let one = json!([{ "id": 1 }]);
    let json_type = "application/json; charset=utf-8";
    rest.ask(As::Ada, line)
        .send()
        .await
        .status(200)
        .has("content-range", "0-2/*")
        .has("content-type", json_type);
    rest.ask(As::Ada, line)
        .prefer("count=exact")
        .send()
        .await
        .status(200)
        .has("content-range", "0-2/3");
    let page = format!("{line}&limit=1");
    rest.ask(As::Ada, &page)
        .send()
        .await
        .status(200)
        .has("content-range", "0-0/*")
        .is(&one);
    rest.ask(As::Ada, &page)
        .prefer("count=exact")
        .send()
        .await
        .status(206)
        .has("content-range", "0-0/3")
        .is(&one);
    rest.ask(As::Ada, &page)
        .prefer("count=planned")
        .send()
        .await
        .is(&one);
    rest.ask(As::Ada, &page)
        .prefer("count=estimated")
        .send()
        .await
        .is(&one);
    rest.ask(As::Ada, &format!("{line}&offset=1&limit=1"))
        .prefer("count=exact")
        .send()
        .await
        .status(206)
        .has("content-range", "1-1/3");
    rest.ask(As::Ada, &format!("{line}&id=eq.77"))
        .send()
        .await
        .status(200)
        .has("content-range", "*/*")
        .is(&json!([]));
    rest.ask(As::Ada, &format!("{line}&id=eq.77"))
        .prefer("count=exact")
        .send()
        .await
        .status(200)
        .has("content-range", "*/0")
        .is(&json!([]));
    rest.ask(As::Ada, &format!("{line}&offset=3"))
        .prefer("count=exact")
        .send()
        .await
        // Nothing of three is a part of three, by PostgREST's own rule.
        .status(206)
        .has("content-range", "*/3")
        .is(&json!([]));
    rest.ask(As::Ada, &format!("{line}&offset=10"))
        .send()
        .await
        .status(200)
        .is(&json!([]));
    rest.ask(As::Ada, &format!("{line}&offset=10"))
        .prefer("count=exact")
        .send()
        .await
        .error(416, "PGRST103")
        .field("/message", &json!("Requested range not satisfiable"))
        .field(
            "/details",
            &json!("An offset of 10 was requested, but there are only 3 rows."),
        );
    rest.ask(As::Ada, line)
        .header("range", "0-1")
        .header("range-unit", "items")
        .send()
        .await
        .status(200)
        .has("content-range", "0-1/*");
    rest.ask(As::Ada, line)
        .header("range", "1-1")
        .prefer("count=exact")
        .send()
        .await
        .status(206)
        .has("content-range", "1-1/3");
    rest.ask(As::Ada, "HEAD /conf_items?select=id")
        .prefer("count=exact")
        .send()
        .await
        .status(200)
        .has("content-range", "0-2/3")
        .text("");
    rest.ask(As::Ada, "HEAD /conf_items?select=id&limit=1")
        .prefer("count=exact")
        .send()
        .await
        .status(206)
        .has("content-range", "0-0/3")
        .text("");
    // What a hosted project never sends in one answer, it silently leaves out.
    let many = rest
        .ask(As::Ada, "GET /conf_many?select=id")
        .send()
        .await
        .status(200)
        .has("content-range", "0-999/*");
    assert_eq!(many.value().as_array().unwrap().len(), 1000);
    let many = rest
        .ask(As::Ada, "GET /conf_many?select=id&limit=1200")
        .send()
        .await
        .has("content-range", "0-999/*");
    assert_eq!(many.value().as_array().unwrap().len(), 1000);
    rest.ask(As::Ada, "GET /conf_many?select=id")
        .prefer("count=exact")
        .send()
        .await
        .status(206)
        .has("content-range", "0-999/1500");
    rest.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn media_types_and_profiles_are_negotiated() {
    let mut rest = Rest::start().await;
    let one = "GET /conf_items?select=id,note&id=eq.1";
    rest.ask(As::Ada, one)
        .single()
        .send()
        .await
        .status(200)
        .is(&json!({ "id": 1, "note": null }))
        .has(
            "content-type",
            "application/vnd.pgrst.object+json; charset=utf-8",
        );
    rest.ask(As::Ada, "GET /conf_items?id=eq.77")
        .single()
        .send()
        .await
        .error(406, "PGRST116")
        .field("/details", &json!("The result contains 0 rows"))
        .field(
            "/message",
            &json!("Cannot coerce the result to a single JSON object"),
        );
    rest.ask(As::Ada, "GET /conf_items")
        .single()
        .send()
        .await
        .error(406, "PGRST116")
        .field("/details", &json!("The result contains 3 rows"));
    rest.ask(As::Ada, one)
        .header("accept", "application/vnd.pgrst.array+json;nulls=stripped")
        .send()
        .await
        .status(200)
        .is(&json!([{ "id": 1 }]));
    rest.ask(As::Ada, "GET /conf_items?select=id,name&id=lt.3&order=id")
        .header("accept", "text/csv")
        .send()
        .await
        .status(200)
        .text("id,name\n1,one\n2,\"two, (three)\"")
        .has("content-type", "text/csv; charset=utf-8");
    rest.ask(As::Ada, one)
        .header("accept", "*/*")
        .send()
        .await
        .status(200);
    rest.ask(As::Ada, one)
        .header("accept", "image/png")
        .send()
        .await
        .error(406, "PGRST107");
    rest.ask(As::Ada, one)
        .header("accept", "application/vnd.pgrst.plan")
        .send()
        .await
        .error(406, "PGRST107");
    rest.ask(As::Ada, one)
        .header("accept-profile", "public")
        .send()
        .await
        .status(200);
    rest.ask(As::Ada, one)
        .header("accept-profile", "auth")
        .send()
        .await
        .error(406, "PGRST106");
    rest.ask(As::Ada, "PATCH /conf_items?id=eq.1")
        .header("content-profile", "private")
        .json(json!({ "note": "x" }))
        .await
        .error(406, "PGRST106");
    rest.ask(As::Ada, one)
        .prefer("handling=strict, foo=bar")
        .send()
        .await
        .error(400, "PGRST122");
    rest.ask(As::Ada, one)
        .prefer("handling=lenient, foo=bar")
        .send()
        .await
        .status(200);
    rest.ask(As::Ada, one)
        .prefer("count=exact")
        .send()
        .await
        .has("preference-applied", "count=exact");
    rest.end().await;
}
