//! Where a setting's text comes from: the environment, which wins, or the configuration file; a secret also from
//! a file that either of them names.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::ConfigError;
use super::settings::{ALL, Setting, nearest};

/// Longest configuration or secret file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// A setting's text and how to name where it stands.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) place: String,
}

/// Environment and file together.
pub(super) struct Source<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    file: PathBuf,
    keys: BTreeMap<String, String>,
}

impl<'a> Source<'a> {
    /// Reads the configuration file, if there is one.
    pub(super) fn new(
        lookup: &'a dyn Fn(&str) -> Option<String>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let (file, keys) = match file {
            Some(file) => (file.to_owned(), parse(file)?),
            None => (PathBuf::new(), BTreeMap::new()),
        };
        Ok(Self { lookup, file, keys })
    }

    /// What is said about a setting. Empty counts as not said, as `VARIABLE=` in a service file means.
    pub(super) fn get(&self, setting: Setting) -> Result<Option<Said>, ConfigError> {
        match self.variable(setting)? {
            Some(said) => Ok(Some(said)),
            None => self.key(setting),
        }
    }

    /// Whether the configuration file says anything in this section.
    pub(super) fn has_section(&self, section: &str) -> bool {
        self.keys
            .keys()
            .any(|key| key.split('.').next() == Some(section))
    }

    fn variable(&self, setting: Setting) -> Result<Option<Said>, ConfigError> {
        let read = |name: &str| (self.lookup)(name).filter(|text| !text.trim().is_empty());
        let place = format!("the environment variable {}", setting.variable);
        let from_file = setting
            .secret
            .then(|| read(&format!("{}_FILE", setting.variable)))
            .flatten();
        one(
            read(setting.variable),
            from_file,
            place,
            |place| format!("{place}_FILE"),
            Path::new(""),
        )
    }

    fn key(&self, setting: Setting) -> Result<Option<Said>, ConfigError> {
        let read = |key: &str| {
            self.keys
                .get(key)
                .filter(|text| !text.trim().is_empty())
                .cloned()
        };
        let place = format!("`{}` in {}", setting.key, self.file.display());
        let from_file = setting
            .secret
            .then(|| read(&format!("{}_file", setting.key)))
            .flatten();
        let file_key = format!("`{}_file` in {}", setting.key, self.file.display());
        // Relative names are meant from where the configuration stands.
        let folder = self.file.parent().unwrap_or(Path::new(""));
        one(
            read(setting.key),
            from_file,
            place,
            |_| file_key.clone(),
            folder,
        )
    }
}

fn one(
    text: Option<String>,
    from_file: Option<String>,
    place: String,
    place_of_file: impl Fn(&str) -> String,
    folder: &Path,
) -> Result<Option<Said>, ConfigError> {
    match (text, from_file) {
        (Some(_), Some(_)) => Err(ConfigError::Twice { place }),
        (Some(text), None) => Ok(Some(Said { text, place })),
        (None, Some(name)) => {
            let place = place_of_file(&place);
            let text =
                read_file(&folder.join(name.trim())).map_err(|source| ConfigError::File {
                    place: place.clone(),
                    source,
                })?;
            Ok(Some(Said { text, place }))
        }
        (None, None) => Ok(None),
    }
}

fn read_file(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let mut file = fs_err::File::open(path)?.take(MAX_FILE);
    file.read_to_string(&mut text)?;
    Ok(text)
}

/// The file's keys with their sections, and their values as text.
fn parse(file: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = read_file(file).map_err(|source| ConfigError::File {
        place: "the setting AMETHYST_WORKER_CONFIG or --config".to_owned(),
        source,
    })?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        // The error's own text shows the line, and with it perhaps a key.
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        ConfigError::Syntax {
            file: file.to_owned(),
            reason: format!("line {line}: {}", error.message()),
        }
    })?;
    let mut keys = BTreeMap::new();
    for (section, value) in &table {
        let Value::Table(entries) = value else {
            return Err(unknown(file, section.clone()));
        };
        if !ALL.iter().any(|known| in_section(known.key, section)) {
            return Err(unknown(file, section.clone()));
        }
        for (name, value) in entries {
            let key = format!("{section}.{name}");
            let known = ALL.iter().any(|setting| {
                setting.key == key
                    || setting.secret && key.strip_suffix("_file") == Some(setting.key)
            });
            if !known {
                return Err(unknown(file, key));
            }
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Integer(number) => number.to_string(),
                Value::Boolean(switch) => switch.to_string(),
                _ => {
                    return Err(ConfigError::Invalid {
                        place: format!("`{key}` in {}", file.display()),
                        expected: "a text or a whole number",
                    });
                }
            };
            keys.insert(key, text);
        }
    }
    Ok(keys)
}

fn in_section(key: &str, section: &str) -> bool {
    key.split('.').next() == Some(section)
}

fn unknown(file: &Path, key: String) -> ConfigError {
    ConfigError::Unknown {
        file: file.to_owned(),
        near: nearest(&key),
        key,
    }
}
