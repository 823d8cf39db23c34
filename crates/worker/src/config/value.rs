//! From a setting's text to its value, or a refusal that names it.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use url::Url;

use super::settings::Setting;
use super::source::{Said, Source};
use super::{ConfigError, Key};

impl Source<'_> {
    fn value<T>(
        &self,
        setting: Setting,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(Said { text, place }) = self.get(setting)? else {
            return Ok(None);
        };
        match read(text.trim()) {
            Some(value) => Ok(Some(value)),
            None => Err(ConfigError::Invalid { place, expected }),
        }
    }

    /// A whole number; `expected` says the range in words.
    pub(super) fn number(
        &self,
        setting: Setting,
        range: RangeInclusive<u64>,
        expected: &'static str,
    ) -> Result<Option<u64>, ConfigError> {
        self.value(setting, expected, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    pub(super) fn seconds(
        &self,
        setting: Setting,
        range: RangeInclusive<u64>,
        expected: &'static str,
    ) -> Result<Option<Duration>, ConfigError> {
        let number = self.number(setting, range, expected)?;
        Ok(number.map(Duration::from_secs))
    }

    pub(super) fn milliseconds(
        &self,
        setting: Setting,
        range: RangeInclusive<u64>,
        expected: &'static str,
    ) -> Result<Option<Duration>, ConfigError> {
        let number = self.number(setting, range, expected)?;
        Ok(number.map(Duration::from_millis))
    }

    /// An address to which paths are added.
    pub(super) fn url(&self, setting: Setting) -> Result<Option<Url>, ConfigError> {
        const EXPECTED: &str = "an http(s) address without a name, a password, `?` or `#`";
        self.value(setting, EXPECTED, |text| {
            Url::parse(text).ok().filter(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.username().is_empty()
                    && url.password().is_none()
                    && url.query().is_none()
                    && url.fragment().is_none()
            })
        })
    }

    /// A page that people are sent to; it may carry a query.
    pub(super) fn page(&self, setting: Setting) -> Result<Option<Url>, ConfigError> {
        self.value(setting, "an http(s) address", |text| {
            Url::parse(text)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        })
    }

    pub(super) fn address(&self, setting: Setting) -> Result<Option<SocketAddr>, ConfigError> {
        let expected = "an address and a port, such as 127.0.0.1:9464 or 0.0.0.0:8080";
        self.value(setting, expected, |text| text.parse().ok())
    }

    pub(super) fn switch(&self, setting: Setting) -> Result<Option<bool>, ConfigError> {
        self.value(setting, "1, true, 0 or false", |text| match text {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        })
    }

    pub(super) fn choice<T: Copy>(
        &self,
        setting: Setting,
        choices: &[(&str, T)],
        expected: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        self.value(setting, expected, |text| {
            let (_, value) = choices.iter().find(|(word, _)| *word == text)?;
            Some(*value)
        })
    }

    /// A secret that can stand in a header.
    pub(super) fn secret(&self, setting: Setting) -> Result<Option<Key>, ConfigError> {
        let expected = "one key on one line: it has white space or letters beyond ASCII inside";
        self.value(setting, expected, |text| {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            plain.then(|| Key::new(text))
        })
    }

    /// The id of a model, `default` if nothing is said, nothing if the word is `off`.
    pub(super) fn model(
        &self,
        setting: Setting,
        default: &str,
    ) -> Result<Option<String>, ConfigError> {
        let said = self.value(setting, "the id of a model, or `off`", |text| {
            let plain = text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic());
            plain.then(|| text.to_owned())
        })?;
        Ok(match said.as_deref() {
            Some("off") => None,
            Some(id) => Some(id.to_owned()),
            None => Some(default.to_owned()),
        })
    }
}

/// What must be there.
pub(super) fn required<T>(value: Option<T>, setting: Setting) -> Result<T, ConfigError> {
    value.ok_or(ConfigError::Missing {
        what: setting.what,
        variable: setting.variable,
        key: setting.key,
    })
}
