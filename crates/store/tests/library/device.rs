//! Settings of the device.

use amethyst_model::{Language, Theme, UserId};
use amethyst_store::{DeviceSettings, Error, ServerAddress};
use tempfile::tempdir;
use uuid::Uuid;

#[tokio::test]
async fn they_come_back_as_saved() {
    let folder = tempdir().unwrap();
    let data_dir = folder.path().join("not made yet");
    assert_eq!(
        DeviceSettings::load(&data_dir).await.unwrap(),
        DeviceSettings::default()
    );
    let settings = DeviceSettings {
        language: Language::En,
        theme: Theme::System,
        server: Some(ServerAddress {
            url: "https://example.org".to_owned(),
            anon_key: "public".to_owned(),
        }),
        last_account: Some(UserId(Uuid::from_u128(7))),
        last_email: Some("someone@example.org".to_owned()),
    };
    settings.save(&data_dir).await.unwrap();
    assert_eq!(DeviceSettings::load(&data_dir).await.unwrap(), settings);
    let files: Vec<_> = fs_err::read_dir(&data_dir).unwrap().collect();
    assert_eq!(files.len(), 1, "no temporary file stays");
}

#[tokio::test]
async fn a_damaged_file_is_no_reason_not_to_start() {
    let folder = tempdir().unwrap();
    for text in ["", "{", "[1]", r#"{ "language": "tlh" }"#] {
        fs_err::write(folder.path().join("device.json"), text).unwrap();
        let settings = DeviceSettings::load(folder.path()).await.unwrap();
        assert_eq!(settings, DeviceSettings::default());
    }
    // Of another version: what is known counts.
    let text = r#"{ "theme": "light", "of_tomorrow": 1 }"#;
    fs_err::write(folder.path().join("device.json"), text).unwrap();
    let settings = DeviceSettings::load(folder.path()).await.unwrap();
    assert_eq!(
        settings,
        DeviceSettings {
            theme: Theme::Light,
            ..Default::default()
        }
    );
}

#[tokio::test]
async fn what_cannot_be_written_is_told() {
    let folder = tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    fs_err::write(&in_the_way, "").unwrap();
    let saved = DeviceSettings::default().save(&in_the_way).await;
    assert!(matches!(saved, Err(Error::Io(_))));
}
