//! URIs and name-addr values.
