//! What can be asked for on the command line.

use std::path::{Path, PathBuf};

use amethyst_engine::{Endpoint, ServerSource, default_backend_file};
use amethyst_model::{AspectRatio, GenerationDraft, OutputFormat};
use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Make images with AI and keep them.
#[derive(Parser)]
#[command(name = "amethyst-cli", about, version)]
pub(crate) struct Options {
    /// Folder with session and libraries [default: the desktop app's].
    #[arg(long, env = "AMETHYST_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Connection file of a local backend [default: where one of this user writes it].
    #[arg(long, env = "AMETHYST_BACKEND_FILE", global = true)]
    backend_file: Option<PathBuf>,
    /// Base URL of a Supabase project, instead of a local backend.
    #[arg(long, env = "AMETHYST_URL", requires = "anon_key", global = true)]
    url: Option<String>,
    /// The project's public key.
    #[arg(long, env = "AMETHYST_ANON_KEY", global = true)]
    anon_key: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create an account and sign in.
    SignUp(Account),
    /// Sign in.
    SignIn(Account),
    /// Sign this device out; unsent work is kept.
    SignOut,
    /// Make images and wait for their files.
    Generate(Box<Generate>),
    /// List requests, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Show the credit ledger, newest first.
    Ledger {
        /// At most so many lines.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Send and fetch everything, then stop.
    Sync,
    /// Run commands of the table that all faces share; see `ui/src/lib/ipc/generated/api.ts` for it.
    ///
    /// Each answer is one line of JSON, `{"ok": …}` or `{"error": …}`, printed when what was asked for is
    /// safely written down.
    Call {
        /// Name of the command; without one, lines of `NAME JSON` are read from standard input.
        name: Option<String>,
        /// Its arguments as JSON.
        arguments: Option<String>,
    },
    /// Copy an image's original to a folder.
    Export {
        /// Id of the image.
        id: String,
        /// Folder to copy to.
        #[arg(long, default_value = ".")]
        out: PathBuf,
    },
}

/// An account.
#[derive(Args)]
pub(crate) struct Account {
    /// E-mail address.
    pub(crate) email: String,
    /// Environment variable that holds the password; without it, it is read from standard input.
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) password_env: Option<String>,
}

/// File formats.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Webp,
    Png,
    Jpg,
}

/// Shapes.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Ratio {
    #[value(name = "1:1")]
    Square,
    #[value(name = "16:9")]
    Wide,
}

/// A request for images.
#[derive(Args)]
pub(crate) struct Generate {
    /// What to paint, in French or English.
    pub(crate) prompt: String,
    /// What to leave out.
    #[arg(long, default_value = "")]
    negative: String,
    /// Model.
    #[arg(long, default_value = "sketch")]
    model: String,
    /// Shape.
    #[arg(long, value_enum, default_value = "1:1")]
    ratio: Ratio,
    /// Number of images, 1 to 4.
    #[arg(long, short = 'n', default_value_t = 1)]
    images: i64,
    /// Steps, 1 to 100.
    #[arg(long, default_value_t = 28)]
    steps: i64,
    /// Guidance, 1 to 20.
    #[arg(long, default_value_t = 7.5)]
    guidance: f64,
    /// Seed; -1 draws one.
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    seed: i64,
    /// LoRA as owner/name; may be repeated.
    #[arg(long = "lora")]
    loras: Vec<String>,
    /// Scale of the LoRA at the same position; may be repeated.
    #[arg(long = "lora-scale", allow_negative_numbers = true)]
    lora_scales: Vec<f64>,
    /// File format.
    #[arg(long, value_enum, default_value = "webp")]
    format: Format,
    /// Quality of lossy formats, 1 to 100.
    #[arg(long, default_value_t = 90)]
    quality: i64,
    /// Highest price to pay, in credits [default: the price shown].
    #[arg(long)]
    pub(crate) max_cost: Option<i64>,
    /// Folder for the files.
    #[arg(long, default_value = ".")]
    pub(crate) out: PathBuf,
    /// Create this account first.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) sign_up: Option<String>,
    /// Environment variable that holds the password for --sign-up.
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) password_env: Option<String>,
    /// Seconds to wait for the images before giving up; the request goes on without us.
    #[arg(long, default_value_t = 300)]
    pub(crate) timeout: u64,
}

impl Options {
    pub(crate) fn data_dir(&self) -> anyhow::Result<PathBuf> {
        match &self.data_dir {
            Some(folder) => Ok(folder.clone()),
            None => {
                let folders = directories::ProjectDirs::from("", "", "amethyst");
                let folders = folders.context("no home folder: name one with --data-dir")?;
                Ok(folders.data_dir().to_owned())
            }
        }
    }

    pub(crate) fn server(&self, data_dir: &Path) -> anyhow::Result<ServerSource> {
        match (&self.url, &self.anon_key, &self.backend_file) {
            (Some(url), Some(key), None) => Ok(ServerSource::Fixed(Endpoint {
                url: url.trim_end_matches('/').to_owned(),
                anon_key: key.clone(),
            })),
            (Some(_), _, Some(_)) => bail!("name either --url or --backend-file"),
            (_, _, Some(file)) => Ok(ServerSource::File(file.clone())),
            (_, _, None) => Ok(ServerSource::File(default_backend_file(data_dir))),
        }
    }
}

impl Generate {
    /// The draft as typed; lists of unequal length are left for validation to name.
    pub(crate) fn draft(&self) -> GenerationDraft {
        let scales = match self.lora_scales.is_empty() {
            true => vec![1.0; self.loras.len()],
            false => self.lora_scales.clone(),
        };
        GenerationDraft {
            model_id: self.model.clone(),
            prompt: self.prompt.clone(),
            negative_prompt: self.negative.clone(),
            aspect_ratio: match self.ratio {
                Ratio::Square => AspectRatio::Square,
                Ratio::Wide => AspectRatio::Wide,
            },
            num_outputs: self.images,
            steps: self.steps,
            guidance_scale: self.guidance,
            seed: self.seed,
            output_format: match self.format {
                Format::Webp => OutputFormat::Webp,
                Format::Png => OutputFormat::Png,
                Format::Jpg => OutputFormat::Jpg,
            },
            output_quality: self.quality,
            hf_loras: self.loras.clone(),
            lora_scales: scales,
            ..GenerationDraft::default()
        }
    }
}
