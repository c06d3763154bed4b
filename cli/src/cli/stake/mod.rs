//! `quern stake`: operators, delegations, slashes.

mod delegation;
pub mod operator;
pub mod show;
mod slash;
mod words;

pub use words::Clock;

use super::Context;
use clap::{Args, Subcommand, ValueEnum};
use quern::{
	units::{parse_rate, parse_share, parse_stake_shares},
	Balance, BlockNumber, EraIndex, Error, Perbill, RewardMode, Share, SlashId,
};
use std::path::PathBuf;

/// What can be done with stake.
///
/// An operator bonds QRN of its own, takes delegations, validates, and answers for its nodes' jobs.
/// What leaves can be withdrawn after the unbonding period, and answers for offences until then.
#[derive(Subcommand, Debug)]
pub enum StakeCommand {
	/// Every operator.
	Operators,
	/// One operator's books and allocations.
	Operator {
		/// The operator; the signer if not said.
		account: Option<String>,
	},
	/// An account's delegations, and what of them leaves.
	Delegations {
		/// The account; the signer's if not said.
		account: Option<String>,
	},
	/// Slashes that wait to be executed.
	Slashes {
		/// Of this operator alone.
		account: Option<String>,
	},
	/// What an operator's stake answered with at a block.
	Slashable {
		/// The operator.
		account: String,
		/// The block; the newest if not said.
		#[arg(long, value_name = "NUMBER")]
		block: Option<BlockNumber>,
	},
	/// What stakers earned, from realised fees alone.
	Apy {
		/// The first era; 27 before the last if not said.
		#[arg(long, value_name = "ERA")]
		from: Option<EraIndex>,
		/// The last era; the last that is over if not said.
		#[arg(long, value_name = "ERA")]
		to: Option<EraIndex>,
	},
	/// Become an operator, with a bond of your own.
	Register {
		/// How much.
		#[arg(value_name = "QRN", value_parser = super::amount)]
		amount: Balance,
		/// What you keep of your delegators' rewards, like 5%.
		#[arg(long, value_name = "PERCENT", default_value = "0%", value_parser = parse_rate)]
		commission: Perbill,
	},
	/// Add to your own bond.
	Bond {
		/// How much.
		#[arg(value_name = "QRN", value_parser = super::amount)]
		amount: Balance,
	},
	/// Take from your own bond what nothing reserves.
	Unbond {
		/// How much.
		#[arg(value_name = "QRN", value_parser = super::amount)]
		amount: Balance,
	},
	/// Stop being an operator: all that is free of your bond unbonds. Again once nodes and jobs are gone.
	Leave,
	/// Stand for the validator set.
	Validate,
	/// Stand down.
	Chill,
	/// Set how much of your stake answers for jobs of a class: without, its nodes get none.
	Allocate {
		/// The hardware class, by name or id.
		class: String,
		/// Per cent of your stake, like 25%; all classes together have at most 50%.
		#[arg(value_parser = parse_share)]
		share: Share,
	},
	/// Set what you keep of your delegators' rewards: less at once, more after a notice.
	Commission {
		/// Like 5%.
		#[arg(value_name = "PERCENT", value_parser = parse_rate)]
		rate: Perbill,
	},
	/// Delegate to an operator.
	Delegate {
		/// The operator.
		operator: String,
		/// How much.
		#[arg(value_name = "QRN", value_parser = super::amount)]
		amount: Balance,
		/// Let rewards wait to be claimed, instead of raising the value of your shares.
		#[arg(long)]
		payout: bool,
	},
	/// Take back what you delegated.
	Undelegate(UndelegateArgs),
	/// Set how a delegation takes its rewards; your own bond's, if you name yourself.
	Mode {
		/// The operator.
		operator: String,
		/// How.
		mode: Mode,
	},
	/// Take out what has unbonded.
	Withdraw {
		/// The operator that you had delegated to; your own bond if not said.
		operator: Option<String>,
	},
	/// Take rewards that wait.
	Claim {
		/// The operator that you delegate to; your own bond and commission if not said.
		operator: Option<String>,
	},
	/// Turn compounding shares into liquid ones, which can be sent; they are slashed as they lie.
	Liquify(SharesArgs),
	/// Turn liquid shares into compounding ones.
	Solidify(SharesArgs),
	/// Appeal against a slash of your stake, with a bond. The committee reads your reason elsewhere.
	Appeal {
		/// The slash.
		slash: SlashId,
		/// Your reason: its hash goes on-chain, the text does not.
		#[arg(long, value_name = "FILE")]
		reason: PathBuf,
	},
	/// Leave jail, when your term is over.
	Release,
}

/// What to take back.
#[derive(Args, Debug)]
pub struct UndelegateArgs {
	/// The operator.
	operator: String,
	/// The most that leaves.
	#[arg(value_name = "QRN", value_parser = super::amount, required_unless_present = "all", conflicts_with = "all")]
	amount: Option<Balance>,
	/// All of it.
	#[arg(long)]
	all: bool,
	/// From the part whose rewards wait to be claimed.
	#[arg(long)]
	payout: bool,
}

/// Shares to turn.
#[derive(Args, Debug)]
pub struct SharesArgs {
	/// The operator.
	operator: String,
	/// How many, like 12.5; a share is worth a QRN until rewards or slashes change it.
	#[arg(value_parser = parse_stake_shares, required_unless_present = "all", conflicts_with = "all")]
	shares: Option<Balance>,
	/// All of them.
	#[arg(long)]
	all: bool,
}

/// How rewards are taken.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum Mode {
	/// They raise the value of the shares.
	Compound,
	/// They wait to be claimed.
	Payout,
}

impl From<Mode> for RewardMode {
	fn from(mode: Mode) -> Self {
		match mode {
			Mode::Compound => RewardMode::Compound,
			Mode::Payout => RewardMode::Payout,
		}
	}
}

/// The mode that `--payout` asks for.
fn mode(payout: bool) -> RewardMode {
	match payout {
		true => RewardMode::Payout,
		false => RewardMode::Compound,
	}
}

/// Does it.
pub async fn run(context: &Context, command: StakeCommand) -> Result<(), Error> {
	match command {
		StakeCommand::Operators => show::operators(context).await,
		StakeCommand::Operator { account } => show::operator(context, account).await,
		StakeCommand::Delegations { account } => show::delegations(context, account).await,
		StakeCommand::Slashes { account } => show::slashes(context, account).await,
		StakeCommand::Slashable { account, block } => show::slashable(context, &account, block).await,
		StakeCommand::Apy { from, to } => show::apy(context, from, to).await,
		StakeCommand::Register { amount, commission } => operator::register(context, amount, commission).await,
		StakeCommand::Bond { amount } => operator::bond_more(context, amount).await,
		StakeCommand::Unbond { amount } => operator::unbond(context, amount).await,
		StakeCommand::Leave => operator::leave(context).await,
		StakeCommand::Validate => operator::stand(context, true).await,
		StakeCommand::Chill => operator::stand(context, false).await,
		StakeCommand::Allocate { class, share } => operator::allocate(context, &class, share).await,
		StakeCommand::Commission { rate } => operator::commission(context, rate).await,
		StakeCommand::Delegate {
			operator,
			amount,
			payout,
		} => delegation::delegate(context, &operator, amount, mode(payout)).await,
		StakeCommand::Undelegate(args) => {
			delegation::undelegate(context, &args.operator, args.amount, mode(args.payout)).await
		}
		StakeCommand::Mode { operator, mode } => delegation::set_mode(context, &operator, mode.into()).await,
		StakeCommand::Withdraw { operator } => delegation::withdraw(context, operator).await,
		StakeCommand::Claim { operator } => delegation::claim(context, operator).await,
		StakeCommand::Liquify(args) => delegation::liquify(context, &args.operator, args.shares).await,
		StakeCommand::Solidify(args) => delegation::solidify(context, &args.operator, args.shares).await,
		StakeCommand::Appeal { slash, reason } => slash::appeal(context, slash, &reason).await,
		StakeCommand::Release => slash::release(context).await,
	}
}
