//! One end of one link, handed event after event: the whole table of transitions (`table`), all orders of few events (`orders`), a great
//! many in random order (`storm`), two ends and all orders of their packets (`crossing`), silence (`quiet`), and a change of pace (`pace`).

mod crossing;
mod end;
mod held;
mod orders;
mod pace;
mod peer;
mod quiet;
mod storm;
mod table;
mod two_ends;
