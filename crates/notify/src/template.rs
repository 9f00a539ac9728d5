//! The template of a body: checked and tried when the configuration is read, bounded when it is used.

mod escaping;

use std::collections::BTreeSet;

use allswell_model::settings::{Mistake, nearest};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use crate::channel::Letter;
use crate::document;
use crate::sample;
use crate::variables::VARIABLES;
use escaping::Escaping;

/// Steps that a rendering may take. A body for twenty targets takes some thousand.
const FUEL: u64 = 200_000;
/// Bytes that a body may have; providers take far less.
const BODY_LIMIT: usize = 256 * 1024;
const NAME: &str = "body";

/// A template that renders our samples.
pub(crate) struct Template {
    environment: Environment<'static>,
    escaping: Escaping,
}

impl Template {
    /// Checks a template for bodies of this content type.
    ///
    /// # Errors
    /// Its syntax, a variable that does not exist, a sample that it does not render, or JSON that is none.
    pub(crate) fn read(source: &str, content_type: &str) -> Result<Self, Mistake> {
        let escaping = Escaping::of(content_type);
        let wrong = |why: String| Mistake::of("body", format!("`body` {why}"));
        escaping.allows(source).map_err(wrong)?;
        let mut environment = environment(escaping);
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| wrong(explained(&error)))?;
        let template = Self { environment, escaping };
        template.known_variables()?;
        let samples = sample::letters().map_err(|error| wrong(error.to_string()))?;
        for letter in &samples {
            template
                .rendered(letter)
                .map_err(|why| wrong(format!("cannot be used for an alert of kind {}: {why}", letter.alert.kind.word())))?;
        }
        Ok(template)
    }

    /// The body for an alert.
    ///
    /// # Errors
    /// Why there is none, without any of the alert's text.
    pub(crate) fn rendered(&self, letter: &Letter) -> Result<String, String> {
        let template = self.environment.get_template(NAME).map_err(|error| explained(&error))?;
        let variables = Value::from(Serde(document::of(letter)));
        let raw = template.render(variables).map_err(|error| explained(&error))?;
        let body = self.escaping.finish(raw)?;
        if body.len() > BODY_LIMIT { Err(format!("it has more than {BODY_LIMIT} bytes")) } else { Ok(body) }
    }

    fn known_variables(&self) -> Result<(), Mistake> {
        let Ok(template) = self.environment.get_template(NAME) else { return Ok(()) };
        let globals: BTreeSet<&str> = self.environment.globals().map(|(name, _)| name).collect();
        let named: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
        let known = || VARIABLES.iter().map(|(name, _)| *name);
        let stranger = named.iter().find(|name| !globals.contains(name.as_str()) && !known().any(|known| known == name.as_str()));
        let Some(stranger) = stranger else { return Ok(()) };
        let mistake = Mistake::of("body", format!("`body` names `{stranger}`, which no alert has"));
        Err(match nearest(stranger, known()) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(format!("known are {}", known().collect::<Vec<_>>().join(", "))),
        })
    }
}

fn environment(escaping: Escaping) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("body".into()));
    environment.set_formatter(move |out, _, value| escaping.write(out, value));
    // What a target said is never taken for part of the body, whatever a template asks for.
    for name in ["safe", "escape", "e", "tojson"] {
        environment.add_filter(name, |value: Value| value);
    }
    environment
}

/// Kind, detail and line; a detail names words of the template, never values.
fn explained(error: &Error) -> String {
    let what = match error.kind() {
        ErrorKind::OutOfFuel => "it takes too many steps".to_owned(),
        ErrorKind::UndefinedError => "it names something that is not there".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    error.line().map_or_else(|| what.clone(), |line| format!("line {line}: {what}"))
}

#[cfg(test)]
mod tests;
