//! Which names buckets and objects may have.
//!
//! The characters are those of the hosted service. On top of them empty and dot segments are refused:
//! no name ever becomes a path on disk here (see `blob`), but clients build URLs and folders of it, and
//! URL parsers collapse such segments, so an object of that name could be written and never read.

use super::error::StorageError;

/// Longer keys are refused by S3, which stores the objects of the hosted service.
const MAX_KEY_BYTES: usize = 1024;
const MAX_BUCKET_BYTES: usize = 100;

/// Refuses a bucket name that the service would not take.
pub(crate) fn check_bucket(name: &str) -> Result<(), StorageError> {
    let fits = !name.is_empty()
        && name.len() <= MAX_BUCKET_BYTES
        && name.trim() == name
        && !matches!(name, "." | "..")
        && name.chars().all(is_safe);
    if fits {
        Ok(())
    } else {
        Err(StorageError::invalid_bucket_name())
    }
}

/// Refuses an object key that the service would not take, or that a URL cannot carry unchanged.
pub(crate) fn check_key(key: &str) -> Result<(), StorageError> {
    let fits = !key.is_empty()
        && key.len() <= MAX_KEY_BYTES
        && key.chars().all(|c| c == '/' || is_safe(c))
        && key
            .split('/')
            .all(|segment| !matches!(segment, "" | "." | ".."));
    if fits {
        Ok(())
    } else {
        Err(StorageError::invalid_key(key))
    }
}

/// The last segment of a key: the name a download is saved under when the client gives none.
pub(crate) fn file_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_!-.*'() &$@=;:+,?".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_product_are_taken() {
        for key in [
            "a",
            "u/p/i.webp",
            "u/p/i.512.webp",
            "été".replace('é', "e").as_str(),
            "a b/c+d",
        ] {
            assert!(check_key(key).is_ok(), "{key}");
        }
    }

    #[test]
    fn traversal_and_odd_keys_are_refused() {
        let long = "a".repeat(1025);
        for key in [
            "",
            "/",
            "a/",
            "/a",
            "a//b",
            "..",
            "../a",
            "a/../b",
            "a/..",
            ".",
            "a/./b",
            "a\\b",
            "a\0b",
            "a\nb",
            "a%2e",
            "é",
            "a\u{202e}b",
            "~",
            "a\"b",
            "<a>",
            "a|b",
            "a#b",
            &long,
        ] {
            assert!(check_key(key).is_err(), "{key:?}");
        }
    }

    #[test]
    fn bucket_names_have_no_slash() {
        assert!(check_bucket("generated-images").is_ok());
        for name in ["", "a/b", "..", " a", "a ", "é", "a\0", &"b".repeat(101)] {
            assert!(check_bucket(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn the_file_name_is_the_last_segment() {
        assert_eq!(file_name("a/b/c.png"), "c.png");
        assert_eq!(file_name("c.png"), "c.png");
    }
}
