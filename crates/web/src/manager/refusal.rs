//! What the domain refuses, beside the field of the form that it is about.

use ticketly_domain::{Entity, Error, Refusal, StoreError};
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::Area;
use crate::refusal::tell;

/// A refusal in words, and the field of the form that it is about. The field is empty for the whole form.
pub(super) struct Explained {
    pub field: &'static str,
    pub text: String,
}

/// Explains the refusal of a use case. What is no refusal, such as a failure of the store, is a problem, which has a page of its own.
pub(super) fn explained<T>(area: &Area, outcome: Result<T, Error>) -> Result<Result<T, Explained>, Problem> {
    let error = match outcome {
        Ok(value) => return Ok(Ok(value)),
        Err(error) => error,
    };
    let field = match &error {
        Error::Invalid(invalid) => field_of(invalid.field),
        Error::Refused(refusal) | Error::Store(StoreError::Refused(refusal)) => field_of_refusal(refusal),
        _ => return Err(refused(error)),
    };
    Ok(Err(Explained { field, text: tell(area.words, area.web.zone, &error) }))
}

fn field_of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Invalid(invalid) => field_of(invalid.field),
        Refusal::AuditoriumOccupied { .. } | Refusal::TooManyShowings { .. } | Refusal::Unknown(Entity::Auditorium) => {
            "place"
        }
        Refusal::Unknown(Entity::PriceList) => "prices",
        Refusal::PromotionExists => "code",
        Refusal::LabelTaken => "label",
        _ => "",
    }
}

fn field_of(name: &str) -> &'static str {
    match name {
        "slotName" => "title",
        "slotDescription" => "description",
        "startTime" => "start",
        "endTime" => "end",
        "auditoriumId" => "place",
        "priceListId" => "prices",
        "capacity" => "capacity",
        "validUntil" => "until",
        _ => "",
    }
}
