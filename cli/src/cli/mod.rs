//! What the command line takes, and what each command does.

mod account;
mod cheapest;
mod class;
mod economics;
mod jar;
mod job;
mod market;
mod order;
mod output;
mod pool;
mod provider;
mod serve;
mod stake;

use clap::{Parser, Subcommand};
use output::Output;
use quern::{
	keys::{account_of, KeySource},
	units::{parse_amount, parse_duration},
	AccountId, Balance, Client, Error, GpuTime, Keypair,
};
use std::path::PathBuf;

/// Buy GPU time, offer it, look at the market.
///
/// Amounts are in QRN (12.5) or planck (500planck), durations have a unit (250ms, 10s, 5m, 1h).
/// Exit codes: 0 done, 1 failed, 2 not understood.
#[derive(Parser, Debug)]
#[command(name = "quern", version, arg_required_else_help = true)]
pub struct Args {
	/// URL of a node of the chain.
	#[arg(long, global = true, env = "QUERN_URL", default_value = quern::DEFAULT_URL)]
	pub url: String,

	/// Sign as a development account, like //Alice. Secrets are not taken from the command line.
	#[arg(long, global = true, value_name = "//NAME", group = "signer")]
	pub key: Option<String>,

	/// Sign with the seed phrase, or the 0x seed, in this file, which only you may read. The variable
	/// QUERN_KEY_FILE names one for all commands.
	#[arg(long, global = true, value_name = "FILE", group = "signer")]
	pub key_file: Option<PathBuf>,

	/// Sign with the key in this keystore, as exported from polkadot-js.
	#[arg(long, global = true, value_name = "FILE", group = "signer")]
	pub keystore: Option<PathBuf>,

	/// Take the keystore's password from this file, which only you may read, instead of asking.
	#[arg(long, global = true, value_name = "FILE", requires = "keystore")]
	pub password_file: Option<PathBuf>,

	/// Print JSON: stable names, amounts as strings of planck.
	#[arg(long, global = true)]
	pub json: bool,

	/// Tell more on stderr; twice for everything.
	#[arg(long, short, global = true, action = clap::ArgAction::Count)]
	pub verbose: u8,

	/// What to do.
	#[command(subcommand)]
	pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
	/// What GPU time costs now, or brings.
	Quote(market::QuoteArgs),
	/// A class's price: now, averaged, and the base fee beside it.
	Price {
		/// The hardware class, by name or id.
		class: String,
	},
	/// In which classes a piece of work is done for the least.
	Cheapest(cheapest::CheapestArgs),
	/// Buy and sell GPU time in the market, without a job.
	#[command(subcommand)]
	Order(order::OrderCommand),
	/// Jobs: request, watch, fetch the output, accept or reject it.
	#[command(subcommand)]
	Job(job::JobCommand),
	/// Offer GPU time: bond, register nodes, sell.
	#[command(subcommand)]
	Provider(provider::ProviderCommand),
	/// The one stake: bond, delegate, allocate, validate; slashes and what they take.
	#[command(subcommand)]
	Stake(stake::StakeCommand),
	/// Hardware classes, and what becomes of one that ends.
	#[command(subcommand)]
	Class(class::ClassCommand),
	/// Pools of the market, and liquidity in them.
	#[command(subcommand)]
	Pool(pool::PoolCommand),
	/// Where the fees of an era went, and the supply.
	Economics {
		/// The era; the running one if not said.
		#[arg(long)]
		era: Option<u32>,
		/// Also in GPU time of this class, by name or id.
		#[arg(long)]
		class: Option<String>,
	},
	/// The protocol's assets that are not QRN: anyone takes them by burning QRN.
	#[command(subcommand)]
	Jar(jar::JarCommand),
	/// Check every promise of the chain over its whole state; fails if one is broken.
	Check,
	/// An account's tokens, what is held of them and why, and its claims.
	Account {
		/// The account; the signer's if not said.
		address: Option<String>,
	},
}

/// What every command needs: a connection, who signs, how to print.
pub struct Context {
	/// The connection.
	pub client: Client,
	/// How to print.
	pub output: Output,
	signer: Option<KeySource>,
}

impl Context {
	/// The signing key.
	pub fn signer(&self) -> Result<Keypair, Error> {
		match &self.signer {
			Some(source) => source.load(),
			None => Err(Error::Usage(
				"this needs a key to sign with\n  what to do: pass --key-file, --keystore, or --key //Alice on a \
				 development chain, or set QUERN_KEY_FILE"
					.into(),
			)),
		}
	}

	/// The account named, or the signer's.
	pub fn account(&self, named: Option<&str>) -> Result<AccountId, Error> {
		match named {
			Some(text) => quern::keys::parse_account(text),
			None => Ok(account_of(&self.signer()?)),
		}
	}
}

/// The one source of the signing key: what the command line names, else the environment's file.
fn key_source(args: &Args, environment: Option<PathBuf>) -> Option<KeySource> {
	if let Some(uri) = &args.key {
		return Some(KeySource::Dev(uri.clone()));
	}
	if let Some(path) = &args.key_file {
		return Some(KeySource::File(path.clone()));
	}
	if let Some(path) = &args.keystore {
		return Some(KeySource::Keystore {
			path: path.clone(),
			password: args.password_file.clone(),
		});
	}
	environment.map(KeySource::File)
}

/// Does what the command line says.
pub async fn run(args: Args) -> Result<(), Error> {
	let environment = std::env::var_os("QUERN_KEY_FILE")
		.filter(|path| !path.is_empty())
		.map(PathBuf::from);
	let signer = key_source(&args, environment);
	// A key that may not be used is refused before anything else happens.
	if let Some(KeySource::Dev(uri)) = &signer {
		quern::keys::dev(uri)?;
	}
	let context = Context {
		client: Client::connect(&args.url).await?,
		output: Output::new(args.json),
		signer,
	};
	match args.command {
		Command::Quote(args) => market::quote(&context, args).await,
		Command::Job(command) => job::run(&context, command).await,
		Command::Provider(command) => provider::run(&context, command).await,
		Command::Stake(command) => stake::run(&context, command).await,
		Command::Class(command) => class::run(&context, command).await,
		Command::Price { class } => market::price(&context, &class).await,
		Command::Cheapest(args) => cheapest::run(&context, args).await,
		Command::Order(command) => order::run(&context, command).await,
		Command::Pool(command) => pool::run(&context, command).await,
		Command::Economics { era, class } => economics::economics(&context, era, class.as_deref()).await,
		Command::Jar(command) => jar::run(&context, command).await,
		Command::Check => economics::check(&context).await,
		Command::Account { address } => account::show(&context, address).await,
	}
}

/// For clap.
fn amount(text: &str) -> Result<Balance, String> {
	parse_amount(text)
}

/// For clap.
fn duration(text: &str) -> Result<GpuTime, String> {
	parse_duration(text)
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	fn parse(line: &str) -> Result<Args, clap::Error> {
		Args::try_parse_from(line.split(' '))
	}

	#[test]
	fn is_a_consistent_command_line() {
		Args::command().debug_assert();
	}

	#[test]
	fn takes_the_commands_of_the_manual() {
		for line in [
			"quern quote h100-80g 1h",
			"quern quote 0 30m --gpus 8 --sell",
			"quern job request --class h100-80g --gpus 1 --duration 10s --program p.wasm --input-text hello --serve 0.0.0.0:8500 --serve-as http://203.0.113.9:8500 --key //Alice",
			"quern job request --class 0 --duration 10s --program p --input i --serve 127.0.0.1:0 --wait --key //Alice",
			"quern job request --class 0 --duration 10s --program p --input i --program-url http://a/p --input-url http://a/i --max-cost 1.5 --pace 1m --output-limit 1MiB",
			"quern job watch 7",
			"quern job output 7 --out result.bin",
			"quern job accept 7 --key-file k",
			"quern job reject 7 --keystore k --password-file p",
			"quern job cancel 7",
			"quern provider bond 1_000",
			"quern provider register --endpoint 127.0.0.1:8400 --class cpu-x86-64 --fund 2",
			"quern provider open-pool cpu-x86-64 10m",
			"quern provider offer cpu-x86-64 10m --min-proceeds 0.5",
			"quern provider status //Alice",
			"quern provider bond 1_000 --commission 5%",
			"quern --key //Charlie provider bond 1000 --allocate cpu-x86-64 50%",
			"quern provider bond 1000 --allocate cpu-x86-64 25% --allocate h100-80g 25%",
			"quern stake operators --json",
			"quern stake operator",
			"quern stake operator //Dave",
			"quern stake delegations //Alice",
			"quern stake slashes",
			"quern stake slashes //Dave",
			"quern stake slashable //Dave --block 120",
			"quern stake apy",
			"quern stake apy --from 3 --to 9",
			"quern stake register 10_000 --commission 5%",
			"quern stake bond 100",
			"quern stake unbond 100",
			"quern stake leave",
			"quern stake validate",
			"quern stake chill",
			"quern stake allocate cpu-x86-64 25%",
			"quern stake allocate 0 250000000000000000",
			"quern stake commission 7.5%",
			"quern stake delegate //Bob 100 --payout --key //Alice",
			"quern stake undelegate //Bob 50 --key //Alice",
			"quern stake undelegate //Bob --all --payout --key //Alice",
			"quern stake mode //Bob compound",
			"quern stake withdraw",
			"quern stake withdraw //Bob",
			"quern stake claim //Bob",
			"quern stake liquify //Bob 12.5",
			"quern stake solidify //Bob --all",
			"quern stake appeal 3 --reason reason.txt",
			"quern stake release",
			"quern class list --json",
			"quern class wind-up //Bob h100-80g",
			"quern class withdraw h100-80g",
			"quern class redeem h100-80g 10m",
			"quern class redeem h100-80g 10m --min-payment 0.1",
			"quern pool show",
			"quern pool show h100-80g",
			"quern price h100-80g",
			"quern cheapest 1_000_000",
			"quern cheapest 500 --class h100-80g --class 0 --no-split --max 10m",
			"quern order place buy h100-80g 1h --key //Alice",
			"quern order place sell 0 30m --gpus 2 --limit 3.5 --expires-in 10 --recipient //Bob --wait",
			"quern order list",
			"quern order list //Alice --class h100-80g",
			"quern order list --all --json",
			"quern order cancel 120-0 --key //Alice",
			"quern order cancel 515396075520 --class h100-80g",
			"quern pool create h100-80g 1h 2",
			"quern pool add h100-80g 10m",
			"quern pool add h100-80g 10m --tokens 1 --min-shares 1_000 --deadline 5",
			"quern pool remove h100-80g 1_000 --min-tokens 0.5 --min-claims 1m",
			"quern pool remove h100-80g --all",
			"quern pool unlock h100-80g",
			"quern provider issue-liquidity h100-80g 10m --tokens 5",
			"quern provider buy-back h100-80g 10m",
			"quern provider buy-back h100-80g 10m --market --max-cost 2 --blocks 20",
			"quern provider leave h100-80g",
			"quern provider gone //Bob h100-80g",
			"quern provider estates",
			"quern provider estates --class h100-80g",
			"quern provider take-over //Bob h100-80g 10m",
			"quern provider take-over //Bob h100-80g 10m --min-payment 0.1",
			"quern provider close-estate //Bob h100-80g",
			"quern provider assume-shortfall h100-80g 10m",
			"quern job request --class 0 --duration 10s --program p --input i --serve 127.0.0.1:0 --on-return sell --max-base-fee 0.1",
			"quern economics --era 3 --class h100-80g",
			"quern jar show",
			"quern jar empty --max-burn 10 --to //Bob",
			"quern economics --era 3",
			"quern check",
			"quern account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		] {
			if let Err(error) = parse(line) {
				panic!("{line}: {error}");
			}
		}
	}

	#[test]
	fn refuses_what_is_ambiguous_or_incomplete() {
		for line in [
			"quern quote h100-80g 10",
			"quern quote h100-80g",
			"quern job request --class 0 --duration 10s --program p --serve 127.0.0.1:0",
			"quern job request --class 0 --duration 10s --program p --input i",
			"quern job request --class 0 --duration 10s --program p --input i --program-url http://a/p",
			"quern job request --class 0 --duration 10s --program p --input i --input-text t --serve 127.0.0.1:0",
			"quern job request --class 0 --duration 10s --program p --input i --serve 127.0.0.1:0 --program-url http://a/p --input-url http://a/i",
			"quern job request --class 0 --gpus 0 --duration 10s --program p --input i --serve 127.0.0.1:0",
			"quern job request --class 0 --duration 10s --program p --input i --serve 127.0.0.1:0 --output-limit 5GiB",
			"quern job accept 7 --key //Alice --key-file k",
			"quern job accept 7 --password-file p",
			"quern job accept x",
			"quern provider bond 1e6",
			"quern provider register --endpoint localhost:8400",
			"quern provider bond 1000 --allocate cpu-x86-64",
			"quern provider bond 1000 --commission 5",
			"quern cheapest 0",
			"quern cheapest 1e6",
			"quern order place hold h100-80g 1h",
			"quern order place buy h100-80g 10",
			"quern order list //Alice --all",
			"quern order cancel 120-",
			"quern pool remove h100-80g",
			"quern pool remove h100-80g 5 --all",
			"quern pool add h100-80g 10m --min-shares 1.5",
			"quern provider buy-back h100-80g 10m --max-cost 2",
			"quern provider take-over //Bob h100-80g",
			"quern job request --class 0 --duration 10s --program p --input i --serve 127.0.0.1:0 --on-return burn",
			"quern stake register 1000 --commission 0.05",
			"quern stake allocate cpu-x86-64 50",
			"quern stake commission 101%",
			"quern stake delegate //Bob",
			"quern stake undelegate //Bob",
			"quern stake undelegate //Bob 5 --all",
			"quern stake mode //Bob both",
			"quern stake liquify //Bob 1.5units",
			"quern stake solidify //Bob",
			"quern stake appeal 3",
		] {
			assert_eq!(parse(line).err().map(|error| error.exit_code()), Some(2), "{line}");
		}
	}

	#[test]
	fn takes_one_key_and_the_environments_last() {
		let environment = || Some(PathBuf::from("env"));
		let args = parse("quern check --key //Alice").expect("parsed");
		assert_eq!(key_source(&args, environment()), Some(KeySource::Dev("//Alice".into())));
		let args = parse("quern check --key-file k").expect("parsed");
		assert_eq!(key_source(&args, environment()), Some(KeySource::File("k".into())));
		let args = parse("quern check").expect("parsed");
		assert_eq!(key_source(&args, environment()), Some(KeySource::File("env".into())));
		assert_eq!(key_source(&args, None), None);
	}
}
