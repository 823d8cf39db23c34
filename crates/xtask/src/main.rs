//! Set-up, run, test and upkeep of the repository: `cargo xtask …`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that talks to people at a terminal"
)]

mod audit;
mod bench;
mod bindings;
mod chaos;
mod child;
mod platforms;
mod root;
mod run;
mod setup;
mod test;
mod tidy;

use clap::{Parser, Subcommand};

/// Everything the repository can do for you.
#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set everything up, start the local backend and open the app.
    Run(run::Options),
    /// Set everything up and run every check and test.
    Test(test::Options),
    /// Type-check what ships for Windows and macOS.
    CheckPlatforms,
    /// Write the TypeScript of the command table into the UI.
    Bindings,
    /// Check the house rules: dependencies' direction, sizes, places.
    Tidy,
    /// Look for known vulnerabilities; needs the network.
    Audit,
    /// Bad networks and deaths by chance, for as long as you like.
    Chaos(chaos::Options),
    /// Measure; takes minutes.
    Bench(bench::Options),
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    std::env::set_current_dir(root::folder())?;
    match options.task {
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::test(&options),
        Task::CheckPlatforms => {
            setup::packages(&[setup::BUILD, setup::PLATFORMS])?;
            platforms::check()
        }
        Task::Bindings => bindings::write(),
        Task::Tidy => tidy::check(),
        Task::Audit => audit::audit(),
        Task::Chaos(options) => chaos::chaos(&options),
        Task::Bench(options) => bench::bench(&options),
    }
}
