//! Local backend, faults, clocks and secrets for tests.
