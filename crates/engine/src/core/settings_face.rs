//! Language, theme and the server's address.

use amethyst_model::{AccountSettings, Language, Theme, UserId};
use amethyst_remote::Endpoint;
use amethyst_store::ServerAddress;

use super::Core;
use crate::{Error, Event, preferences};

/// Settings in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The account's while signed in, else this device's.
    pub language: Language,
    /// Likewise.
    pub theme: Theme,
    /// The profile's own fields, with unsent changes; all absent while none is known.
    pub account: AccountSettings,
    /// Server set by hand.
    pub server: Option<Endpoint>,
    /// URL in use.
    pub server_url: Option<String>,
    /// Folder of the open library.
    pub library_folder: Option<std::path::PathBuf>,
}

impl Core {
    /// Settings in force.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn settings(&self) -> Result<Settings, Error> {
        let device = self.0.device.lock().await.clone();
        let library = self.0.library.read().await.clone();
        let profile = match &library {
            Some(library) => library.store.profile().await?,
            None => None,
        };
        let account = profile.map(|profile| profile.settings).unwrap_or_default();
        Ok(Settings {
            language: account.language.unwrap_or(device.language),
            theme: account.theme.unwrap_or(device.theme),
            account,
            server: device.server.map(|server| Endpoint {
                url: server.url,
                anon_key: server.anon_key,
            }),
            server_url: self.0.remote.endpoint().map(|endpoint| endpoint.url),
            library_folder: library.map(|library| library.folder.clone()),
        })
    }

    /// Changes the profile's fields: language and theme at once on this device, and all of them on the account
    /// as soon as that can be sent.
    ///
    /// # Errors
    /// When they cannot be written down.
    pub async fn change_settings(&self, change: AccountSettings) -> Result<Settings, Error> {
        let mut device = self.0.device.lock().await;
        device.language = change.language.unwrap_or(device.language);
        device.theme = change.theme.unwrap_or(device.theme);
        device.save(&self.0.config.data_dir).await?;
        drop(device);
        let library = self.0.library.read().await.clone();
        if let Some(library) = library
            && library.store.profile().await?.is_some()
        {
            preferences::change_profile(&library, change).await?;
        }
        self.tell(Event::Settings);
        self.settings().await
    }

    /// Sets the server by hand, or with `None` follows the local backend again. A session belongs to its
    /// server, so this device is signed out first.
    ///
    /// # Errors
    /// [`Error::Remote`] when no Amethyst server answers at the address; nothing is changed then.
    pub async fn change_server(&self, server: Option<Endpoint>) -> Result<Settings, Error> {
        if let Some(endpoint) = &server {
            self.0.remote.probe(endpoint).await?;
        }
        let mut device = self.0.device.lock().await;
        let server = server.map(|endpoint| ServerAddress {
            url: endpoint.url,
            anon_key: endpoint.anon_key,
        });
        if device.server != server {
            device.server = server;
            device.save(&self.0.config.data_dir).await?;
            drop(device);
            self.sign_out(crate::SignOutScope::Local).await?;
            self.resolve_endpoint().await;
        } else {
            drop(device);
        }
        self.tell(Event::Settings);
        self.settings().await
    }

    pub(super) async fn remember_account(&self, user: UserId) -> Result<(), Error> {
        let mut device = self.0.device.lock().await;
        if device.last_account != Some(user) {
            device.last_account = Some(user);
            device.save(&self.0.config.data_dir).await?;
        }
        Ok(())
    }
}
