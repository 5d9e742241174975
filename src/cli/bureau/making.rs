//! What makes the cards of `ektp batch run` at this station: its own engine, its program, or both; each stage is told as it ends.

use super::engine::Engine;
use super::maker::Program;
use crate::cli::output::Output;
use crate::issuance::bureau::run::{Maker, Order, Stage};
use crate::issuance::store::Id;
use serde_json::json;

/// The makers of a station.
pub struct Making<'a, 'e> {
    /// Writes chips, if this station has a reader of its own; else the program does.
    pub engine: Option<Engine<'e>>,
    /// Prints and checks; and writes chips, where a bureau has an encoder of its own.
    pub program: Option<Program<'e>>,
    /// Where it is told.
    pub out: &'a mut Output,
}

impl Making<'_, '_> {
    fn tell(&mut self, name: &str, order: &Order, stage: Stage) -> Stage {
        let (became, reason) = match &stage {
            Stage::Done(_) => ("done", None),
            Stage::Spoiled(why) => ("spoiled", Some(why)),
            Stage::Quarantined(why) => ("quarantined", Some(why)),
            Stage::Waits(why) => ("waits", Some(why)),
            Stage::Elsewhere => ("elsewhere", None),
        };
        let told = json!({"card": order.card, "blank": order.blank, "stage": name, "became": became, "reason": reason});
        self.out.event("made", told);
        stage
    }

    fn by_program(&mut self, name: &str, order: &Order) -> Stage {
        let stage = self.program.as_ref().map_or(Stage::Elsewhere, |program| program.stage(name, order));
        self.tell(name, order, stage)
    }
}

impl Maker for Making<'_, '_> {
    fn blank(&mut self, unused: &[Id]) -> Option<Id> {
        match (&mut self.engine, &mut self.program) {
            (Some(engine), _) => engine.blank(unused, self.out),
            (None, Some(program)) => program.blank(unused),
            (None, None) => None,
        }
    }

    fn encode(&mut self, order: &Order) -> Stage {
        let Some(engine) = &mut self.engine else { return self.by_program("encode", order) };
        let stage = engine.encode(order, self.out);
        self.tell("encode", order, stage)
    }

    fn print(&mut self, order: &Order) -> Stage {
        self.by_program("print", order)
    }

    fn check(&mut self, order: &Order) -> Stage {
        self.by_program("check", order)
    }

    fn is_down(&self) -> bool {
        self.engine.as_ref().is_some_and(|engine| engine.down.is_some())
    }
}
