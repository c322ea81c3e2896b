//! The wire format of the domain's enumerations.

/// Defines types for enumerations of the domain: on the wire each is its name, and its schema lists the names.
macro_rules! enumerations {
    ($($name:ident: $doc:literal),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub struct $name(pub ticketly_domain::$name);

        const _: () = {
            use paperclip::v2::models::{DataType, DefaultSchemaRaw};
            use paperclip::v2::schema::Apiv2Schema;
            use serde::de::{self, Deserialize, Deserializer};
            use serde::ser::{Serialize, Serializer};

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
        };
    )+};
}

pub(super) use enumerations;
