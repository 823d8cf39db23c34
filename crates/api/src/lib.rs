//! The command table, views and errors that every face of Amethyst speaks.
