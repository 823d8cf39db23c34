//! The program itself: its lines and its exit code.

use amethyst_testkit::TestBackend;
use tokio::process::Command;

async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let answer = Command::new(env!("CARGO_BIN_EXE_amethyst-worker"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let lines = String::from_utf8(answer.stdout).unwrap();
    (answer.status.code().unwrap(), lines)
}

#[tokio::test]
async fn a_check_says_a_line_for_each_finding_and_ends_by_the_worst() {
    let backend = TestBackend::start().await.unwrap();
    let key = backend.service_role_key();
    let project = [
        ("AMETHYST_URL", backend.url()),
        ("AMETHYST_SERVICE_ROLE_KEY", key),
    ];
    for arguments in [&["check"][..], &["--check"]] {
        let (code, lines) = run(arguments, &project).await;
        assert_eq!(code, 0, "{lines}");
        assert!(lines.starts_with("ok       supabase   "), "{lines}");
        assert!(
            lines.contains("\nwarning  limits     nothing is served"),
            "{lines}"
        );
        assert!(!lines.contains(key));
    }
    let wrong = [project[0], ("AMETHYST_SERVICE_ROLE_KEY", "hush")];
    let (code, lines) = run(&["check"], &wrong).await;
    assert_eq!(code, 1);
    assert!(
        lines.starts_with("error    supabase   the key is refused"),
        "{lines}"
    );
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.toml");
    fs_err::write(&path, "[worker]\nconcurency = 2\n").unwrap();
    let path = path.to_str().unwrap();
    let (code, lines) = run(&["check", "--config", path], &[]).await;
    assert_eq!(code, 1);
    assert!(
        lines.contains("did you mean `worker.concurrency`"),
        "{lines}"
    );
    let (code, _) = run(&["run", "--config", path], &[]).await;
    assert_eq!(code, 2, "and nothing starts with them");
}
