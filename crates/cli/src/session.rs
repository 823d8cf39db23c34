//! Signing up, in and out.

use std::io::BufRead;

use amethyst_engine::{Core, SessionInfo, SessionStatus, SignOutScope};
use amethyst_model::Language;
use anyhow::{Context, bail};

use crate::options::Account;
use crate::output;

pub(crate) async fn sign_up(core: &Core, account: &Account) -> anyhow::Result<()> {
    let password = password(account.password_env.as_deref())?;
    let info = core.sign_up(&account.email, &password, language()).await?;
    report(&info);
    Ok(())
}

pub(crate) async fn sign_in(core: &Core, account: &Account) -> anyhow::Result<()> {
    let password = password(account.password_env.as_deref())?;
    let info = core.sign_in(&account.email, &password).await?;
    report(&info);
    Ok(())
}

pub(crate) async fn sign_out(core: &Core) -> anyhow::Result<()> {
    core.sign_out(SignOutScope::Local).await?;
    output::line("signed out");
    Ok(())
}

fn report(info: &SessionInfo) {
    match info.status {
        SessionStatus::AwaitingConfirmation => {
            output::line("account created; confirm the address with the mail that was sent");
        }
        _ if info.remembered => output::line("signed in"),
        _ => output::line(
            "signed in for this run only: no keychain answers \
             (set AMETHYST_SESSION_PASSPHRASE to seal the session with a passphrase)",
        ),
    }
}

/// The password from the named variable, else a line of standard input. Never from an argument, which
/// other users of the machine can read.
pub(crate) fn password(variable: Option<&str>) -> anyhow::Result<String> {
    if let Some(name) = variable {
        return std::env::var(name).with_context(|| format!("`{name}` holds no password"));
    }
    output::progress("password:");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        bail!("no password was given");
    }
    Ok(password)
}

/// The language of the environment; French unless it says otherwise.
pub(crate) fn language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match set {
        Some(locale) if locale.starts_with("en") => Language::En,
        _ => Language::Fr,
    }
}
