//! `cargo xtask run`: from a fresh clone to the open window, or to a picture without one.

mod app;
mod backend;
mod display;
mod headless;
mod prepare;

pub(crate) use prepare::{build_ui, postgres};

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

/// What `run` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Make one image through the command line, with no window and a fresh backend.
    #[arg(long, value_name = "PROMPT")]
    headless: Option<String>,
    /// Where the image of `--headless` is written.
    #[arg(long, default_value = "target/headless")]
    out: PathBuf,
    /// Stop after the screenshot that is taken where there is no display.
    #[arg(long)]
    screenshot_and_exit: bool,
}

/// Set by Ctrl-C and by being told to end.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    fn listen() -> anyhow::Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&flag);
        ctrlc::set_handler(move || set.store(true, Ordering::Relaxed))?;
        Ok(Self(flag))
    }

    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs the product on this machine. Everything started ends with it.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    match &options.headless {
        Some(prompt) => {
            prepare::headless()?;
            let interrupt = Interrupt::listen()?;
            headless::run(prompt, &options.out, &interrupt)
        }
        None => {
            prepare::windowed()?;
            let interrupt = Interrupt::listen()?;
            app::run(options.screenshot_and_exit, &interrupt)
        }
    }
}
