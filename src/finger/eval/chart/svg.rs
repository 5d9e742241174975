//! A chart as SVG text.

use super::{Anchor, Chart, Mark, SIZE};
use std::fmt::Write as _;

/// The chart as an SVG document.
#[must_use]
pub fn svg(chart: &Chart) -> String {
    let (width, height) = SIZE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" fill=\"#222\">\n\
         <title>{}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n",
        escape(&chart.title)
    );
    for mark in chart.marks() {
        match mark {
            Mark::Line { points, colour: [r, g, b], width } => {
                let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
                let _ = writeln!(
                    out,
                    "<polyline points=\"{}\" fill=\"none\" stroke=\"#{r:02x}{g:02x}{b:02x}\" stroke-width=\"{width}\"/>",
                    points.join(" ")
                );
            }
            Mark::Text { at: (x, y), text, size, anchor } => {
                let (side, turn) = match anchor {
                    Anchor::Middle => ("middle", String::new()),
                    Anchor::End => ("end", String::new()),
                    Anchor::Upwards => ("middle", format!(" transform=\"rotate(-90 {x:.1} {y:.1})\"")),
                };
                let text = escape(&text);
                let _ = writeln!(
                    out,
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{side}\"{turn}>{text}</text>"
                );
            }
        }
    }
    out.push_str("</svg>\n");
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
