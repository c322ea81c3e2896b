//! What kind of thing is shown, and of which genre.

use crate::named_enum::named_enum;

named_enum! {
    /// The kind of thing that is shown.
    SlotType, "slotType" { Movie = "Movie", Documentary = "Documentary", Concert = "Concert" }
}

named_enum! {
    /// The genre of what is shown.
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
    fn names_read_back_and_others_get_the_choice() {
        for &genre in Genre::ALL {
            assert_eq!(genre.as_str().parse(), Ok(genre));
        }
        assert_eq!(Genre::ALL.len(), 22);
        let error = "movie".parse::<SlotType>().unwrap_err();
        assert_eq!(error.to_string(), "slotType: give one of Movie, Documentary, Concert");
    }
}
