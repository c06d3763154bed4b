//! Where signing keys come from.
//!
//! A secret never comes from the command line, where the shell's history and the process list keep
//! it; the one exception is the well-known development accounts, which hold no secret.

use crate::{AccountId, Error, Keypair, H256};
use codec::Encode;
use std::{
	io::Read,
	path::{Path, PathBuf},
	str::FromStr,
};
use subxt_signer::{polkadot_js_compat, SecretUri};

/// Where one key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
	/// A development account, `//Alice`.
	Dev(String),
	/// A file with a seed phrase or a seed in hex.
	File(PathBuf),
	/// A JSON keystore as exported from polkadot-js, and the file with its password if not asked for.
	Keystore {
		/// The keystore.
		path: PathBuf,
		/// The password's file; asked for on the terminal if `None`.
		password: Option<PathBuf>,
	},
}

impl KeySource {
	/// Reads the key.
	pub fn load(&self) -> Result<Keypair, Error> {
		match self {
			KeySource::Dev(uri) => dev(uri),
			KeySource::File(path) => read_key_file(path),
			KeySource::Keystore { path, password } => read_keystore(path, password.as_deref()),
		}
	}
}

/// A development account from its name, `//Alice`, `//Alice//stash`. Anything with a phrase or a seed
/// before the slashes is refused, whatever it decodes to.
pub fn dev(uri: &str) -> Result<Keypair, Error> {
	if !is_dev_uri(uri) {
		return Err(Error::Usage(
			"a key on the command line must be a development account like //Alice; a seed or a phrase given there stays \
			 in the shell's history and is shown to every process\n  what to do: put it into a file that only you can \
			 read (chmod 600) and pass --key-file, or export a keystore and pass --keystore"
				.into(),
		));
	}
	from_uri(uri)
}

/// `//Name`, with names of letters, digits and a few signs.
fn is_dev_uri(uri: &str) -> bool {
	let Some(path) = uri.strip_prefix("//") else {
		return false;
	};
	!path.is_empty()
		&& path.split("//").all(|part| {
			!part.is_empty()
				&& part.len() <= 32
				&& part
					.bytes()
					.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
		})
}

fn from_uri(uri: &str) -> Result<Keypair, Error> {
	let uri = SecretUri::from_str(uri).map_err(|_| Error::Key("that is no key".into()))?;
	Keypair::from_uri(&uri).map_err(|error| Error::Key(format!("that is no key: {error}")))
}

/// A key from a file that holds a seed phrase (with derivations, if any) or `0x` and 64 hex digits.
/// Refuses a file that group or others may read.
pub fn read_key_file(path: &Path) -> Result<Keypair, Error> {
	let text = read_secret(path)?;
	let text = text.trim();
	// The reason may quote the secret; it stays here.
	let refused = || {
		Error::Key(format!(
			"{} holds neither a valid seed phrase nor 0x with 64 hex digits",
			path.display()
		))
	};
	// Without a phrase the library would take the development phrase that everybody knows.
	if text.is_empty() || text.starts_with('/') {
		return Err(refused());
	}
	let uri = SecretUri::from_str(text).map_err(|_| refused())?;
	Keypair::from_uri(&uri).map_err(|_| refused())
}

/// Creates a file with a new random seed that only its owner can read; never overwrites one.
pub fn generate_key_file(path: &Path) -> Result<Keypair, Error> {
	let failed = |error: std::io::Error| Error::Key(format!("cannot create the key file {}: {error}", path.display()));
	let mut seed = [0u8; 32];
	// The system's generator, the same that the signature library draws from.
	std::fs::File::open("/dev/urandom")
		.and_then(|mut source| source.read_exact(&mut seed))
		.map_err(failed)?;
	let key = Keypair::from_secret_key(seed).map_err(|error| Error::Key(error.to_string()))?;
	let mut options = std::fs::OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	let mut file = options.open(path).map_err(failed)?;
	std::io::Write::write_all(&mut file, format!("0x{}\n", hex::encode(seed)).as_bytes()).map_err(failed)?;
	file.sync_all().map_err(failed)?;
	Ok(key)
}

/// A key from a keystore of polkadot-js; asks for the password on the terminal if no file has it.
pub fn read_keystore(path: &Path, password: Option<&Path>) -> Result<Keypair, Error> {
	let json = std::fs::read_to_string(path)
		.map_err(|error| Error::Key(format!("cannot read the keystore {}: {error}", path.display())))?;
	let password = match password {
		Some(path) => read_secret(path)?.trim_end_matches(['\r', '\n']).to_string(),
		None => rpassword::prompt_password(format!("Password of {}: ", path.display())).map_err(|error| {
			Error::Key(format!(
				"cannot ask for the password ({error})\n  what to do: pass --password-file"
			))
		})?,
	};
	polkadot_js_compat::decrypt_json(&json, &password).map_err(|error| match error {
		polkadot_js_compat::Error::Secretbox(_) => {
			Error::Key(format!("the password does not open the keystore {}", path.display()))
		}
		error => Error::Key(format!(
			"{} is no sr25519 keystore of polkadot-js: {error}",
			path.display()
		)),
	})
}

/// A secret's file, if only its owner can read it.
fn read_secret(path: &Path) -> Result<String, Error> {
	let failed = |error: std::io::Error| Error::Key(format!("cannot read {}: {error}", path.display()));
	let mut file = std::fs::File::open(path).map_err(failed)?;
	#[cfg(unix)]
	{
		// Asked of the open file: a link in the path cannot be changed between the check and the read.
		let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().map_err(failed)?);
		if mode & 0o077 != 0 {
			return Err(Error::Key(format!(
				"{path} can be read by others (mode {mode:03o})\n  what to do: chmod 600 {path}",
				path = path.display(),
				mode = mode & 0o777
			)));
		}
	}
	let mut text = String::new();
	file.read_to_string(&mut text).map_err(failed)?;
	Ok(text)
}

/// The account of a key.
pub fn account_of(key: &Keypair) -> AccountId {
	AccountId(key.public_key().0)
}

/// What a node's key signs to show that it agrees to serve for `provider` on the chain with that genesis.
pub fn node_proof_bytes(genesis: H256, provider: &AccountId) -> Vec<u8> {
	(b"quern/node/1", genesis, provider).encode()
}

/// The node key's signature over [`node_proof_bytes`].
pub fn node_proof(node_key: &Keypair, genesis: H256, provider: &AccountId) -> [u8; 64] {
	node_key.sign(&node_proof_bytes(genesis, provider)).0
}

/// Reads an account: an address, `0x` and 64 hex digits, or a development account like `//Alice`.
pub fn parse_account(text: &str) -> Result<AccountId, Error> {
	if text.starts_with("//") {
		return dev(text).map(|key| account_of(&key));
	}
	if let Some(digits) = text.strip_prefix("0x") {
		let bytes: Option<[u8; 32]> = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
		return bytes
			.map(AccountId)
			.ok_or_else(|| Error::Usage(format!("'{text}' is no account: 0x and 64 hex digits")));
	}
	AccountId::from_str(text).map_err(|error| {
		Error::Usage(format!(
			"'{text}' is no account ({error}): an SS58 address, 0x…, or //Alice"
		))
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
		let dir = tempfile::tempdir().expect("a directory");
		let path = dir.path().join("key");
		std::fs::write(&path, text).expect("written");
		#[cfg(unix)]
		std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("set");
		(dir, path)
	}

	#[test]
	fn takes_development_accounts() {
		assert_eq!(account_of(&dev("//Alice").expect("Alice")).to_string(), ALICE);
		assert!(dev("//Alice//stash").is_ok());
	}

	#[test]
	fn refuses_secrets_on_the_command_line() {
		let seed = format!("0x{}", "11".repeat(32));
		for text in [
			PHRASE,
			&format!("{PHRASE}//Alice"),
			&seed,
			&format!("{seed}//Alice"),
			"",
			"//",
			"Alice",
			"/soft",
			"//Alice///password",
			"//Alice/soft",
			"//bottom drive",
		] {
			let error = dev(text).expect_err(text).to_string();
			assert!(error.contains("--key-file"), "{text}: {error}");
			assert!(
				text.len() < 8 || !error.contains(text),
				"the error repeats the secret: {error}"
			);
		}
	}

	#[test]
	fn reads_phrases_and_seeds_from_files_that_are_the_owners_alone() {
		let (_dir, path) = file(&format!("{PHRASE}//Alice\n"), 0o600);
		assert_eq!(account_of(&read_key_file(&path).expect("a phrase")).to_string(), ALICE);
		// Alice's mini secret.
		let (_dir, path) = file(
			"0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a",
			0o400,
		);
		assert_eq!(account_of(&read_key_file(&path).expect("a seed")).to_string(), ALICE);
	}

	#[cfg(unix)]
	#[test]
	fn refuses_files_that_others_can_read() {
		for mode in [0o640, 0o604, 0o644, 0o620, 0o777] {
			let (_dir, path) = file(PHRASE, mode);
			let error = read_key_file(&path).expect_err("too open").to_string();
			assert!(error.contains("chmod 600"), "{mode:o}: {error}");
		}
	}

	#[test]
	fn refuses_files_without_a_secret_and_does_not_repeat_what_they_hold() {
		for text in ["", "\n", "//Alice", "0x1234", "hunter2 is no phrase", "0xzz"] {
			let (_dir, path) = file(text, 0o600);
			let error = read_key_file(&path).expect_err(text).to_string();
			assert!(text.trim().len() < 3 || !error.contains(text.trim()), "{error}");
		}
		assert!(read_key_file(Path::new("/nonexistent/key")).is_err());
	}

	#[test]
	fn creates_key_files_that_only_the_owner_reads_and_never_overwrites() {
		let dir = tempfile::tempdir().expect("a directory");
		let path = dir.path().join("node-key");
		let key = generate_key_file(&path).expect("created");
		assert_eq!(account_of(&read_key_file(&path).expect("read")), account_of(&key));
		assert!(generate_key_file(&path).is_err());
		let other = generate_key_file(&dir.path().join("other")).expect("created");
		assert_ne!(account_of(&other), account_of(&key));
	}

	#[test]
	fn opens_keystores_with_the_right_password_only() {
		let json = r#"{
			"encoded": "J2FFcPHAY11Pmq/38eqbwfUv9OPitYJs+oYgahBvlagAAAIAAQAAAAgAAAB5o0DwXCWDblsH+9pc++RaBO4fpHBHzUirHFHFE9yS3sDzgAIQjhgvPqJ3ODrMR2gy7vk0VZg1fyirIvmsrfjGbWnOI8YU0joX0tYytroyWaykFKtZJMmE0pNKcJ5dJmDxscbK53Ac+7ld2UdH07yKPXxmPuYNNw3vKx8cg9CdQgifKfzQxHnC+EUpOoHPLwGlHsFEYtIlQtngqd9n",
			"encoding": { "content": ["pkcs8", "sr25519"], "type": ["scrypt", "xsalsa20-poly1305"], "version": "3" },
			"address": "5CfWTDh7XxJ2yrayqQ2aJnnZAH5v5XaF1oJFfH5QCpbfP9v8",
			"meta": { "genesisHash": "", "name": "Bob", "whenCreated": 1768916488918 }
		}"#;
		let (_dir, keystore) = file(json, 0o644);
		let (_dir2, right) = file("whoisbob\n", 0o600);
		let (_dir3, wrong) = file("whoisalice\n", 0o600);
		let key = read_keystore(&keystore, Some(&right)).expect("opened");
		assert_eq!(
			account_of(&key).to_string(),
			"5CfWTDh7XxJ2yrayqQ2aJnnZAH5v5XaF1oJFfH5QCpbfP9v8"
		);
		assert!(read_keystore(&keystore, Some(&wrong))
			.expect_err("wrong")
			.to_string()
			.contains("password"));
	}

	#[test]
	fn signs_what_the_chain_checks_of_a_node() {
		let key = dev("//Node").expect("a key");
		let provider = account_of(&dev("//Alice").expect("a key"));
		let genesis = H256([7; 32]);
		let bytes = node_proof_bytes(genesis, &provider);
		assert_eq!(bytes.len(), 12 + 32 + 32);
		assert_eq!(&bytes[..12], b"quern/node/1");
		let signature = subxt_signer::sr25519::Signature(node_proof(&key, genesis, &provider));
		assert!(subxt_signer::sr25519::verify(&signature, &bytes, &key.public_key()));
	}

	#[test]
	fn reads_accounts() {
		let alice = account_of(&dev("//Alice").expect("a key"));
		assert_eq!(parse_account(ALICE).expect("SS58"), alice);
		assert_eq!(parse_account("//Alice").expect("dev"), alice);
		assert_eq!(
			parse_account(&format!("0x{}", hex::encode(alice.0))).expect("hex"),
			alice
		);
		for text in ["", "Alice", "0x12", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ"] {
			assert!(parse_account(text).is_err(), "{text}");
		}
	}
}
