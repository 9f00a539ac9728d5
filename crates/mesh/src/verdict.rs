//! Whose fault it is: findings from what all nodes say of their links.

mod detail;

pub use detail::Detail;
