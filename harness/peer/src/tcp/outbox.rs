//! What waits to be written on a connection.

use std::collections::VecDeque;
use std::io::{self, IoSlice};

use bytes::Bytes;
use tokio::net::TcpStream;

/// As many pieces go into one write.
const GATHERED: usize = 64;

/// Octets in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pieces: VecDeque<Piece>,
    octets: usize,
}

#[derive(Debug)]
struct Piece {
    octets: Bytes,
    /// Goes into a write of its own, because a scenario wants to see it in a segment of its own.
    alone: bool,
}

impl Outbox {
    /// Octets that wait.
    pub(super) fn len(&self) -> usize {
        self.octets
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn push(&mut self, octets: Bytes, alone: bool) {
        if !octets.is_empty() {
            self.octets += octets.len();
            self.pieces.push_back(Piece { octets, alone });
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Writes until everything is written or the system takes no more.
    pub(super) fn write_to(&mut self, socket: &TcpStream) -> io::Result<()> {
        while !self.pieces.is_empty() {
            match self.write_once(socket) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => self.consume(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn write_once(&self, socket: &TcpStream) -> io::Result<usize> {
        let mut gathered = [IoSlice::new(&[]); GATHERED];
        let mut count = 0;
        for (slot, piece) in gathered.iter_mut().zip(&self.pieces) {
            if piece.alone && count > 0 {
                break;
            }
            *slot = IoSlice::new(&piece.octets);
            count += 1;
            if piece.alone {
                break;
            }
        }
        socket.try_write_vectored(&gathered[..count])
    }

    fn consume(&mut self, mut written: usize) {
        self.octets -= written;
        while let Some(piece) = self.pieces.front_mut() {
            if written < piece.octets.len() {
                let _ = piece.octets.split_to(written);
                return;
            }
            written -= piece.octets.len();
            self.pieces.pop_front();
        }
    }
}
