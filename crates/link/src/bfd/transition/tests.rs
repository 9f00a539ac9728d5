use super::Input::{self, Heard, Pause, Resume, Silence};
use super::next;
use crate::bfd::state::Diagnostic as Says;
use crate::bfd::state::State::{self, AdminDown, Down, Init, Up};

const INPUTS: [Input; 7] = [Heard(AdminDown), Heard(Down), Heard(Init), Heard(Up), Silence, Pause, Resume];

type Row = (State, [Option<(State, Option<Says>)>; INPUTS.len()]);

const STAYS: Option<(State, Option<Says>)> = None;
const UP: Option<(State, Option<Says>)> = Some((Up, Some(Says::None)));
const TOLD: Option<(State, Option<Says>)> = Some((Down, Some(Says::NeighborSignaledDown)));
const LOST: Option<(State, Option<Says>)> = Some((Down, Some(Says::DetectionTimeExpired)));
const HELD: Option<(State, Option<Says>)> = Some((AdminDown, Some(Says::AdministrativelyDown)));
const FREE: Option<(State, Option<Says>)> = Some((Down, Some(Says::None)));
const INIT: Option<(State, Option<Says>)> = Some((Init, None));

/// RFC 5880, 6.2 and 6.8.6, whole.
#[rustfmt::skip]
const TABLE: [Row; 4] = [
    //            AdminDown  Down   Init   Up     silence pause  resume
    (AdminDown, [ STAYS,     STAYS, STAYS, STAYS, STAYS,  STAYS, FREE ]),
    (Down,      [ STAYS,     INIT,  UP,    STAYS, STAYS,  HELD,  STAYS]),
    (Init,      [ TOLD,      STAYS, UP,    UP,    LOST,   HELD,  STAYS]),
    (Up,        [ TOLD,      TOLD,  STAYS, STAYS, LOST,   HELD,  STAYS]),
];

#[test]
fn the_table() {
    for (state, row) in TABLE {
        for (input, expected) in INPUTS.into_iter().zip(row) {
            assert_eq!(next(state, input), expected, "{state:?}, {input:?}");
        }
    }
}
