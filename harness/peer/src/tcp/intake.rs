//! What is made of the octets of a connection, by protocol.

use std::sync::Arc;

use bytes::Bytes;
use wire::{msrp, sip};

use super::connection::{Connection, Protocol, Urgency};
use crate::Limits;
use crate::exchange::{Exchange, Origin};

/// Said of what the end of a stream cut short.
const CUT_SHORT: &str = "the stream ended in the middle of a message";

/// Cuts what comes into messages and hands them on.
#[derive(Debug)]
pub(super) enum Intake {
    Sip(sip::stream::Framer),
    /// Its state holds a searcher for the end-line, which takes some room.
    Msrp(Box<msrp::stream::Framer>),
}

impl Intake {
    pub(super) fn new(protocol: Protocol, limits: &Limits) -> Self {
        match protocol {
            Protocol::Sip => {
                let limits = sip::stream::Limits { message: limits.message, ..Default::default() };
                Self::Sip(sip::stream::Framer::with_limits(limits))
            }
            Protocol::Msrp => {
                let limits = msrp::stream::Limits { message: limits.message, ..Default::default() };
                Self::Msrp(Box::new(msrp::stream::Framer::with_limits(limits)))
            }
        }
    }

    pub(super) fn take(&mut self, exchange: &Arc<Exchange>, connection: &Arc<Connection>, octets: &[u8]) {
        match self {
            Self::Sip(framer) => {
                framer.push(octets);
                framer.by_ref().for_each(|frame| sip_frame(exchange, connection, frame));
            }
            Self::Msrp(framer) => {
                framer.push(octets);
                framer.by_ref().for_each(|frame| msrp_frame(exchange, connection, frame));
            }
        }
    }

    /// Nothing more comes.
    pub(super) fn finish(&mut self, exchange: &Arc<Exchange>, connection: &Arc<Connection>) {
        match self {
            Self::Sip(framer) => {
                framer.finish().into_iter().for_each(|frame| sip_frame(exchange, connection, frame));
            }
            Self::Msrp(framer) => {
                framer.finish().into_iter().for_each(|frame| msrp_frame(exchange, connection, frame));
            }
        }
    }

    /// Octets held back.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Sip(framer) => framer.held(),
            Self::Msrp(framer) => framer.held(),
        }
    }
}

fn sip_frame(exchange: &Arc<Exchange>, connection: &Arc<Connection>, frame: sip::stream::Frame) {
    use sip::stream::Frame;
    let origin = Origin::Stream(connection);
    match frame {
        Frame::Message(octets) => exchange.receive(octets.into(), origin),
        Frame::Ping => {
            // If the connection is closed, nobody waits for a pong.
            let _ = connection.send(&[Bytes::from_static(b"\r\n")], Urgency::WithNextFlush);
        }
        Frame::Pong => {}
        Frame::Garbage(octets) => exchange.garbage(octets.into(), origin, None),
        Frame::TooLarge { octets, claimed } => {
            let remark = match claimed {
                Some(length) => {
                    format!("a message with a body of {length} octets is too large to be taken in")
                }
                None => "a message whose head does not end is too large to be taken in".to_owned(),
            };
            exchange.garbage(octets.into(), origin, Some(&remark));
        }
        Frame::Incomplete(octets) => exchange.garbage(octets.into(), origin, Some(CUT_SHORT)),
    }
}

fn msrp_frame(exchange: &Arc<Exchange>, connection: &Arc<Connection>, frame: msrp::stream::Frame) {
    use msrp::stream::Frame;
    let origin = Origin::Stream(connection);
    match frame {
        Frame::Message(octets) => exchange.msrp_arrived(octets.into(), connection),
        Frame::Garbage(octets) => exchange.garbage(octets.into(), origin, None),
        Frame::TooLarge(octets) => {
            let remark = "a chunk is too large to be taken in; the rest of it is passed over";
            exchange.garbage(octets.into(), origin, Some(remark));
        }
        Frame::Incomplete(octets) => exchange.garbage(octets.into(), origin, Some(CUT_SHORT)),
    }
}
