//! `quern provider`: bond, register nodes, sell capacity, leave, take over.

mod capacity;
mod leaving;
mod register;
mod status;

use super::{stake::operator::bond_and_allocate, Context};
use clap::{Args, Subcommand};
use quern::{units::parse_rate, Balance, BlockNumber, Endpoint, Error, GpuTime, Perbill};
use std::str::FromStr;

/// What a provider does.
#[derive(Subcommand, Debug)]
pub enum ProviderCommand {
	/// Bond QRN, or add to the bond: an operator may register nodes and validate.
	Bond {
		/// How much.
		#[arg(value_name = "QRN", value_parser = super::amount)]
		amount: Balance,
		/// Of a new operator: what you keep of your delegators' rewards, like 5%; nothing if not said.
		#[arg(long, value_name = "PERCENT", value_parser = parse_rate)]
		commission: Option<Perbill>,
		/// Set how much of your stake answers for jobs of a class, like cpu-x86-64 50%. Once for each class.
		#[arg(long, num_args = 2, value_names = ["CLASS", "SHARE"])]
		allocate: Vec<String>,
	},
	/// Register the machine of a running daemon, and give its key some QRN for fees.
	Register {
		/// Where the daemon answers.
		#[arg(long, value_name = "IP:PORT", value_parser = Endpoint::from_str)]
		endpoint: Endpoint,
		/// The hardware class, by name or id; what the daemon says if not said.
		#[arg(long)]
		class: Option<String>,
		/// What to send to the node's key, less what it has already.
		#[arg(long, value_name = "QRN", default_value = "1", value_parser = super::amount)]
		fund: Balance,
	},
	/// Open a class's pool: the treasury buys your first claims and adds as much in tokens.
	OpenPool {
		/// The hardware class, by name or id.
		class: String,
		/// How much GPU time; within your allowance and the treasury's terms.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
	},
	/// Sell GPU time in the next batch.
	Offer {
		/// The hardware class, by name or id.
		class: String,
		/// How much GPU time; within your allowance.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
		/// The least that it has to bring; 97 % of the average price of the last hour if not said.
		#[arg(long, value_name = "QRN", value_parser = super::amount)]
		min_proceeds: Option<Balance>,
	},
	/// Issue GPU time into the pool, with QRN of yours beside it; the pool shares are held until delivery.
	IssueLiquidity {
		/// The hardware class, by name or id.
		class: String,
		/// How much GPU time; within your allowance.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
		/// The most tokens to add; what lies in the pool beside so much, and 1 %, if not said.
		#[arg(long, value_name = "QRN", value_parser = super::amount)]
		tokens: Option<Balance>,
		/// The fewest pool shares to get; 98 % of what they would be now if not said.
		#[arg(long, value_name = "SHARES", value_parser = super::pool::shares)]
		min_shares: Option<Balance>,
	},
	/// Cancel obligations with claims that you have, or buy them in the market.
	BuyBack(BuyBackArgs),
	/// Leave a class: what you still owe there is offered to other providers, with what you got for it.
	Leave {
		/// The hardware class, by name or id.
		class: String,
	},
	/// State that a provider is gone: away for 24 hours within a week. Anybody may.
	Gone(EstateArgs),
	/// Obligations that pass from providers that left or are gone, and what each class is short of.
	Estates {
		/// Of this class alone, by name or id.
		#[arg(long)]
		class: Option<String>,
	},
	/// Take over obligations of a provider that left or is gone, for pay held until you deliver.
	TakeOver {
		/// Whose, and in which class.
		#[command(flatten)]
		of: EstateArgs,
		/// How much.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
		/// The least pay; what is due now if not said.
		#[arg(long, value_name = "QRN", value_parser = super::amount)]
		min_payment: Option<Balance>,
	},
	/// Close what a provider left behind, once all is taken, or a day after it left or was stated gone. Anybody may.
	CloseEstate(EstateArgs),
	/// Take over claims of a class that nobody in particular owes, for pay out of what was recovered for it.
	AssumeShortfall {
		/// The hardware class, by name or id.
		class: String,
		/// How much.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
		/// The least pay; 1.2 times the average price of a day, less 1 %, if not said.
		#[arg(long, value_name = "QRN", value_parser = super::amount)]
		min_payment: Option<Balance>,
	},
	/// A provider's bond, nodes, and capacity.
	Status {
		/// The provider; the signer if not said.
		account: Option<String>,
	},
}

/// What to buy back.
#[derive(Args, Debug)]
pub struct BuyBackArgs {
	/// The hardware class, by name or id.
	class: String,
	/// How much; no more than you owe that no job is waiting for.
	#[arg(value_parser = super::duration)]
	duration: GpuTime,
	/// Buy the claims in the market, instead of using those that you have.
	#[arg(long)]
	market: bool,
	/// The most that they may cost; the quote and 1 % if not said.
	#[arg(long, value_name = "QRN", value_parser = super::amount, requires = "market")]
	max_cost: Option<Balance>,
	/// For how many blocks more the order stays if it does not fill.
	#[arg(long, value_name = "BLOCKS", default_value_t = 10, requires = "market")]
	blocks: BlockNumber,
}

/// What passes to others.
#[derive(Args, Debug)]
pub struct EstateArgs {
	/// The provider.
	provider: String,
	/// The hardware class, by name or id.
	class: String,
}

/// Does it.
pub async fn run(context: &Context, command: ProviderCommand) -> Result<(), Error> {
	match command {
		ProviderCommand::Bond {
			amount,
			commission,
			allocate,
		} => bond_and_allocate(context, amount, commission, &allocate).await,
		ProviderCommand::Register { endpoint, class, fund } => register::register(context, endpoint, class, fund).await,
		ProviderCommand::OpenPool { class, duration } => capacity::open_pool(context, &class, duration).await,
		ProviderCommand::Offer {
			class,
			duration,
			min_proceeds,
		} => capacity::offer(context, &class, duration, min_proceeds).await,
		ProviderCommand::IssueLiquidity {
			class,
			duration,
			tokens,
			min_shares,
		} => capacity::issue_liquidity(context, &class, duration, tokens, min_shares).await,
		ProviderCommand::BuyBack(args) => match args.market {
			false => capacity::buy_back(context, &args.class, args.duration).await,
			true => capacity::buy_back_in_market(context, &args.class, args.duration, args.max_cost, args.blocks).await,
		},
		ProviderCommand::Leave { class } => leaving::leave(context, &class).await,
		ProviderCommand::Gone(of) => leaving::gone(context, &of.provider, &of.class).await,
		ProviderCommand::Estates { class } => leaving::estates(context, class.as_deref()).await,
		ProviderCommand::TakeOver {
			of,
			duration,
			min_payment,
		} => leaving::take_over(context, &of.provider, &of.class, duration, min_payment).await,
		ProviderCommand::CloseEstate(of) => leaving::close(context, &of.provider, &of.class).await,
		ProviderCommand::AssumeShortfall {
			class,
			duration,
			min_payment,
		} => leaving::assume_shortfall(context, &class, duration, min_payment).await,
		ProviderCommand::Status { account } => status::status(context, account).await,
	}
}
