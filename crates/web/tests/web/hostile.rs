//! A hostile walk: what targets send, what other sites make browsers ask, and what bytes strangers put on a line.

mod injection;
mod markup;
mod requests;
mod secrets;
