//! A node's life.
//!
//! ```text
//!                  Served              Served
//!                                     ┌──────┐
//!   registered → Pending ─────────→ Active ←─┘
//!                 │   ↑               │
//!           Pause │   │ Resume        │ Pause
//!                 ↓   │               │
//!                 Paused ←────────────┘
//! ```
//!
//! A missed or unjudged period changes no state: a node that stopped serving stays `Active`, and stops
//! counting once its last served period is stale (see [`crate::policy::FRESH_PERIODS`]). A resumed node
//! has to be seen serving again. Any state may end in deregistration.

use crate::types::NodeState;

/// What happens to a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeEvent {
	/// A quorum saw it serve for a period.
	Served,
	/// Its provider takes it out.
	Pause,
	/// Its provider puts it back.
	Resume,
}

/// Why an event does not apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
	/// The node is paused.
	Paused,
	/// The node is not paused.
	NotPaused,
}

/// The state after an event.
pub fn transition(state: NodeState, event: NodeEvent) -> Result<NodeState, Refused> {
	use NodeEvent::*;
	use NodeState::*;
	match (state, event) {
		(Pending | Active, Served) => Ok(Active),
		(Pending | Active, Pause) => Ok(Paused),
		(Pending | Active, Resume) => Err(Refused::NotPaused),
		(Paused, Resume) => Ok(Pending),
		(Paused, Served | Pause) => Err(Refused::Paused),
	}
}

#[cfg(test)]
mod tests {
	use super::{NodeEvent::*, NodeState::*, *};

	#[test]
	fn follows_the_diagram() {
		let table = [
			(Pending, Served, Ok(Active)),
			(Pending, Pause, Ok(Paused)),
			(Pending, Resume, Err(Refused::NotPaused)),
			(Active, Served, Ok(Active)),
			(Active, Pause, Ok(Paused)),
			(Active, Resume, Err(Refused::NotPaused)),
			(Paused, Served, Err(Refused::Paused)),
			(Paused, Pause, Err(Refused::Paused)),
			(Paused, Resume, Ok(Pending)),
		];
		for (state, event, expected) in table {
			assert_eq!(transition(state, event), expected, "{state:?} {event:?}");
		}
	}
}
