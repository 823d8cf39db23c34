//! Claims generation jobs, paints, uploads, completes.
