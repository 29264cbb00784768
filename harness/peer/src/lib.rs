//! Scripted SIP peers on real sockets.
