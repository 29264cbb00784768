//! SIP messages (RFC 3261), octet by octet.
