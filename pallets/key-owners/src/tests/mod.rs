mod machine;
mod noting;
mod proofs;
mod refusals;
mod try_state;

pub(crate) use crate::{mock::*, *};
