//! The project's keys: signing, verifying and publishing them.
//!
//! Access tokens are signed with ES256 (or HS256 by setting); the two API keys are HS256 tokens with the
//! shared secret, as on a hosted project. Signed URLs and the hand-over to the REST server use a secret
//! of their own, so that none can stand for another.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngExt;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use crate::claims::Caller;
use crate::config::JwtAlgorithm;

/// Seconds by which clocks may differ, as PostgREST allows.
const LEEWAY: i64 = 30;

/// Why a token is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum JwtError {
    /// Not three parts, but so many.
    #[error("token is malformed: token contains an invalid number of segments ({0})")]
    Parts(usize),
    /// Not base64, not JSON, an algorithm we do not speak.
    #[error("invalid JWT: {0}")]
    Malformed(String),
    /// Signed by nobody we know.
    #[error("signature verification failed")]
    Signature,
    /// No longer valid.
    #[error("\"exp\" claim timestamp check failed")]
    Expired,
    /// Not valid yet.
    #[error("JWT not yet valid")]
    NotYet,
    /// Without a role that a request can take.
    #[error("the token names no role of this project")]
    Role,
}

/// What is kept in `keys.json`, mode 0600.
#[derive(Serialize, Deserialize)]
struct Stored {
    jwt_secret: String,
    internal_secret: String,
    es256_pkcs8: String,
    kid: Uuid,
    #[serde(default)]
    publishable_key: String,
    #[serde(default)]
    secret_key: String,
}

/// All keys of one backend.
#[derive(Clone)]
pub(crate) struct Keys {
    algorithm: JwtAlgorithm,
    kid: String,
    es256: EncodingKey,
    es256_public: DecodingKey,
    jwk: Value,
    secret: Vec<u8>,
    internal: Vec<u8>,
    anon_key: String,
    service_role_key: String,
    publishable_key: String,
    secret_key: String,
}

impl Keys {
    /// Reads the keys of a data folder, making them on the first run. Sessions and API keys therefore
    /// survive restarts.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is not ours.
    pub(crate) fn load(data_dir: &Path, algorithm: JwtAlgorithm) -> anyhow::Result<Self> {
        let path = data_dir.join("keys.json");
        let stored = match fs_err::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let stored = Stored::random()?;
                crate::private_file::write(
                    &path,
                    serde_json::to_string_pretty(&stored)?.as_bytes(),
                )?;
                stored
            }
            Err(error) => return Err(error.into()),
        };
        Self::from_stored(&stored, algorithm)
    }

    fn from_stored(stored: &Stored, algorithm: JwtAlgorithm) -> anyhow::Result<Self> {
        let pkcs8 = URL_SAFE_NO_PAD.decode(&stored.es256_pkcs8)?;
        let random = ring::rand::SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random)
            .map_err(|error| anyhow::anyhow!("keys.json holds no usable ES256 key: {error}"))?;
        // Uncompressed point: 0x04, 32 bytes of x, 32 bytes of y (SEC 1, 2.3.3).
        let point = pair.public_key().as_ref();
        let (x, y) = (
            URL_SAFE_NO_PAD.encode(&point[1..33]),
            URL_SAFE_NO_PAD.encode(&point[33..65]),
        );
        let kid = stored.kid.to_string();
        let secret = stored.jwt_secret.as_bytes().to_vec();
        let mut keys = Self {
            algorithm,
            es256: EncodingKey::from_ec_der(&pkcs8),
            es256_public: DecodingKey::from_ec_components(&x, &y)?,
            jwk: json!({
                "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig",
                "key_ops": ["verify"], "ext": true, "kid": kid, "x": x, "y": y,
            }),
            kid,
            secret,
            internal: stored.internal_secret.as_bytes().to_vec(),
            anon_key: String::new(),
            service_role_key: String::new(),
            publishable_key: stored.publishable_key.clone(),
            secret_key: stored.secret_key.clone(),
        };
        keys.anon_key = keys.api_key("anon");
        keys.service_role_key = keys.api_key("service_role");
        Ok(keys)
    }

    /// The public API key.
    #[must_use]
    pub(crate) fn anon_key(&self) -> &str {
        &self.anon_key
    }

    /// The key that passes row-level security; for workers, never for clients.
    #[must_use]
    pub(crate) fn service_role_key(&self) -> &str {
        &self.service_role_key
    }

    /// The role behind an API key, or `None` for a key that is not this project's.
    #[must_use]
    pub(crate) fn role_of_api_key(&self, key: &str) -> Option<&'static str> {
        if key.is_empty() {
            None
        } else if key == self.anon_key || key == self.publishable_key {
            Some("anon")
        } else if key == self.service_role_key || key == self.secret_key {
            Some("service_role")
        } else {
            None
        }
    }

    /// The public keys as a JSON Web Key Set; empty with HS256.
    #[must_use]
    pub(crate) fn jwks(&self) -> Value {
        match self.algorithm {
            JwtAlgorithm::Es256 => json!({ "keys": [self.jwk] }),
            JwtAlgorithm::Hs256 => json!({ "keys": [] }),
        }
    }

    /// Signs an access token.
    #[must_use]
    pub(crate) fn sign(&self, claims: &Value) -> String {
        match self.algorithm {
            JwtAlgorithm::Es256 => {
                let mut header = Header::new(Algorithm::ES256);
                header.kid = Some(self.kid.clone());
                encode(&header, claims, &self.es256)
            }
            JwtAlgorithm::Hs256 => self.sign_with(claims, &self.secret),
        }
    }

    /// Signs something that only this backend reads: signed URLs, the hand-over to the REST server.
    #[must_use]
    pub(crate) fn sign_internal(&self, claims: &Value) -> String {
        self.sign_with(claims, &self.internal)
    }

    /// The secret of [`Keys::sign_internal`], for the REST server.
    pub(crate) fn internal_secret(&self) -> String {
        String::from_utf8_lossy(&self.internal).into_owned()
    }

    /// Checks an access token or API key. `now` in seconds since the epoch.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub(crate) fn verify_at(&self, jwt: &str, now: i64) -> Result<Caller, JwtError> {
        let parts = jwt.split('.').count();
        if parts != 3 {
            return Err(JwtError::Parts(parts));
        }
        let header = jsonwebtoken::decode_header(jwt)
            .map_err(|error| JwtError::Malformed(error.to_string()))?;
        let claims = match header.alg {
            Algorithm::ES256 => decode(jwt, &self.es256_public, Algorithm::ES256)?,
            Algorithm::HS256 => decode(
                jwt,
                &DecodingKey::from_secret(&self.secret),
                Algorithm::HS256,
            )?,
            _ => return Err(JwtError::Signature),
        };
        check_times(&claims, now)?;
        Caller::from_claims(claims).ok_or(JwtError::Role)
    }

    /// [`Keys::verify_at`] by the system's clock.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub(crate) fn verify(&self, jwt: &str) -> Result<Caller, JwtError> {
        self.verify_at(jwt, crate::clock::now().timestamp())
    }

    /// Checks the signature of [`Keys::sign_internal`] and nothing else: expiry is the caller's matter.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub(crate) fn verify_internal(&self, jwt: &str) -> Result<Value, JwtError> {
        decode(
            jwt,
            &DecodingKey::from_secret(&self.internal),
            Algorithm::HS256,
        )
    }

    fn sign_with(&self, claims: &Value, secret: &[u8]) -> String {
        encode(
            &Header::new(Algorithm::HS256),
            claims,
            &EncodingKey::from_secret(secret),
        )
    }

    fn api_key(&self, role: &str) -> String {
        // Fixed times, so that the same secret gives the same key at every start.
        let claims = json!({ "iss": "amethyst-local", "role": role, "iat": 1_735_689_600, "exp": 4_891_363_200_i64 });
        self.sign_with(&claims, &self.secret)
    }
}

impl Stored {
    fn random() -> anyhow::Result<Self> {
        let random = ring::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|error| anyhow::anyhow!("no ES256 key could be made: {error}"))?;
        Ok(Self {
            jwt_secret: random_text(48),
            internal_secret: random_text(48),
            es256_pkcs8: URL_SAFE_NO_PAD.encode(pkcs8.as_ref()),
            kid: Uuid::new_v4(),
            publishable_key: format!("sb_publishable_{}", random_text(24)),
            secret_key: format!("sb_secret_{}", random_text(24)),
        })
    }
}

/// Random bytes as URL-safe text.
pub(crate) fn random_text(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    rand::rng().fill(buffer.as_mut_slice());
    URL_SAFE_NO_PAD.encode(buffer)
}

fn encode(header: &Header, claims: &Value, key: &EncodingKey) -> String {
    // Signing a JSON value with a key of the header's own kind cannot fail.
    jsonwebtoken::encode(header, claims, key).unwrap_or_default()
}

fn decode(jwt: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Value, JwtError> {
    // Times are checked by us: the library treats claims of the wrong type as absent.
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match jsonwebtoken::decode::<Value>(jwt, key, &validation) {
        Ok(token) => Ok(token.claims),
        Err(error) => match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Err(JwtError::Signature),
            _ => Err(JwtError::Malformed(error.to_string())),
        },
    }
}

fn check_times(claims: &Value, now: i64) -> Result<(), JwtError> {
    let time = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .map(Some)
            .ok_or_else(|| JwtError::Malformed(format!("`{name}` is not a whole number"))),
    };
    if time("exp")?.is_some_and(|exp| now >= exp + LEEWAY) {
        return Err(JwtError::Expired);
    }
    if time("nbf")?.is_some_and(|nbf| now < nbf - LEEWAY)
        || time("iat")?.is_some_and(|iat| now < iat - LEEWAY)
    {
        return Err(JwtError::NotYet);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(algorithm: JwtAlgorithm) -> Keys {
        Keys::from_stored(&Stored::random().unwrap(), algorithm).unwrap()
    }

    #[test]
    fn a_token_is_accepted_until_it_expires() {
        for algorithm in [JwtAlgorithm::Es256, JwtAlgorithm::Hs256] {
            let keys = keys(algorithm);
            let user = Uuid::from_u128(7);
            let jwt =
                keys.sign(&json!({ "sub": user, "role": "authenticated", "exp": 1000, "iat": 0 }));
            let caller = keys.verify_at(&jwt, 1000).unwrap();
            assert_eq!(
                (caller.user_id, caller.role.as_str()),
                (Some(user), "authenticated")
            );
            assert_eq!(keys.verify_at(&jwt, 1030).unwrap_err(), JwtError::Expired);
            assert_eq!(keys.verify_at(&jwt, -31).unwrap_err(), JwtError::NotYet);
        }
    }

    #[test]
    fn foreign_and_internal_signatures_are_refused() {
        let (ours, theirs) = (keys(JwtAlgorithm::Es256), keys(JwtAlgorithm::Es256));
        let claims = json!({ "role": "service_role", "exp": 4_000_000_000_i64 });
        assert_eq!(
            ours.verify_at(&theirs.sign(&claims), 0).unwrap_err(),
            JwtError::Signature
        );
        assert_eq!(
            ours.verify_at(&ours.sign_internal(&claims), 0).unwrap_err(),
            JwtError::Signature
        );
        let unsigned = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.";
        assert!(ours.verify_at(unsigned, 0).is_err());
    }

    #[test]
    fn only_roles_of_requests_are_taken() {
        let keys = keys(JwtAlgorithm::Hs256);
        let jwt = keys.sign(&json!({ "role": "postgres" }));
        assert_eq!(keys.verify_at(&jwt, 0).unwrap_err(), JwtError::Role);
    }
}
