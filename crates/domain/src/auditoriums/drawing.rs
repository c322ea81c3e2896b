//! Drawings of plans for a terminal.

use std::fmt::Write as _;

use super::{Picture, Plan};

impl Plan {
    /// Draws the plan for a terminal: the rows with their labels and numbers, and what the characters mean.
    #[must_use]
    pub fn drawing(&self) -> String {
        let width = self.picture().rows.iter().map(|row| row.places.chars().count()).max().unwrap_or_default();
        let mut text = format!("      {:^width$}\n", "SCREEN");
        for (row, drawn) in self.rows().iter().zip(&self.picture().rows) {
            let last = row.seats().count_ones().checked_sub(1).map(|last| row.number(last));
            let numbers = last.map(|last| format!("{} to {last}", row.from)).unwrap_or_default();
            // Writing to a String does not fail.
            let _ =
                writeln!(text, "{:>4}  {:<width$}  {numbers}", row.label, drawn.places.replace(Picture::AISLE, " "));
        }
        for (character, word) in &self.picture().legend {
            let places = self.picture().rows.iter().flat_map(|row| row.places.chars());
            let count = places.filter(|place| place == character).count();
            let _ = writeln!(text, "   {character}  {word}: {count}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_shows_rows_numbers_and_kinds() {
        let legend = "legend . standard\nlegend L lounge\nlegend c companion\nlegend w wheelchair\n";
        let text = format!("{legend}row A 1 1 .._..\nrow P 13 -2 wc_LL");
        let drawing = Plan::new(text.parse().unwrap()).unwrap().drawing();
        assert_eq!(
            drawing,
            "      SCREEN\n   A  .. ..  1 to 4\n   P  wc LL  13 to 7\n   .  standard: 4\n   L  lounge: 2\n   c  companion: 1\n   \
             w  wheelchair: 1\n"
        );
    }
}
