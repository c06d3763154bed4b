//! Many HTTP requests at once, none of which can keep another from being read.

use crate::policy::{MAX_BODY, POLL_MILLIS};
use alloc::{string::String, vec::Vec};
use polkadot_sdk::{
	sp_core::offchain::{Duration, HttpError, HttpRequestId, Timestamp},
	sp_io::offchain,
	sp_runtime::offchain::http::{PendingRequest, Request},
};

/// How long to wait between two looks at everything that is open.
const PAUSE: Duration = Duration::from_millis(20);
/// Chunks read of one answer before the next one's turn: an endpoint that sends byte by byte is not
/// waited for.
const READS_PER_TURN: u32 = 8;

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
	/// The endpoint's address is none that may be asked.
	Forbidden,
	/// The request could not be sent, or the connection broke.
	Broken,
	/// The status was not 200. Redirects are not followed.
	Status(u16),
	/// The body was longer than the cap.
	TooLong,
	/// The time was up.
	TimedOut,
}

enum State {
	Waiting(PendingRequest),
	Reading(HttpRequestId, Vec<u8>),
	Done(Result<Vec<u8>, Failure>),
}

/// GETs all `urls` in parallel and returns the bodies in their order. Takes at most
/// [`POLL_MILLIS`] for all together, and reads at most [`MAX_BODY`] of each.
///
/// Everything open is looked at in turns, without waiting for any one of them: were answers read
/// one after the other, a single endpoint that stalls would use up everybody's time.
pub fn get_all(urls: &[String]) -> Vec<Result<Vec<u8>, Failure>> {
	let deadline = offchain::timestamp().add(Duration::from_millis(POLL_MILLIS));
	let mut states: Vec<State> = urls
		.iter()
		.map(|url| match Request::get(url).deadline(deadline).send() {
			Ok(request) => State::Waiting(request),
			Err(_) => State::Done(Err(Failure::Broken)),
		})
		.collect();
	loop {
		let now = offchain::timestamp();
		if now >= deadline || states.iter().all(|state| matches!(state, State::Done(_))) {
			break;
		}
		let pause = now.add(PAUSE).min(deadline);
		let waited = wait_for_headers(&mut states, pause);
		let mut progress = false;
		for state in &mut states {
			if let State::Reading(id, body) = state {
				let read = body.len();
				let end = read_available(*id, body);
				progress |= end.is_some() || body.len() > read;
				if let Some(end) = end {
					*state = State::Done(end.map(|()| core::mem::take(body)));
				}
			}
		}
		if !waited && !progress {
			offchain::sleep_until(pause);
		}
	}
	states
		.into_iter()
		.map(|state| match state {
			State::Done(result) => result,
			State::Waiting(_) | State::Reading(..) => Err(Failure::TimedOut),
		})
		.collect()
}

/// Moves on what has got its headers until `until`. Returns whether anything waits for them.
fn wait_for_headers(states: &mut [State], until: Timestamp) -> bool {
	let (mut indices, mut requests) = (Vec::new(), Vec::new());
	for (index, state) in states.iter_mut().enumerate() {
		if let State::Waiting(request) = state {
			indices.push(index);
			requests.push(PendingRequest { id: request.id });
		}
	}
	if requests.is_empty() {
		return false;
	}
	for (index, outcome) in indices.into_iter().zip(PendingRequest::try_wait_all(requests, until)) {
		let next = match outcome {
			Err(request) => State::Waiting(request),
			Ok(Err(_)) => State::Done(Err(Failure::Broken)),
			Ok(Ok(response)) if response.code == 200 => State::Reading(response.id, Vec::new()),
			Ok(Ok(response)) => State::Done(Err(Failure::Status(response.code))),
		};
		if let Some(state) = states.get_mut(index) {
			*state = next;
		}
	}
	true
}

/// Reads what is there of a body, waiting for nothing. `None`: there may be more.
fn read_available(id: HttpRequestId, body: &mut Vec<u8>) -> Option<Result<(), Failure>> {
	let mut buffer = [0u8; 4096];
	let mut empty_handed = false;
	for _ in 0..READS_PER_TURN {
		let at_once = Some(offchain::timestamp());
		match offchain::http_response_read_body(id, &mut buffer, at_once) {
			Ok(0) => return Some(Ok(())),
			Ok(read) => {
				body.extend(buffer.iter().take(read as usize));
				if body.len() > MAX_BODY {
					return Some(Err(Failure::TooLong));
				}
				empty_handed = false;
			}
			// With its time up, the client takes in the next chunk but hands it over only when asked
			// once more.
			Err(HttpError::DeadlineReached) if !empty_handed => empty_handed = true,
			Err(HttpError::DeadlineReached) => return None,
			Err(_) => return Some(Err(Failure::Broken)),
		}
	}
	None
}
