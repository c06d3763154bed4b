//! Tests, by what they are about.

mod duties;
mod period;
mod report;
mod try_state;
mod worker;
