//! Channel rules.
