//! Every setting with its value and its origin, for `config show`.

use super::Settings;
use super::keys::{KEYS, Key};
use super::layers::Layers;
use super::origin::Origin;

/// A setting as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its path in the file; elements of lists count from 1.
    pub key: String,
    /// Its value as text; for a default that depends on the data, what will decide.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl Settings {
    /// Every single setting in the order of [`KEYS`], then what else the files say.
    #[must_use]
    pub fn describe(&self) -> &[Described] {
        &self.shown
    }
}

/// The settings that the layers hold, completed by the defaults.
pub fn describe(layers: &Layers) -> Vec<Described> {
    let leaves = layers.leaves();
    let said = |path: &str| {
        leaves
            .iter()
            .find(|(key, _)| key == path)
            .map(|(_, value)| value.clone())
    };
    let single = |key: &Key| match said(key.path) {
        Some(value) => Described {
            key: key.path.to_owned(),
            value,
            origin: layers.origin(key.path),
        },
        None => Described {
            key: key.path.to_owned(),
            value: key.default.to_owned(),
            origin: Origin::Default,
        },
    };
    let others = leaves
        .iter()
        .filter(|(path, _)| Key::by_path(path).is_none());
    let other = |(path, value): &(String, String)| Described {
        key: path.clone(),
        value: value.clone(),
        origin: layers.origin(path),
    };
    KEYS.iter().map(single).chain(others.map(other)).collect()
}
