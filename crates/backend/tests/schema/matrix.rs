//! Who may do what, tried for real and compared with the reviewed table `supabase/tests/support/access.txt`.

use sqlx::{Connection, PgConnection};

use crate::support::{Own, folder, read};

const TABLE: &str = "support/access.txt";

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_do_what_was_reviewed_and_nothing_else() {
    let own = Own::start().await;
    let url = own.server.copy("matrix").await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let script = format!(
        "begin;\n{}\n{}",
        read("support/helpers.sql"),
        read("support/matrix.sql")
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(script))
        .execute(&mut connection)
        .await
        .unwrap();
    let lines: Vec<String> = sqlx::query_scalar("select line from pg_temp.access")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    own.stop().await;
    let found = lines.join("\n") + "\n";
    let reviewed = read(TABLE);
    if found != reviewed {
        // Beside the reviewed one, to be compared and, if it is meant so, to take its place.
        let results = folder().join("../../test-results");
        fs_err::create_dir_all(&results).unwrap();
        let beside = results.join("access.txt");
        fs_err::write(&beside, &found).unwrap();
        panic!(
            "rights have changed: compare {TABLE} with {}",
            beside.display()
        );
    }
}
