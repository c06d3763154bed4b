//! Tests, by what they are about.

mod period;
mod report;
mod try_state;
mod worker;
