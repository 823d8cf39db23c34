//! The same migrations on PostgreSQL 15, the oldest one that is promised, without the parts about vectors.
//!
//! Where no older PostgreSQL is installed there is nothing to test and the test says so.

use std::path::PathBuf;

use amethyst_backend::{SchemaServer, migrations, platform_sql};

use crate::support::{framed, read, run, scripts};

/// About vectors all the way through.
const ABOUT_VECTORS: &[&str] = &["analysis.sql", "suggestion_embeddings.sql"];

/// Lists of numbers in place of vectors, compared the slow way.
const STAND_IN: &str = "
    create schema if not exists extensions;
    create function extensions.distance(real[], real[]) returns double precision language sql immutable as $$
      select 1 - sum(a * b) / nullif(sqrt(sum(a * a)) * sqrt(sum(b * b)), 0) from unnest($1, $2) as u (a, b)
    $$;
    create operator extensions.<=> (leftarg = real[], rightarg = real[], function = extensions.distance);";

#[tokio::test(flavor = "multi_thread")]
async fn an_older_postgresql_takes_all_but_the_vectors() {
    let Some(bin) = installed() else {
        println!("no PostgreSQL 15 is installed here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let server = SchemaServer::start_bare(bin, folder.path()).await.unwrap();
    let url = server.empty("older").await.unwrap();
    for (name, text) in platform_sql() {
        run(&url, text.to_owned())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    run(&url, STAND_IN.to_owned()).await.unwrap();
    for (name, text) in migrations() {
        run(&url, format!("begin; {}; commit;", without_vectors(text)))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for script in scripts() {
        if ABOUT_VECTORS.contains(&script.as_str()) {
            continue;
        }
        run(&url, framed(&without_vectors(&read(&script))))
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"));
    }
    server.stop().await.unwrap();
}

fn installed() -> Option<PathBuf> {
    let bin = PathBuf::from("/usr/lib/postgresql/15/bin");
    bin.join("postgres").exists().then_some(bin)
}

fn without_vectors(text: &str) -> String {
    let mut kept = String::new();
    for statement in text.split_inclusive(";\n") {
        let is_index = statement.contains("\n  using hnsw");
        if !is_index && !statement.contains("create extension if not exists vector") {
            kept.push_str(statement);
        }
    }
    kept.replace("'[1]'::extensions.vector", "'{1}'::real[]")
        .replace(
            "(p_result::text)::extensions.vector(1536)",
            "translate(p_result::text, '[]', '{}')::real[]",
        )
        .replace("extensions.vector_cosine_ops", "")
        .replace("extensions.vector_dims", "cardinality")
        .replace("extensions.vector(1536)", "real[]")
        .replace("extensions.vector", "real[]")
}
