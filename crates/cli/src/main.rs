//! Amethyst without a window: for scripts and machines without a screen.

mod call;
mod generate;
mod options;
mod output;
mod read;
mod session;
mod wait;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use amethyst_engine::{Config, Core, Drive, SystemClock};
use amethyst_secret::KeychainSecretStore;
use clap::Parser;

use crate::options::{Command, Options};

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::failure(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> anyhow::Result<()> {
    let data_dir = options.data_dir()?;
    let secrets = KeychainSecretStore::new(&data_dir, "amethyst");
    let core = Core::start(Config {
        server: options.server(&data_dir)?,
        data_dir,
        secrets: Arc::new(secrets),
        clock: Arc::new(SystemClock),
        drive: Drive::ByItself,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
    .await?;
    let result = execute(&core, &options).await;
    core.shutdown(Duration::from_secs(5)).await;
    result
}

async fn execute(core: &Core, options: &Options) -> anyhow::Result<()> {
    match &options.command {
        Command::SignUp(account) => session::sign_up(core, account).await,
        Command::SignIn(account) => session::sign_in(core, account).await,
        Command::SignOut => session::sign_out(core).await,
        Command::Generate(request) => generate::generate(core, request, options.json).await,
        Command::List { limit } => read::list(core, *limit, options.json).await,
        Command::Ledger { limit } => read::ledger(core, *limit, options.json).await,
        Command::Sync => read::sync(core).await,
        Command::Call { name, arguments } => {
            call::call(core, name.as_deref(), arguments.as_deref()).await
        }
        Command::Export { id, out } => read::export(core, id, out).await,
    }
}
