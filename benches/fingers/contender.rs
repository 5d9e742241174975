//! Whoever compares prints: the scores of every pair, and the CPU time of one thread that they took.

use crate::prints::Prints;
use crate::report::Report;
use ektp::finger::eval::{Table, parse_scores};
use std::time::Duration;

/// One extractor and matcher, measured.
pub struct Contender {
    pub name: &'static str,
    /// The scores of each set.
    pub tables: Vec<Table>,
    /// Milliseconds for each print's extraction, in the order of the prints; empty if it was not taken.
    pub extraction: Vec<f64>,
    /// Mean microseconds for the preparation of one template for matching.
    pub preparation: Option<f64>,
    /// 1:1 matches a second, preparation apart, over all pairs.
    pub rate: Option<f64>,
}

impl Contender {
    /// Mean milliseconds for one print's extraction.
    pub fn extraction_mean(&self) -> Option<f64> {
        (!self.extraction.is_empty()).then(|| self.extraction.iter().sum::<f64>() / length(self.extraction.len()))
    }

    /// Its times, as rows that inform.
    pub fn speed(&self, report: &mut Report) {
        let name = self.name;
        if let Some(mean) = self.extraction_mean() {
            report.plain(
                format!("{name}: extraction"),
                mean,
                "ms",
                format!("mean of {} prints, one thread", self.extraction.len()),
            );
        }
        if let Some(micros) = self.preparation {
            report.plain(format!("{name}: template prepared for matching"), micros, "us", "mean, one thread");
        }
        if let Some(rate) = self.rate {
            report.plain(format!("{name}: 1:1 matches a second"), rate, "1/s", "one thread, preparation apart, all pairs");
        }
    }
}

/// Tables filled by a matcher of prepared templates; the earlier impression is the probe. Also the matches a second of CPU time.
pub fn match_all<T>(prints: &Prints, templates: &[Vec<Option<T>>], mut score: impl FnMut(&T, &T) -> f64) -> (Vec<Table>, f64) {
    let mut matches = 0u32;
    let start = cpu();
    let mut counted = |a: &T, b: &T| {
        matches += 1;
        score(a, b)
    };
    let sets = prints.data.sets.iter().zip(templates);
    let tables = sets.map(|(set, templates)| Table::of_templates(set, templates, &mut counted, || ())).collect();
    (tables, f64::from(matches) / (cpu() - start).as_secs_f64())
}

/// Tables of the scores that another program wrote.
pub fn read_tables(prints: &Prints, text: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = prints.data.sets.iter().map(Table::new).collect();
    for c in parse_scores(text).unwrap() {
        let place = prints.data.sets.iter().position(|s| s.name == c.set).unwrap();
        assert!(tables[place].put(c.probe, c.reference, c.score).unwrap());
    }
    tables
}

/// CPU time of this thread: the machine is not ours alone.
pub fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

#[allow(clippy::cast_precision_loss)] // far below 2^53
pub fn length(n: usize) -> f64 {
    n as f64
}
