//! The macros that go through items: `all`, `exists`, `exists_one`, `filter`, `map`.

use crate::expect::eval::{Ran, Run};
use crate::expect::tree::{Node, Quantifier};
use crate::expect::trouble::Trouble;
use crate::expect::value::Val;

impl<'a> Run<'a> {
    pub(super) fn each(&mut self, quantifier: Quantifier, [range, body]: &'a [Node; 2]) -> Ran<'a> {
        match quantifier {
            Quantifier::All => self.decide_each(range, body, false),
            Quantifier::Exists => self.decide_each(range, body, true),
            Quantifier::ExistsOne => self.holding(range, body).map(|items| Val::Bool(items.len() == 1)),
            Quantifier::Filter => self.holding(range, body).map(Val::made),
        }
    }

    /// The first item that is `decisive` decides, even when another one could not be answered: so does CEL.
    fn decide_each(&mut self, range: &'a Node, body: &'a Node, decisive: bool) -> Ran<'a> {
        let mut trouble = None;
        for item in self.items(range)? {
            match self.within_item(item, |run| run.bool(body)) {
                Ok(v) if v == decisive => return Ok(Val::Bool(decisive)),
                Ok(_) => {}
                Err(Trouble::TooManySteps) => return Err(Trouble::TooManySteps),
                Err(found) => trouble = trouble.or(Some(found)),
            }
        }
        trouble.map_or(Ok(Val::Bool(!decisive)), Err)
    }

    /// The items for which the body holds.
    pub(crate) fn holding(&mut self, range: &'a Node, body: &'a Node) -> Result<Vec<Val<'a>>, Trouble<'a>> {
        let mut kept = Vec::new();
        for item in self.items(range)? {
            if self.within_item(item.clone(), |run| run.bool(body))? {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    /// The first item for which the body does not hold, or cannot be answered, counted from 1.
    pub(crate) fn first_failing(&mut self, range: &'a Node, body: &'a Node) -> Result<Option<(usize, Val<'a>)>, Trouble<'a>> {
        for (index, item) in self.items(range)?.enumerate() {
            if !matches!(self.within_item(item.clone(), |run| run.bool(body)), Ok(true)) {
                return Ok(Some((index + 1, item)));
            }
        }
        Ok(None)
    }

    pub(super) fn map_each(&mut self, [range, taken, body]: &'a [Node; 3]) -> Ran<'a> {
        let mut made = Vec::new();
        for item in self.items(range)? {
            let become_of = |run: &mut Self| if run.bool(taken)? { run.eval(body).map(Some) } else { Ok(None) };
            made.extend(self.within_item(item, become_of)?);
        }
        Ok(Val::made(made))
    }

    fn within_item<T>(&mut self, item: Val<'a>, then: impl FnOnce(&mut Self) -> Result<T, Trouble<'a>>) -> Result<T, Trouble<'a>> {
        self.locals.push(item);
        let result = then(self);
        self.locals.pop();
        result
    }

    /// What is gone through: the items of a list, the names of an object.
    pub(crate) fn items(&mut self, range: &'a Node) -> Result<Box<dyn Iterator<Item = Val<'a>> + 'a>, Trouble<'a>> {
        match self.eval(range)? {
            Val::List(items) => Ok(Box::new((0..items.len()).filter_map(move |index| items.at(index)))),
            Val::Map(map) => Ok(Box::new(map.keys().map(|name| Val::Text(name.as_str().into())))),
            value => Err(Trouble::Unfit { part: range, value, wanted: "a list or an object" }),
        }
    }
}
