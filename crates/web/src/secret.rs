//! Secrets that stand hashed in a file: how they are made, read and verified. Nothing here prints one.

use std::fmt;
use std::hint::black_box;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{CustomizedPasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::digest::{SHA256, digest};

/// What an argon2id hash of ours costs: 19 MiB and two passes, the OWASP minimum (Password Storage Cheat Sheet); some 30 ms.
const COST: Params = Params::DEFAULT;
/// Verifying may use so much memory at most, in KiB: a hash that was made for a strong machine must not take a small one down.
const MOST_KIB: u32 = 256 * 1024;
/// Verifying may pass over the memory so often at most, and in so many lanes.
const MOST_PASSES: u32 = 32;
/// A hash must be at least so long, in bytes: shorter ones are met by chance.
const LEAST_BYTES: usize = 16;
/// What stands before a token's hash.
const SHA256_MARK: &str = "sha256:";
/// Bytes of a new token.
const TOKEN_BYTES: usize = 32;

/// A hash that is none, in one sentence that does not repeat it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASecret(pub(crate) String);

impl fmt::Display for NotASecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotASecret {}

/// The system gave no random bytes, or the password cannot be hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashError(String);

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HashError {}

/// An argon2id hash of a password, as a PHC string that was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Phc(String);

impl Phc {
    /// Reads and checks it.
    pub(crate) fn parse(text: &str) -> Result<Self, NotASecret> {
        let none = |why: &str| NotASecret(format!("This is no argon2id hash ({why}); `allswell hash` makes one."));
        let hash = PasswordHash::new(text).map_err(|_| none("not a PHC string"))?;
        if hash.algorithm != Algorithm::Argon2id.ident() {
            return Err(none("another algorithm"));
        }
        if hash.version.is_some_and(|version| version != u32::from(Version::V0x13)) {
            return Err(none("another version"));
        }
        let params = Params::try_from(&hash).map_err(|_| none("its parameters are not argon2's"))?;
        if hash.salt.is_none() || hash.hash.is_none_or(|hash| hash.len() < LEAST_BYTES) {
            return Err(none("salt or hash is missing or too short"));
        }
        if params.m_cost() > MOST_KIB || params.t_cost() > MOST_PASSES || params.p_cost() > MOST_PASSES {
            let most = format!("m={MOST_KIB},t={MOST_PASSES},p={MOST_PASSES}");
            return Err(NotASecret(format!("This hash costs more to verify than is allowed here ({most}).")));
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether it was made of this password. It takes long, by intent, and blocks.
    pub(crate) fn verify(&self, password: &[u8]) -> bool {
        PasswordHash::new(&self.0).is_ok_and(|hash| Argon2::default().verify_password(password, &hash).is_ok())
    }
}

/// The SHA-256 of a token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Reads `sha256:` and 64 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Result<Self, NotASecret> {
        let none = || NotASecret(format!("A token's hash is `{SHA256_MARK}` and 64 hexadecimal digits; `allswell hash` makes one."));
        let digits = text.strip_prefix(SHA256_MARK).filter(|digits| digits.len() == 64).ok_or_else(none)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
            *byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or_else(none)?;
        }
        Ok(Self(bytes))
    }

    /// The hash of this token.
    pub(crate) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(digest(&SHA256, token.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }

    /// Whether both are the same, in a time that does not tell where they differ.
    pub(crate) fn is(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

/// Whether both texts are the same, in a time that tells their lengths at most.
pub(crate) fn same(ours: &[u8], theirs: &[u8]) -> bool {
    let differing = ours.iter().zip(theirs).fold(0, |seen, (a, b)| black_box(seen | (a ^ b)));
    ours.len() == theirs.len() && differing == 0
}

/// What stands in the configuration for a password: an argon2id PHC string with a salt of its own. It blocks for some 30 ms.
///
/// # Errors
/// When the password is empty, or the system gives no random bytes.
pub fn hash_password(password: &str) -> Result<String, HashError> {
    if password.is_empty() {
        return Err(HashError("An empty password protects nothing.".to_owned()));
    }
    let salt: [u8; 16] = random()?;
    let hashed = Argon2::default().hash_password_customized(
        password.as_bytes(),
        &salt,
        Some(Algorithm::Argon2id.as_str()),
        Some(Version::V0x13.into()),
        COST,
    );
    let phc: argon2::password_hash::phc::PasswordHash =
        hashed.map_err(|error| HashError(format!("The password cannot be hashed: {error}.")))?;
    Ok(phc.to_string())
}

/// What stands in the configuration for a token: `sha256:` and 64 hexadecimal digits. Only a token that nobody can guess may be
/// hashed so cheaply: one that [`new_token`] made.
#[must_use]
pub fn hash_token(token: &str) -> String {
    let digits: String = TokenHash::of(token).0.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{SHA256_MARK}{digits}")
}

/// A new token: 64 hexadecimal digits of the system's randomness.
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_token() -> Result<String, HashError> {
    let bytes: [u8; TOKEN_BYTES] = random()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn random<const N: usize>() -> Result<[u8; N], HashError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| HashError(format!("The system gives no random bytes: {error}.")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
