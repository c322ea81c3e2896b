//! The wire format of both interfaces: [`requests`] and [`answers`]. Its field names are those of the legacy interface.

pub mod answers;
pub mod requests;

use std::fmt;

use paperclip::v2::models::{DataType, DefaultSchemaRaw};
use paperclip::v2::schema::Apiv2Schema;
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

/// Defines the wire format of the domain's enumerations: their names, and the schema that lists them.
macro_rules! on_the_wire {
    ($($name:ident: $doc:literal),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub struct $name(pub ticketly_domain::$name);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map(Self).map_err(|error: ticketly_domain::Invalid| de::Error::custom(error.reason))
            }
        }

        impl Apiv2Schema for $name {
            fn name() -> Option<String> {
                Some(stringify!($name).to_owned())
            }

            fn raw_schema() -> DefaultSchemaRaw {
                DefaultSchemaRaw {
                    name: Self::name(),
                    description: Some($doc.to_owned()),
                    data_type: Some(DataType::String),
                    enum_: ticketly_domain::$name::ALL.iter().map(|value| value.as_str().into()).collect(),
                    ..DefaultSchemaRaw::default()
                }
            }
        }
    )+};
}

on_the_wire! {
    SlotType: "The type of a slot.",
    Genre: "The genre of a slot.",
    TicketStatus: "The status of a ticket.",
}

fn text(value: impl fmt::Display) -> String {
    value.to_string()
}
