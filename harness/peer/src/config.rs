//! What a network is bound with.

use std::net::{IpAddr, Ipv4Addr};

use crate::Timers;

/// Where a network listens and how it behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address of all sockets.
    pub ip: IpAddr,
    /// The port of both sockets of SIP; 0 for one that is free.
    pub port: u16,
    /// The port on which MSRP is listened for; 0 for one that is free.
    pub msrp_port: u16,
    /// Timers of all transactions.
    pub timers: Timers,
    /// Bounds on what the other side can make a network keep.
    pub limits: Limits,
}

impl Default for Config {
    /// Free ports on 127.0.0.1, with the timers of RFC 3261.
    fn default() -> Self {
        Self {
            ip: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            msrp_port: 0,
            timers: Timers::default(),
            limits: Limits::default(),
        }
    }
}

/// Bounds on what the other side can make a network keep. Whatever goes beyond them is dropped and noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of one SIP message or one MSRP chunk on a TCP connection.
    pub message: usize,
    /// TCP connections of SIP at one time, and of MSRP; more are closed as soon as they are accepted. For those of MSRP
    /// room is made by closing what the other side has left open behind its sessions.
    pub connections: usize,
    /// Octets of unfinished messages on all TCP connections of SIP together, and of unfinished chunks on all of MSRP; a
    /// connection that goes beyond it is closed.
    pub unfinished: usize,
    /// Octets that wait to be written on one connection, or on the UDP socket.
    pub unsent: usize,
    /// Server transactions at one time; beyond that, the ones that would end first are forgotten.
    pub server_transactions: usize,
    /// Octets that go into the record of one peer; what comes afterwards is dropped unanswered.
    pub received: usize,
    /// Sessions at one time; more INVITEs are answered with 486.
    pub sessions: usize,
    /// Incomplete messages in one session whose success reports are kept in mind; others get none, which is noted. Each
    /// takes some 4 KiB at most, whatever its size: positions are kept, and no content.
    pub incomplete: usize,
    /// Stray messages that are kept with their octets, the newest ones.
    pub strays: usize,
    /// Octets that are kept of each stray message.
    pub stray: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 10 << 20,
            connections: 4096,
            unfinished: 256 << 20,
            unsent: 64 << 20,
            server_transactions: 1 << 17,
            received: 256 << 20,
            sessions: 4096,
            incomplete: 64,
            strays: 64,
            stray: 16 << 10,
        }
    }
}
