//! Signing up, in and out.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::LanguageView;

/// Who is signed in, if anybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SessionView {
    /// Where the session stands.
    pub state: SessionState,
    /// The account's id, while its library is open.
    pub user_id: Option<String>,
    /// The account's address, also after the server refused the session, to sign in again.
    pub email: Option<String>,
    /// Whether the session survives the end of this run.
    pub remembered: bool,
}

/// Where the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Nobody is signed in.
    SignedOut,
    /// A session is stored but no keychain answers: a passphrase is needed, or sign in for this run.
    Locked,
    /// An account was made and waits for the code in the confirmation mail.
    AwaitingConfirmation,
    /// Signed in; the library is open. Says nothing about the network.
    SignedIn,
    /// The library is open and unsent work is kept, but the server wants a new sign-in.
    NeedsSignIn,
}

/// A new account.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignUpRequest {
    /// E-mail address.
    pub email: String,
    /// Password, at least 6 characters.
    pub password: String,
    /// Language for the profile and the mails.
    pub language: LanguageView,
}

/// An existing account.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignInRequest {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// An address to send a mail to.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct EmailRequest {
    /// E-mail address.
    pub email: String,
}

/// What a code from a mail confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VerifyKindView {
    /// A new account.
    Signup,
    /// A forgotten password.
    Recovery,
}

/// A code from a mail.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct VerifyRequest {
    /// Address the mail went to.
    pub email: String,
    /// The six digits.
    pub code: String,
    /// What it confirms.
    pub kind: VerifyKindView,
    /// New password, for [`VerifyKindView::Recovery`].
    pub new_password: Option<String>,
}

/// Which sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignOutScope {
    /// This device's.
    Local,
    /// All of the account's.
    Global,
    /// All but this device's.
    Others,
}

/// Ending sessions. Unsent work stays in the account's folder and goes out after the next sign-in.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignOutRequest {
    /// Which.
    pub scope: SignOutScope,
}

/// How to keep the session where no keychain answers.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct UnlockRequest {
    /// Passphrase to seal it with; `None` keeps it for this run only.
    pub passphrase: Option<String>,
}
