//! Allocations: parts of an operator's stake that answer for jobs of a class.

use crate::*;
use frame_support::{ensure, BoundedVec};
use polkadot_sdk::sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_allocate(who: &T::AccountId, class: ClassId, magnitude: Magnitude) -> DispatchResult {
		let mut operator = Self::edit(who)?;
		let mut allocation = operator.allocations.get(&class).cloned().unwrap_or_default();
		match magnitude.checked_sub(allocation.active) {
			Some(rise) if rise > 0 => {
				ensure!(!operator.leaving, Error::<T>::Leaving);
				ensure!(T::Classes::contains(&class), Error::<T>::UnknownClass);
				// The delay is delegators' notice: where there are none, the next session's start will do.
				let has_delegators = operator.compounding.shares > 0 || operator.paying.shares > 0;
				let delay = if has_delegators { T::AllocationDelay::get() } else { 0 };
				let from = CurrentSession::<T>::get().saturating_add(1).saturating_add(delay);
				allocation.joining = Some((rise, from));
			}
			_ => {
				// What was to join joins no more; what is above the new size leaves.
				allocation.joining = None;
				let fall = allocation.active.saturating_sub(magnitude);
				allocation.active = magnitude;
				if fall > 0 {
					ensure!(
						operator.value_of_magnitude(class, magnitude) >= allocation.reserved,
						Error::<T>::AllocationReserved
					);
					leave_allocation(&mut allocation.leaving, fall, Self::next_withdrawable());
				}
			}
		}
		let (active, joining) = (allocation.active, allocation.joining);
		if allocation == Allocation::default() {
			operator.allocations.remove(&class);
		} else {
			operator
				.allocations
				.try_insert(class, allocation)
				.map_err(|_| Error::<T>::TooManyAllocations)?;
		}
		ensure!(
			joining.is_none() || operator.encumbered() <= policy::allocation_limit(operator.whole),
			Error::<T>::AllocatedTooMuch
		);
		Self::commit(who, operator);
		Self::deposit_event(Event::Allocated {
			operator: who.clone(),
			class,
			active,
			joining,
		});
		Ok(())
	}

	/// Allocates at genesis, at once.
	pub(crate) fn allocate_at_genesis(who: &T::AccountId, class: ClassId, magnitude: Magnitude) -> DispatchResult {
		let mut operator = Self::edit(who)?;
		let allocation = Allocation {
			active: magnitude,
			..Default::default()
		};
		operator
			.allocations
			.try_insert(class, allocation)
			.map_err(|_| Error::<T>::TooManyAllocations)?;
		ensure!(
			operator.encumbered() <= policy::allocation_limit(operator.whole),
			Error::<T>::AllocatedTooMuch
		);
		Self::commit(who, operator);
		Ok(())
	}
}

/// Books a part that leaves. If there is no place, the youngest stays until then with it.
fn leave_allocation(
	leaving: &mut BoundedVec<
		(Magnitude, EraIndex),
		polkadot_sdk::frame_support::traits::ConstU32<{ policy::MAX_LEAVING }>,
	>,
	magnitude: Magnitude,
	until: EraIndex,
) {
	let full = leaving.is_full();
	if let Some((part, era)) = leaving.last_mut().filter(|(_, era)| *era == until || full) {
		// Parts of `whole`.
		*part = part.saturating_add(magnitude);
		*era = until.max(*era);
	} else if leaving.try_push((magnitude, until)).is_err() {
		polkadot_sdk::frame_support::defensive!("a list that is not full has a place");
	}
}
