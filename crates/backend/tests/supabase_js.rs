//! Proof by a real client: the official `@supabase/supabase-js` from npm against this backend. The
//! scripts lie in `tests/supabase-js`.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

#[path = "wire/mod.rs"]
mod wire;

use std::path::Path;

use wire::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_official_client_works() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/supabase-js");
    assert!(
        folder.join("node_modules/@supabase/supabase-js").is_dir(),
        "run `npm ci` in {} first (cargo xtask test does)",
        folder.display()
    );
    let server = Server::start().await;
    let ended = tokio::process::Command::new("npm")
        .args(["run", "--silent", "test"])
        .current_dir(&folder)
        .env("AMETHYST_URL", &server.url)
        .env("AMETHYST_ANON_KEY", &server.anon_key)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{told}");
    assert!(told.contains("pass 9"), "every test ran: {told}");
    server.stop().await;
}
