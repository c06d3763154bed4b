//! The command line: buy GPU time, offer it, look at the market.
//!
//! Results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 failed, 2 not understood.

mod cli;

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
	let args = cli::Args::parse();
	tracing_subscriber::fmt()
		.with_env_filter(
			tracing_subscriber::EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_| {
				tracing_subscriber::EnvFilter::new(match args.verbose {
					0 => "off",
					1 => "quern=debug",
					_ => "debug",
				})
			}),
		)
		.with_writer(std::io::stderr)
		.init();
	match cli::run(args).await {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("error: {error}");
			ExitCode::from(match error {
				quern::Error::Usage(_) => 2,
				_ => 1,
			})
		}
	}
}
