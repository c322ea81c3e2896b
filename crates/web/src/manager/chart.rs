//! Charts that the server draws. Each is one picture with a title and a description; the table beside it has the same numbers.
//!
//! As in the timetable, widths are in percent, so that a chart is as wide as its page and its texts keep their size.

use maud::{Markup, html};

use super::area::Area;
use crate::locale::{Text, texts};

/// The height of the columns.
const HEIGHT: u64 = 150;
/// The height of a bar with its name above it.
const BAR: usize = 44;
/// The greatest number of bars. Further ones are in the table only.
pub(super) const MAX_BARS: usize = 15;
/// The greatest number of characters of a name on a bar.
const NAME: usize = 26;

/// A value with its name.
pub(super) struct Point {
    pub name: String,
    pub value: u64,
    /// The value as people read it.
    pub text: String,
}

/// The scale of a chart: its greatest value, and what is written at it and at its half.
pub(super) struct Scale {
    pub most: u64,
    pub labels: [String; 2],
}

impl Scale {
    /// Creates a scale from nothing to a round number that is no less than all values.
    pub fn up_to(greatest: u64, write: impl Fn(u64) -> String) -> Self {
        let most = round_up(greatest);
        Self { most, labels: [write(most), write(most / 2)] }
    }
}

/// Returns the next of 2, 4, 10, 20, 40, 100 and so on.
fn round_up(value: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for factor in [2, 4, 10] {
            let round = unit.saturating_mul(factor);
            if round >= value {
                return round;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// A chart.
pub(super) struct Chart {
    /// Its identifier on the page.
    pub id: String,
    pub title: String,
    pub points: Vec<Point>,
    pub scale: Scale,
}

impl Chart {
    /// Draws a column for each point, such as a day.
    pub fn columns(&self, area: &Area) -> Markup {
        let count = self.points.len().max(1);
        let share = 100_000 / count;
        let width = if count > 1 { share * 4 / 5 } else { share / 3 };
        let x = |index: usize| percent(index * share + (share - width) / 2);
        let ends = [self.points.first(), self.points.last().filter(|_| self.points.len() > 1)];
        let plot = html! {
            div.plot {
                div.axis aria-hidden="true" { @for label in &self.scale.labels { span { (label) } } span { "0" } }
                (self.picture(area, HEIGHT + 2, &html! {
                    g.lines { @for y in [1, HEIGHT / 2, HEIGHT + 1] { line x1="0" x2="100%" y1=(y) y2=(y) {} } }
                    @for (index, point) in self.points.iter().enumerate() {
                        @let height = self.part_of(point, HEIGHT);
                        rect.bar x=(x(index)) width=(percent(width)) y=(HEIGHT + 1 - height) height=(height) {
                            title { (point.name) ": " (point.text) }
                        }
                    }
                }))
                p.ends aria-hidden="true" { @for end in ends.into_iter().flatten() { span { (end.name) } } }
            }
        };
        self.figure(&plot)
    }

    /// Draws a bar for each point, with its name and its value above it.
    pub fn bars(&self, area: &Area) -> Markup {
        let height = self.points.len() * BAR;
        let plot = self.picture(
            area,
            height as u64,
            &html! {
                @for (index, point) in self.points.iter().enumerate() {
                    @let top = index * BAR;
                    text y=(top + 18) { (short(&point.name)) }
                    text.value x="100%" y=(top + 18) { (point.text) }
                    rect.all y=(top + 26) width="100%" height="10" rx="2" {}
                    rect.bar y=(top + 26) width=(percent_of(self.part_of(point, 100_000))) height="10" rx="2" {
                        title { (point.name) ": " (point.text) }
                    }
                }
            },
        );
        self.figure(&plot)
    }

    fn part_of(&self, point: &Point, whole: u64) -> u64 {
        let part = u128::from(point.value) * u128::from(whole) / u128::from(self.scale.most.max(1));
        u64::try_from(part).unwrap_or(whole).min(whole)
    }

    fn figure(&self, plot: &Markup) -> Markup {
        html! {
            figure.chart {
                figcaption { (self.title) }
                (plot)
            }
        }
    }

    fn picture(&self, area: &Area, height: u64, content: &Markup) -> Markup {
        let [title, description] = ["title", "description"].map(|part| format!("{}-{part}", self.id));
        html! {
            svg width="100%" height=(height) role="img" aria-labelledby=(title) aria-describedby=(description) {
                title id=(title) { (self.title) }
                desc id=(description) { (self.description(area)) }
                (content)
            }
        }
    }

    /// Says what the chart shows, to those who do not see it.
    fn description(&self, area: &Area) -> String {
        let of = |text: Text, point: &Point| {
            area.words.tell(text, [("name", point.name.clone().into()), ("value", point.text.clone().into())])
        };
        let most = self.points.iter().rev().max_by_key(|point| point.value);
        let least = self.points.iter().min_by_key(|point| point.value);
        let parts = [
            most.map(|point| of(texts::MANAGE_CHART_MOST, point)),
            least.map(|point| of(texts::MANAGE_CHART_LEAST, point)),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().chain([area.say(texts::MANAGE_CHART_TABLE)]).collect();
        parts.join(" ")
    }
}

/// Writes thousandths of a percent.
fn percent(thousandths: usize) -> String {
    format!("{}.{:03}%", thousandths / 1000, thousandths % 1000)
}

fn percent_of(thousandths: u64) -> String {
    percent(usize::try_from(thousandths).unwrap_or_default())
}

fn short(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let kept: String = name.chars().take(NAME - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_number() {
        for (greatest, most) in [(0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (39_950, 40_000), (40_001, 100_000)] {
            assert_eq!(round_up(greatest), most, "{greatest}");
        }
        assert_eq!(round_up(u64::MAX), u64::MAX);
    }

    #[test]
    fn a_long_name_is_cut_on_a_bar() {
        assert_eq!(short("Alien"), "Alien");
        assert_eq!(short("Der Hauptmann von Köpenick kommt"), "Der Hauptmann von Köpenic…");
        assert_eq!(short(&"ä".repeat(26)), "ä".repeat(26));
    }

    #[test]
    fn a_part_is_of_the_scale() {
        let scale = Scale::up_to(390, |value| value.to_string());
        assert_eq!((scale.most, scale.labels), (400, ["400".to_owned(), "200".to_owned()]));
        assert_eq!(percent(12_345), "12.345%");
    }
}
