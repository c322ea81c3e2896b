//! The report as text: for a terminal, and as Markdown for a page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::goals::GOALS;
use crate::report::{Column, Report, Row, Section};

const BEGIN: &str = "<!-- benchmark -->\n";
const END: &str = "<!-- /benchmark -->";

/// Renders the report for a terminal.
pub fn plain(report: &Report, goals: bool) -> String {
    let mut text = format!("{}\n{}\n", report.machine.describe(), report.extent);
    for section in &report.sections {
        let _ = writeln!(text, "\n{}", section.title);
        align(&mut text, &cells(section, ""));
        for note in &section.notes {
            let _ = writeln!(text, "  {note}");
        }
    }
    if goals {
        text.push_str("\nGoals, as docs/performance.md explains them\n");
        align(&mut text, &goal_cells(report));
    }
    text
}

/// Writes cells in columns: the first to the left, the others to the right.
fn align(text: &mut String, cells: &[Vec<String>]) {
    let columns = cells.first().map_or(0, Vec::len);
    let width = |column: usize| cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in cells {
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Writing to a string does not fail.
            let _ = if index == 0 { write!(text, "  {cell:<width$}") } else { write!(text, "  {cell:>width$}") };
        }
        text.push('\n');
    }
}

/// Writes the report into a page, between the two markers.
pub fn into_page(file: &Path, report: &Report) -> anyhow::Result<()> {
    let page = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("{} has no {BEGIN:?}", file.display()))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{} has no {END:?}", file.display()))?;
    fs::write(file, format!("{before}{BEGIN}{}{END}{after}", markdown(report)))?;
    Ok(())
}

fn markdown(report: &Report) -> String {
    let mut text = format!("\n{}\n{}\n", report.machine.describe(), report.extent);
    for section in &report.sections {
        let _ = writeln!(text, "\n**{}**\n", section.title);
        pipes(&mut text, &cells(section, "–"));
        for note in &section.notes {
            let _ = writeln!(text, "\n{note}");
        }
    }
    text.push_str("\n**Goals**\n\n");
    pipes(&mut text, &goal_cells(report));
    text.push('\n');
    text
}

/// Writes cells as a table of Markdown.
fn pipes(text: &mut String, cells: &[Vec<String>]) {
    for (index, row) in cells.iter().enumerate() {
        let _ = writeln!(text, "| {} |", row.join(" | "));
        if index == 0 {
            let _ = writeln!(text, "|---{}|", "|--:".repeat(row.len().saturating_sub(1)));
        }
    }
}

/// Returns the cells of the table of goals.
fn goal_cells(report: &Report) -> Vec<Vec<String>> {
    let head = ["", "goal", "measured", ""].map(str::to_owned).to_vec();
    let rows = GOALS.iter().map(|goal| {
        let (figure, word) = goal.outcome(report);
        vec![goal.what.to_owned(), goal.limit(), figure, word.to_owned()]
    });
    std::iter::once(head).chain(rows).collect()
}

/// Returns the cells of a table, with its head.
fn cells(section: &Section, missing: &str) -> Vec<Vec<String>> {
    let columns = section.columns();
    let head = std::iter::once(String::new()).chain(columns.iter().map(|column| column.head.to_owned()));
    let cell = |row: &Row, column: &Column| {
        row.figure(*column).map_or_else(|| missing.to_owned(), |figure| number(figure, column.digits))
    };
    let row = |row: &Row| {
        let figures = columns.iter().map(|column| cell(row, column));
        std::iter::once(row.name.clone()).chain(figures).collect()
    };
    if columns.is_empty() {
        return Vec::new();
    }
    std::iter::once(head.collect()).chain(section.rows.iter().map(row)).collect()
}

/// Writes a number, with commas between thousands.
pub fn number(figure: f64, digits: usize) -> String {
    let text = format!("{figure:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) && digit != '-' {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}
