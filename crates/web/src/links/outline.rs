//! The line around what a finding is about: each marked cell gets the sides on which it ends.

use super::cell::Shown;
use super::matrix::Matrix;

/// The class of what a finding is about, before its outline is drawn.
pub(super) const MARKED: &str = "marked";

/// Draws a line around the cells that are marked: each gets the sides on which its neighbour is not.
pub(super) fn draw(matrix: &mut Matrix) {
    let is_marked = |shown: &Shown| shown.class.split(' ').any(|class| class == MARKED);
    let grid: Vec<Vec<bool>> =
        matrix.blocks.iter().flat_map(|block| &block.rows).map(|row| row.cells.iter().map(is_marked).collect()).collect();
    let at = |y: Option<usize>, x: Option<usize>| y.zip(x).and_then(|(y, x)| grid.get(y)?.get(x).copied()).unwrap_or(false);
    for (y, row) in matrix.blocks.iter_mut().flat_map(|block| &mut block.rows).enumerate() {
        for (x, shown) in row.cells.iter_mut().enumerate().filter(|(_, shown)| is_marked(shown)) {
            let sides = [
                ("ot", at(y.checked_sub(1), Some(x))),
                ("ob", at(Some(y + 1), Some(x))),
                ("ol", at(Some(y), x.checked_sub(1))),
                ("or", at(Some(y), Some(x + 1))),
            ];
            let lines: String = sides.into_iter().filter(|(_, inside)| !inside).map(|(side, _)| format!(" {side}")).collect();
            shown.class = shown.class.replace(&format!(" {MARKED}"), &lines);
        }
    }
}
