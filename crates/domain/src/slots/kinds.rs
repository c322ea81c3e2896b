//! The types and genres of shows.

use crate::named_enum::named_enum;

named_enum! {
    /// The type of a show.
    SlotType, "slotType" { Movie = "Movie", Documentary = "Documentary", Concert = "Concert" }
}

named_enum! {
    /// The genre of a show.
    Genre, "genre" {
        Action = "Action", Adventure = "Adventure", Comedy = "Comedy", Crime = "Crime", Drama = "Drama",
        Fantasy = "Fantasy", Historical = "Historical", HistoricalFiction = "Historical Fiction", Horror = "Horror",
        MagicalRealism = "Magical Realism", Mystery = "Mystery", Philosophical = "Philosophical",
        Political = "Political", Romance = "Romance", Saga = "Saga", Satire = "Satire", Scifi = "Scifi",
        Social = "Social", Speculative = "Speculative", Thriller = "Thriller", Urban = "Urban",
        Animation = "Animation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_and_others_list_the_choice() {
        for &genre in Genre::ALL {
            assert_eq!(genre.as_str().parse(), Ok(genre));
        }
        assert_eq!(Genre::ALL.len(), 22);
        let error = "movie".parse::<SlotType>().unwrap_err();
        assert_eq!(error.to_string(), "slotType: give one of Movie, Documentary, Concert");
    }
}
