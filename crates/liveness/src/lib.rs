//! The truth about one TCP connection: is it alive, and if not, why and who said so.
