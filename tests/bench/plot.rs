//! Line plots as SVG, readable on light and dark pages. Written by hand: a library of plots would bring a style of its
//! own, which does not follow the reader's.

use std::fmt::Write as _;

use crate::table::number;

const WIDTH: f64 = 760.0;
/// The part of the width that lines use.
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 50.0;
/// The part of a panel's height that lines use.
const PANEL: f64 = 190.0;
const GAP: f64 = 56.0;
const TOP: f64 = 74.0;

const STYLE: &str = "
svg { background: #fff; color-scheme: light dark; }
text { font: 13px system-ui, sans-serif; fill: #333; }
.title { font-size: 16px; font-weight: 600; }
.grid { stroke: #ddd; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.one { stroke: #0b62c4; fill: #0b62c4; }
.two { stroke: #c2410c; fill: #c2410c; }
.line.one, .line.two { fill: none; }
text.one, text.two { stroke: none; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; }
  text { fill: #d0d7de; }
  .grid { stroke: #30363d; }
  .one { stroke: #58a6ff; fill: #58a6ff; }
  .two { stroke: #ffa657; fill: #ffa657; }
}";

/// How an axis is divided.
#[derive(Clone, Copy, PartialEq)]
pub enum Scale {
    /// From zero, in equal steps.
    Linear,
    /// Powers of two.
    Doubling,
    /// Powers of ten.
    Decades,
}

/// A named line.
pub type Line = (&'static str, Vec<(f64, f64)>);

/// A figure over the x axis.
pub struct Panel {
    pub y: &'static str,
    pub y_scale: Scale,
    /// At most two.
    pub lines: Vec<Line>,
}

/// Panels, one below the other, over one x axis.
pub struct Plot {
    pub title: &'static str,
    pub x: &'static str,
    pub x_scale: Scale,
    pub panels: Vec<Panel>,
}

/// An axis: its scale, the values at its ends, and where these are drawn.
struct Axis {
    scale: Scale,
    values: (f64, f64),
    ends: (f64, f64),
}

impl Axis {
    /// Returns an axis that shows all of these values.
    fn over(values: impl Iterator<Item = f64> + Clone, scale: Scale, ends: (f64, f64), whole_steps: bool) -> Self {
        let most = values.clone().fold(0.0, f64::max);
        let least = values.filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min).min(most);
        let values = match scale {
            Scale::Linear if whole_steps => (0.0, (most / step(most)).ceil() * step(most)),
            Scale::Linear => (0.0, most),
            Scale::Doubling => (least, most),
            Scale::Decades => (10_f64.powf(least.log10().floor()), 10_f64.powf(most.log10().ceil())),
        };
        Self { scale, values, ends }
    }

    fn at(&self, value: f64) -> f64 {
        let scaled = |value: f64| if self.scale == Scale::Linear { value } else { value.max(1e-3).ln() };
        let (from, to) = (scaled(self.values.0), scaled(self.values.1));
        let share = if to > from { (scaled(value) - from) / (to - from) } else { 0.5 };
        self.ends.0 + share * (self.ends.1 - self.ends.0)
    }

    fn ticks(&self) -> Vec<f64> {
        let (from, to) = self.values;
        let next = |value: f64| match self.scale {
            Scale::Linear => value + step(to),
            Scale::Doubling => value * 2.0,
            Scale::Decades => value * 10.0,
        };
        std::iter::successors(Some(from), |value| Some(next(*value)))
            .take_while(|value| *value <= to * 1.001)
            .take(32)
            .collect()
    }
}

/// Returns the distance of ticks: 1, 2 or 5 with some zeros, so that there are four to ten.
fn step(most: f64) -> f64 {
    let power = 10_f64.powf((most.max(1e-9) / 4.0).log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|digit| digit * power).find(|step| most / step >= 4.0).unwrap_or(power)
}

/// Writes the number of a tick.
fn label(value: f64) -> String {
    if value > 0.0 && value < 1.0 {
        return format!("{value:.3}").trim_end_matches('0').to_owned();
    }
    number(value, 0)
}

impl Plot {
    /// Renders the plot.
    pub fn svg(&self) -> String {
        let height = TOP + (PANEL + GAP) * self.panels.len() as f64 + 10.0;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
             role=\"img\">\n<title>{}</title>\n<style>{STYLE}\n</style>\n",
            self.title
        );
        text(&mut svg, "title", (20.0, 30.0, "start"), self.title);
        for (index, panel) in self.panels.iter().enumerate() {
            let top = TOP + (PANEL + GAP) * index as f64;
            let last = index + 1 == self.panels.len();
            self.panel(&mut svg, panel, top, last);
        }
        svg + "</svg>\n"
    }

    fn panel(&self, svg: &mut String, panel: &Panel, top: f64, last: bool) {
        let bottom = top + PANEL;
        let points = || panel.lines.iter().flat_map(|(_, points)| points);
        let x = Axis::over(points().map(|point| point.0), self.x_scale, (LEFT, RIGHT), false);
        let y = Axis::over(points().map(|point| point.1), panel.y_scale, (bottom, top), true);
        text(svg, "axis", (20.0, top - 14.0, "start"), panel.y);
        for value in y.ticks() {
            let at = y.at(value);
            grid(svg, (LEFT, at), (RIGHT, at));
            text(svg, "tick", (LEFT - 8.0, at + 4.0, "end"), &label(value));
        }
        for value in x.ticks() {
            let at = x.at(value);
            grid(svg, (at, top), (at, bottom));
            text(svg, "tick", (at, bottom + 18.0, "middle"), &label(value));
        }
        if last {
            text(svg, "axis", (f64::midpoint(LEFT, RIGHT), bottom + 40.0, "middle"), self.x);
        }
        lines(svg, &panel.lines, &x, &y);
    }
}

/// Draws lines with their names behind them.
fn lines(svg: &mut String, lines: &[Line], x: &Axis, y: &Axis) {
    let mut names = Vec::new();
    for ((name, points), class) in lines.iter().zip(["one", "two"]) {
        let path: Vec<_> = points.iter().map(|(at, value)| format!("{:.1},{:.1}", x.at(*at), y.at(*value))).collect();
        let _ = writeln!(svg, "<polyline class=\"line {class}\" points=\"{}\"/>", path.join(" "));
        names.extend(points.last().map(|(_, value)| (y.at(*value), class, *name)));
    }
    // From the top to the bottom, and not over each other.
    names.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let mut free = f64::NEG_INFINITY;
    for (at, class, name) in names {
        let at = at.max(free);
        text(svg, class, (RIGHT + 8.0, at + 4.0, "start"), name);
        free = at + 16.0;
    }
}

fn grid(svg: &mut String, from: (f64, f64), to: (f64, f64)) {
    // Writing to a string does not fail.
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = writeln!(svg, "<path class=\"grid\" d=\"M{x1:.1},{y1:.1} L{x2:.1},{y2:.1}\"/>");
}

fn text(svg: &mut String, class: &str, (x, y, anchor): (f64, f64, &str), content: &str) {
    let _ =
        writeln!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{content}</text>");
}
