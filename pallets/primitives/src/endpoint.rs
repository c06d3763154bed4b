//! Where a node answers: an IP literal and a port.
//!
//! A name would let its owner point validators' off-chain workers anywhere, unseen: the worker is
//! not told what a name resolves to. So there are no names, and addresses that lead into somebody's
//! own network are refused on-chain and once more by the worker, but on devnets.

use alloc::{format, string::String};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// An IP address and a TCP port, plain HTTP.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Endpoint {
	/// The address.
	pub ip: Ip,
	/// The port.
	pub port: u16,
}

/// An IP address, in network byte order.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Ip {
	/// IPv4.
	V4([u8; 4]),
	/// IPv6.
	V6([u8; 16]),
}

/// Ports where a Substrate node itself listens by default: JSON-RPC, Prometheus, libp2p.
const NODE_PORTS: [u16; 4] = [9933, 9944, 9615, 30333];

impl Endpoint {
	/// Whether a public chain takes it: a globally routable unicast address, and no port on which
	/// a Substrate node listens by default. A devnet takes any address with a port.
	pub fn is_allowed(&self, devnet: bool) -> bool {
		self.port != 0 && (devnet || (!NODE_PORTS.contains(&self.port) && self.ip.is_public()))
	}

	/// `http://IP:PORT`, without a trailing slash.
	pub fn url(&self) -> String {
		match self.ip {
			Ip::V4(octets) => format!("http://{}:{}", Ipv4Addr::from(octets), self.port),
			Ip::V6(octets) => format!("http://[{}]:{}", Ipv6Addr::from(octets), self.port),
		}
	}
}

impl Ip {
	/// Whether it is globally routable unicast: neither loopback, private, shared, link-local,
	/// multicast, documentation, benchmarking nor reserved, nor an IPv6 form that carries an IPv4
	/// address (mapped, compatible, NAT64, 6to4, Teredo).
	pub fn is_public(&self) -> bool {
		match self {
			Ip::V4(octets) => is_public_v4(octets),
			Ip::V6(octets) => is_public_v6(octets),
		}
	}
}

impl From<IpAddr> for Ip {
	fn from(ip: IpAddr) -> Self {
		match ip {
			IpAddr::V4(ip) => Ip::V4(ip.octets()),
			IpAddr::V6(ip) => Ip::V6(ip.octets()),
		}
	}
}

/// IANA's special-purpose registry for IPv4, as of RFC 6890 and its updates.
fn is_public_v4(octets: &[u8; 4]) -> bool {
	!matches!(
		octets,
		[0, ..]
			| [10, ..]
			| [127, ..]
			| [100, 64..=127, ..]
			| [169, 254, ..]
			| [172, 16..=31, ..]
			| [192, 0, 0, _]
			| [192, 0, 2, _]
			| [192, 31, 196, _]
			| [192, 52, 193, _]
			| [192, 88, 99, _]
			| [192, 168, ..]
			| [192, 175, 48, _]
			| [198, 18..=19, ..]
			| [198, 51, 100, _]
			| [203, 0, 113, _]
			| [224..=255, ..]
	)
}

/// Of IPv6 only 2000::/3 is given out for global unicast; what in it is special is refused too.
fn is_public_v6(octets: &[u8; 16]) -> bool {
	let segments = Ipv6Addr::from(*octets).segments();
	match segments {
		// Teredo, ORCHID, benchmarking and other protocol assignments: 2001::/23.
		[0x2001, second, ..] if second < 0x0200 => false,
		[0x2001, 0x0db8, ..] => false,
		// 6to4 carries an IPv4 address.
		[0x2002, ..] => false,
		[0x3fff, second, ..] if second < 0x1000 => false,
		[first, ..] => (0x2000..=0x3fff).contains(&first),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn endpoint(ip: &str, port: u16) -> Endpoint {
		Endpoint {
			ip: ip.parse::<IpAddr>().expect("a literal").into(),
			port,
		}
	}

	#[test]
	fn takes_public_addresses() {
		for ip in [
			"1.1.1.1",
			"8.8.8.8",
			"172.32.0.1",
			"100.128.0.1",
			"2606:4700:4700::1111",
			"2a01:4f8::1",
		] {
			assert!(endpoint(ip, 8400).is_allowed(false), "{ip}");
		}
	}

	#[test]
	fn refuses_addresses_that_lead_inside() {
		for ip in [
			"0.0.0.0",
			"10.1.2.3",
			"100.64.0.1",
			"127.0.0.1",
			"127.255.255.254",
			"169.254.169.254",
			"172.16.0.1",
			"172.31.255.255",
			"192.0.0.1",
			"192.168.1.1",
			"198.18.0.1",
			"224.0.0.1",
			"240.0.0.1",
			"255.255.255.255",
			"::",
			"::1",
			"::ffff:127.0.0.1",
			"::ffff:8.8.8.8",
			"::127.0.0.1",
			"64:ff9b::7f00:1",
			"64:ff9b:1::1",
			"fe80::1",
			"fec0::1",
			"fc00::1",
			"fd12::1",
			"ff02::1",
			"2002:7f00:1::",
			"2001::1",
			"2001:db8::1",
			"100::1",
		] {
			assert!(!endpoint(ip, 8400).is_allowed(false), "{ip}");
		}
	}

	#[test]
	fn refuses_the_ports_of_a_node_and_port_zero() {
		assert!(!endpoint("1.1.1.1", 9944).is_allowed(false));
		assert!(!endpoint("1.1.1.1", 0).is_allowed(false));
		assert!(!endpoint("1.1.1.1", 0).is_allowed(true));
		assert!(endpoint("127.0.0.1", 9944).is_allowed(true));
	}

	#[test]
	fn writes_urls() {
		assert_eq!(endpoint("127.0.0.1", 80).url(), "http://127.0.0.1:80");
		assert_eq!(endpoint("2606:4700::1", 81).url(), "http://[2606:4700::1]:81");
	}
}
