//! The store against a real Secret Service (gnome-keyring), inside a session bus of its own, so that
//! the keychain of whoever runs the tests is never touched.
//!
//! Each outer test starts this very program again within `dbus-run-session`; the inner one does the
//! work. Where the tools are missing the outer test says so and passes.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "the helpers of a test fail and speak like the test itself"
)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use amethyst_model::{SecretError, SecretStore};
use amethyst_secret::{KeychainSecretStore, PASSPHRASE_ENV};
use tempfile::TempDir;

const INNER: &str = "AMETHYST_SECRET_SERVICE_INNER";
const SERVICE: &str = "app.amethyst.test";

/// Runs the inner test `name` in a session of its own, after `prelude`.
fn in_a_session(name: &str, prelude: &str) {
    let home = TempDir::new().unwrap();
    let run = Command::new("dbus-run-session")
        .args([
            "--",
            "sh",
            "-c",
            &format!("{prelude}\nexec \"$0\" --exact --nocapture {name}"),
        ])
        .arg(std::env::current_exe().unwrap())
        .env(INNER, name)
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove(PASSPHRASE_ENV)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{out}\n{err}");
    assert!(out.contains("1 passed"), "{out}\n{err}");
}

fn is_inner(name: &str) -> bool {
    std::env::var(INNER).is_ok_and(|inner| inner == name)
}

fn available() -> bool {
    let found = ["dbus-run-session", "gnome-keyring-daemon"]
        .iter()
        .all(|tool| {
            std::env::var_os("PATH")
                .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(tool).exists()))
        });
    if !found {
        println!("skipped: needs dbus-run-session and gnome-keyring-daemon");
    }
    found
}

fn store(folder: &Path) -> KeychainSecretStore {
    KeychainSecretStore::new(folder, SERVICE)
}

/// The bus starts this in the service's place and waits for it to answer, which it never does.
const SILENT: &str = "mkdir -p \"$HOME/dbus-1/services\" && printf \
    '[D-BUS Service]\\nName=org.freedesktop.secrets\\nExec=/bin/sleep 7\\n' \
    >\"$HOME/dbus-1/services/org.freedesktop.secrets.service\" || exit 9
    dbus-send --session --dest=org.freedesktop.DBus --type=method_call --print-reply \
    / org.freedesktop.DBus.ReloadConfig >/dev/null || exit 9";
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null || exit 9";
const UNLOCKED: &str =
    "printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 9";

#[test]
fn an_unlocked_keychain_needs_no_passphrase() {
    if !is_inner("an_unlocked_keychain_needs_no_passphrase") {
        if available() {
            in_a_session("an_unlocked_keychain_needs_no_passphrase", UNLOCKED);
        }
        return;
    }
    let folder = TempDir::new().unwrap();
    let first = store(folder.path());
    // Far more than the 2560 bytes of an entry on Windows.
    let session = "x".repeat(10_000);
    first.save(&session).unwrap();
    assert_eq!(first.load().unwrap().as_deref(), Some(session.as_str()));
    first.save("second").unwrap();
    assert_eq!(
        store(folder.path()).load().unwrap().as_deref(),
        Some("second"),
        "next run"
    );

    let other = TempDir::new().unwrap();
    store(other.path()).save("of another installation").unwrap();
    store(other.path()).clear().unwrap();
    assert_eq!(
        store(folder.path()).load().unwrap().as_deref(),
        Some("second"),
        "own keys each"
    );

    let sealed = fs_err::read(folder.path().join("session.sealed")).unwrap();
    store(folder.path()).clear().unwrap();
    assert_eq!(store(folder.path()).load().unwrap(), None);
    // A copy of the file is worth nothing once the key is gone.
    fs_err::write(folder.path().join("session.sealed"), sealed).unwrap();
    assert!(matches!(
        store(folder.path()).load(),
        Err(SecretError::Damaged(_))
    ));
    store(folder.path()).save("third").unwrap();
    assert_eq!(
        store(folder.path()).load().unwrap().as_deref(),
        Some("third")
    );
}

#[test]
fn a_keychain_that_never_answers_is_given_up_in_time() {
    if !is_inner("a_keychain_that_never_answers_is_given_up_in_time") {
        if available() {
            in_a_session("a_keychain_that_never_answers_is_given_up_in_time", SILENT);
        }
        return;
    }
    let folder = TempDir::new().unwrap();
    let run = store(folder.path());
    let start = present();
    assert_eq!(run.save("session"), Err(SecretError::Locked));
    let waited = start.elapsed();
    assert!((3..6).contains(&waited.as_secs()), "{waited:?}");
    // The choice of a passphrase is never held up by the call that still hangs.
    run.unlock(Some("passphrase")).unwrap();
    run.save("session").unwrap();
    assert_eq!(run.load().unwrap().as_deref(), Some("session"));
    assert!(start.elapsed() - waited < Duration::from_secs(3));
}

#[test]
fn a_locked_keychain_without_a_prompt_says_so() {
    if !is_inner("a_locked_keychain_without_a_prompt_says_so") {
        if available() {
            in_a_session("a_locked_keychain_without_a_prompt_says_so", LOCKED);
        }
        return;
    }
    let folder = TempDir::new().unwrap();
    assert_eq!(
        store(folder.path()).save("session"),
        Err(SecretError::Locked)
    );
    assert_eq!(store(folder.path()).load(), Ok(None));
}

#[expect(clippy::disallowed_methods, reason = "measures a real deadline")]
fn present() -> std::time::Instant {
    std::time::Instant::now()
}
