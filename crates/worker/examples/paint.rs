//! Paints one sketch into a file, for looking: `cargo run -p amethyst-worker --example paint -- "a fox"`.

use std::path::PathBuf;

use amethyst_imaging::{Bitmap, Format, encode};
use amethyst_worker::Sketch;
use clap::Parser;

/// Paints one sketch into a file.
#[derive(Parser)]
struct Arguments {
    /// What to paint, in French or English.
    prompt: String,
    /// What to leave out.
    #[arg(long, default_value = "")]
    negative: String,
    #[arg(long, default_value_t = 1)]
    seed: u32,
    #[arg(long, default_value_t = 28)]
    steps: u32,
    #[arg(long, default_value_t = 7.5)]
    guidance: f32,
    #[arg(long, default_value_t = 1024)]
    width: u32,
    #[arg(long, default_value_t = 1024)]
    height: u32,
    /// As `owner/name=scale`; may be repeated.
    #[arg(long)]
    lora: Vec<String>,
    /// The ending decides the format: png, webp or jpg.
    #[arg(long, default_value = "sketch.png")]
    out: PathBuf,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let loras = arguments
        .lora
        .iter()
        .map(|text| {
            let (name, scale) = text.split_once('=').unwrap_or((text, "1"));
            Ok((name.to_owned(), scale.parse()?))
        })
        .collect::<Result<_, std::num::ParseFloatError>>()?;
    let sketch = Sketch {
        prompt: arguments.prompt,
        negative_prompt: arguments.negative,
        width: arguments.width,
        height: arguments.height,
        steps: arguments.steps,
        guidance: arguments.guidance,
        seed: arguments.seed,
        loras,
    };
    let painting = sketch.paint(&mut |_| true).ok_or("stopped")?;
    let bitmap = Bitmap::from_rgba(sketch.width, sketch.height, painting.rgba)?;
    let format = arguments
        .out
        .extension()
        .and_then(|extension| extension.to_str())
        .and_then(Format::from_extension)
        .ok_or("the file must end in .png, .webp or .jpg")?;
    fs_err::write(&arguments.out, encode(&bitmap, format, 92)?)?;
    Ok(())
}
