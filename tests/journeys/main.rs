//! Whole clients against the whole backend: what must hold whatever happens.

mod accounts;
mod damage;
mod first_image;
mod money;
mod offline;
mod session;
