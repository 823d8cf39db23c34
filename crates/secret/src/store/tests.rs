//! The sealed session with and without a keychain.

use super::*;
use tempfile::TempDir;

/// A store on a machine without a keychain.
fn store(folder: &TempDir, choice: Option<&str>) -> KeychainSecretStore {
    KeychainSecretStore::with(folder.path(), None, choice)
}

fn files(folder: &TempDir) -> Vec<String> {
    let entries = fs_err::read_dir(folder.path()).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn nothing_stored_is_no_reason_to_ask() {
    let folder = TempDir::new().unwrap();
    assert_eq!(store(&folder, None).load(), Ok(None));
    assert_eq!(store(&folder, None).clear(), Ok(()));
}

#[test]
fn without_a_keychain_the_user_chooses_a_passphrase() {
    let folder = TempDir::new().unwrap();
    let first = store(&folder, None);
    assert_eq!(first.save("session 1"), Err(SecretError::Locked));
    assert!(files(&folder).is_empty());
    first.unlock(Some("open sesame")).unwrap();
    first.save("session 1").unwrap();
    first.save("session 2").unwrap();
    assert_eq!(first.load(), Ok(Some("session 2".to_owned())));

    let next_run = store(&folder, None);
    assert_eq!(next_run.load(), Err(SecretError::Locked));
    assert_eq!(
        next_run.save("session 3"),
        Err(SecretError::Locked),
        "never overwrites it blindly"
    );
    assert_eq!(
        next_run.unlock(Some("sesame")),
        Err(SecretError::WrongPassphrase)
    );
    assert_eq!(next_run.unlock(Some("")), Err(SecretError::WrongPassphrase));
    assert_eq!(
        next_run.load(),
        Err(SecretError::Locked),
        "a wrong one changes nothing"
    );
    next_run.unlock(Some("open sesame")).unwrap();
    assert_eq!(next_run.load(), Ok(Some("session 2".to_owned())));

    next_run.clear().unwrap();
    assert_eq!(next_run.load(), Ok(None));
    assert!(files(&folder).is_empty());
    next_run.save("session 4").unwrap();
    assert_eq!(
        next_run.load(),
        Ok(Some("session 4".to_owned())),
        "the choice holds for the run"
    );
}

#[test]
fn this_run_only_leaves_no_trace() {
    let folder = TempDir::new().unwrap();
    let run = store(&folder, None);
    run.unlock(None).unwrap();
    assert_eq!(
        run.save("session"),
        Err(SecretError::Locked),
        "it is not kept"
    );
    assert_eq!(run.load(), Ok(Some("session".to_owned())));
    run.unlock(None).unwrap();
    assert_eq!(run.load(), Ok(Some("session".to_owned())));
    assert!(files(&folder).is_empty());
    run.clear().unwrap();
    assert_eq!(run.load(), Ok(None));
}

#[test]
fn this_run_only_starts_anew_beside_a_sealed_session() {
    let folder = TempDir::new().unwrap();
    store(&folder, Some("p")).save("old").unwrap();
    let run = store(&folder, None);
    run.unlock(None).unwrap();
    assert_eq!(run.load(), Ok(None));
    assert_eq!(
        store(&folder, Some("p")).load(),
        Ok(Some("old".to_owned())),
        "still there"
    );
    run.clear().unwrap();
    assert_eq!(
        store(&folder, Some("p")).load(),
        Ok(None),
        "signed out is signed out"
    );
}

#[test]
fn the_environment_can_choose() {
    let folder = TempDir::new().unwrap();
    store(&folder, Some("pass")).save("session").unwrap();
    assert_eq!(
        store(&folder, Some("pass")).load(),
        Ok(Some("session".to_owned()))
    );
    assert_eq!(
        store(&folder, Some("word")).load(),
        Err(SecretError::WrongPassphrase)
    );
    let run_only = store(&folder, Some(""));
    assert_eq!(run_only.save("x"), Err(SecretError::Locked));
    assert_eq!(run_only.load(), Ok(Some("x".to_owned())));
}

#[test]
fn a_session_sealed_by_a_lost_keychain_is_given_up_only_by_choice() {
    let folder = TempDir::new().unwrap();
    let lock = Lock::Keychain(KeyId::random());
    let file = SealedFile::new(folder.path());
    file.write(&seal(&lock, &Key::new([1; 32]), "unreachable").unwrap())
        .unwrap();
    let run = store(&folder, None);
    assert_eq!(run.load(), Err(SecretError::Locked));
    run.unlock(Some("p")).unwrap();
    assert_eq!(run.load(), Ok(None));
    run.save("new").unwrap();
    assert_eq!(store(&folder, Some("p")).load(), Ok(Some("new".to_owned())));
}

#[test]
fn a_damaged_file_is_told_and_can_be_replaced() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("session.sealed");
    for content in ["", "AMSS", "{\"access_token\":\"x\"}"] {
        fs_err::write(&path, content).unwrap();
        let run = store(&folder, Some("p"));
        assert!(
            matches!(run.load(), Err(SecretError::Damaged(_))),
            "{content:?}"
        );
        run.save("new").unwrap();
        assert_eq!(run.load(), Ok(Some("new".to_owned())));
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let folder = TempDir::new().unwrap();
    let not_a_folder = folder.path().join("file");
    fs_err::write(&not_a_folder, "").unwrap();
    let run = KeychainSecretStore::with(&not_a_folder.join("data"), None, Some("p"));
    assert!(matches!(run.save("x"), Err(SecretError::Io(_))));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    store(&folder, Some("p")).save("session").unwrap();
    let meta = fs_err::metadata(folder.path().join("session.sealed")).unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    assert_eq!(
        files(&folder),
        ["session.sealed"],
        "no temporary file stays"
    );
}

#[test]
fn two_stores_of_one_folder_see_each_others_saves() {
    let folder = TempDir::new().unwrap();
    let (app, cli) = (store(&folder, Some("p")), store(&folder, Some("p")));
    app.save("1").unwrap();
    assert_eq!(cli.load(), Ok(Some("1".to_owned())));
    cli.save("2").unwrap();
    assert_eq!(app.load(), Ok(Some("2".to_owned())));
}
