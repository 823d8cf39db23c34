//! Amethyst without a window.

fn main() {}
