//! How a search grows with the gallery.

use crate::clock::Stopwatch;
use crate::persons::Population;
use crate::probes::Probe;
use crate::report::Report;
use ektp::afis::{Gallery, Policy};
use ektp::finger::eval::chart::{Axis, Chart, Scale, Series, svg};

/// Searches at each size.
const SEARCHES: u64 = 60;
/// Where the chart is written.
const CHART: &str = "target/identification-growth.svg";

/// A gallery's size, and times of its searches in milliseconds, sorted; and what they took of both cores.
pub struct Point {
    persons: u64,
    times: Vec<f64>,
    cpu: f64,
}

impl Point {
    fn at(&self, part: f64) -> f64 {
        self.times[((self.times.len() - 1) as f64 * part) as usize]
    }
}

/// From ten thousand in steps of the root of ten, up to the whole.
pub fn sizes(persons: u64) -> Vec<u64> {
    let steps = [10_000, 31_623, 100_000, 316_228, 1_000_000, 3_162_278, 10_000_000];
    steps.into_iter().filter(|s| *s < persons).chain([persons]).collect()
}

/// Searches of a gallery that holds so many persons, a quarter of them for somebody who is there.
pub fn measure(gallery: &Gallery, population: Population, persons: u64, policy: &Policy) -> Point {
    let (mut times, mut cpu) = (Vec::new(), 0.0);
    for n in 0..SEARCHES {
        let number = if n % 4 == 0 { n * persons / SEARCHES } else { 1 << 40 | n };
        let probe = Probe::of(population, number, n);
        let watch = Stopwatch::start();
        let _answer = gallery.identify(&probe.person(), policy);
        times.push(watch.wall());
        cpu += watch.cpu();
    }
    times.sort_by(f64::total_cmp);
    let point = Point { persons, times, cpu: cpu / SEARCHES as f64 };
    println!("  … {persons} persons, search {:.1} ms, CPU {:.1} ms", point.at(0.5), point.cpu);
    point
}

/// Tells, and draws.
pub fn figures(report: &mut Report, points: &[Point]) -> std::io::Result<()> {
    for p in points {
        let more = format!("95th percentile {:.1} ms; CPU of both cores together {:.1} ms", p.at(0.95), p.cpu);
        report.plain(format!("search among {}, median", p.persons), p.at(0.5), "ms", more);
    }
    std::fs::write(CHART, svg(&chart(points)))
}

fn chart(points: &[Point]) -> Chart {
    let series = |name: &str, of: &dyn Fn(&Point) -> f64| Series {
        name: name.to_owned(),
        points: points.iter().map(|p| (p.persons as f64, of(p))).collect(),
    };
    let tick = |v: f64, name: &str| (v, name.to_owned());
    let persons = [(1e4, "10,000"), (1e5, "100,000"), (1e6, "1 million"), (1e7, "10 million")];
    let last = points.last().map_or(1e6, |p| p.persons as f64);
    let high = points.iter().map(|p| p.at(0.95)).fold(150.0, f64::max) * 1.1;
    Chart {
        title: "A search as the gallery grows (templates in, two cores)".to_owned(),
        x: Axis {
            title: "persons in the gallery".to_owned(),
            scale: Scale::Log,
            range: (1e4, last),
            ticks: persons.into_iter().filter(|p| p.0 <= last).map(|(v, n)| tick(v, n)).collect(),
        },
        y: Axis {
            title: "milliseconds".to_owned(),
            scale: Scale::Linear,
            range: (0.0, high),
            ticks: (0..).map(|n| f64::from(n) * 50.0).take_while(|v| *v <= high).map(|v| tick(v, &format!("{v}"))).collect(),
        },
        series: vec![
            series("95th percentile", &|p| p.at(0.95)),
            series("median", &|p| p.at(0.5)),
            series("CPU time, both cores together", &|p| p.cpu),
        ],
    }
}
