//! What may lie in the fee router's jar: all fungible assets of the chain but QRN.

use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::traits::fungibles::UnionOf,
	sp_runtime::{traits::Convert, Either},
};
use quern_primitives::{ClassId, OperatorId};
use scale_info::TypeInfo;

/// An asset of the jar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum JarAsset {
	/// Claims of a class, in milliseconds.
	Claims(ClassId),
	/// Shares of a class's pool.
	PoolShares(ClassId),
	/// Liquid shares of an operator's stake.
	OperatorShares(OperatorId),
}

/// Shares of either kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Shares {
	/// Of a class's pool.
	Pool(ClassId),
	/// Of an operator's stake.
	Operator(OperatorId),
}

/// In which instance of the assets' pallet an asset is.
pub struct Instance;

impl Convert<JarAsset, Either<ClassId, Shares>> for Instance {
	fn convert(asset: JarAsset) -> Either<ClassId, Shares> {
		match asset {
			JarAsset::Claims(class) => Either::Left(class),
			JarAsset::PoolShares(class) => Either::Right(Shares::Pool(class)),
			JarAsset::OperatorShares(operator) => Either::Right(Shares::Operator(operator)),
		}
	}
}

impl Convert<Shares, Either<ClassId, OperatorId>> for Instance {
	fn convert(shares: Shares) -> Either<ClassId, OperatorId> {
		match shares {
			Shares::Pool(class) => Either::Left(class),
			Shares::Operator(operator) => Either::Right(operator),
		}
	}
}

/// The three instances as one.
pub type JarAssets =
	UnionOf<Assets, UnionOf<PoolShares, OperatorShares, Instance, Shares, AccountId>, Instance, JarAsset, AccountId>;

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn each_asset_is_in_an_instance_of_its_own() {
		let convert = |asset| match <Instance as Convert<JarAsset, _>>::convert(asset) {
			Either::Left(class) => ("claims", class),
			Either::Right(shares) => match <Instance as Convert<Shares, _>>::convert(shares) {
				Either::Left(class) => ("pool", class),
				Either::Right(operator) => ("operator", operator),
			},
		};
		assert_eq!(convert(JarAsset::Claims(7)), ("claims", 7));
		assert_eq!(convert(JarAsset::PoolShares(7)), ("pool", 7));
		assert_eq!(convert(JarAsset::OperatorShares(7)), ("operator", 7));
	}
}
