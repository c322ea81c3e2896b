//! Fields of requests. They are read one by one, so that one answer can name all wrong fields.

use paperclip::v2::models::{DataType, DefaultSchemaRaw};
use paperclip::v2::schema::{Apiv2Schema, TypedData};
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, de};
use serde_json::{Map, Value};
use ticketly_domain::{Entity, Invalid, Refusal};

use crate::problem::{FieldError, Part, Problem};
use crate::refused::refused;
use crate::zone::Zone;

/// A field that may be missing or wrong without stopping the others from being read.
#[derive(Debug, Clone, Default)]
pub enum Field<T> {
    /// It is missing.
    #[default]
    Missing,
    /// It has the wrong type; with the reason.
    Wrong(String),
    /// It has the right type.
    Right(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match T::deserialize(Value::deserialize(deserializer)?) {
            Ok(value) => Self::Right(value),
            Err(error) => Self::Wrong(error.to_string()),
        })
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Field<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

/// A field that may be left out. It may not be null.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent, bound = "T: DeserializeOwned")]
pub struct Optional<T>(Field<T>);

impl<T> Default for Optional<T> {
    fn default() -> Self {
        Self(Field::Missing)
    }
}

impl<T> Optional<T> {
    /// Returns whether the request has the field, right or wrong.
    pub fn is_given(&self) -> bool {
        !matches!(self.0, Field::Missing)
    }

    /// Returns it as a field that is required after all.
    pub fn given(self) -> Field<T> {
        self.0
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Optional<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn required() -> bool {
        false
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

/// A request as clients send it.
pub trait RequestBody: DeserializeOwned {
    /// The greatest length of a body, in bytes.
    const LIMIT: usize = 64 * 1024;

    /// The validated request.
    type Meaning: 'static;

    /// Reads every field and reports errors to `check`. Returns `None` only if it has reported an error.
    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning>;
}

/// Validates fields and collects their errors.
pub struct Validator<'a> {
    /// The part of the request that the fields are in.
    pub part: Part,
    errors: Vec<FieldError>,
    unknown: Option<Entity>,
    /// The time zone of local times.
    pub zone: &'a Zone,
}

impl<'a> Validator<'a> {
    /// Reads a whole request.
    ///
    /// # Errors
    ///
    /// Names every wrong field.
    pub fn all<T: RequestBody>(request: T, part: Part, zone: &'a Zone) -> Result<T::Meaning, Problem> {
        let mut check = Self { part, errors: Vec::new(), unknown: None, zone };
        let meaning = request.read(&mut check);
        match (meaning, check.unknown) {
            (_, Some(entity)) if check.errors.is_empty() => Err(refused(Refusal::Unknown(entity).into())),
            (Some(meaning), None) if check.errors.is_empty() => Ok(meaning),
            _ => Err(Problem::invalid(check.errors)),
        }
    }

    /// Reads a required field.
    pub fn required<T, U>(
        &mut self,
        name: &str,
        given: Field<T>,
        parse: impl FnOnce(T) -> Result<U, Invalid>,
    ) -> Option<U> {
        let reason = match given {
            Field::Missing => "is missing".to_owned(),
            Field::Wrong(reason) => reason,
            Field::Right(value) => match parse(value) {
                Ok(value) => return Some(value),
                Err(invalid) => invalid.reason,
            },
        };
        self.refuse(name, reason);
        None
    }

    /// Reads an optional field.
    pub fn optional<T, U>(
        &mut self,
        name: &str,
        given: Optional<T>,
        parse: impl FnOnce(T) -> Result<U, Invalid>,
    ) -> Option<U> {
        if given.is_given() { self.required(name, given.0, parse) } else { None }
    }

    /// Reads an optional field that is true or false.
    pub fn flag(&mut self, name: &str, given: Optional<Flag>) -> Option<bool> {
        let expected = self.part;
        let Flag(value, part) = self.optional(name, given, Ok)?;
        if part != expected {
            self.refuse(name, Flag::EXPECTED);
            return None;
        }
        Some(value)
    }

    /// Reads a required list of texts. Errors in a body name the item.
    pub fn texts<U>(
        &mut self,
        name: &str,
        given: Field<Texts>,
        parse: impl Fn(&str) -> Result<U, Invalid>,
    ) -> Option<Vec<U>> {
        let expected = self.part;
        let Texts(texts, part) = self.required(name, given, Ok)?;
        if part != expected {
            self.refuse(name, Texts::EXPECTED);
            return None;
        }
        let mut items = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            match parse(text) {
                Ok(item) => items.push(item),
                Err(invalid) if part == Part::Body => self.refuse(&format!("{name}/{index}"), invalid.reason),
                Err(invalid) => self.refuse(name, invalid.reason),
            }
        }
        (items.len() == texts.len()).then_some(items)
    }

    /// Reports that a field names an entity that does not exist.
    pub fn unknown(&mut self, entity: Entity) {
        self.unknown = Some(entity);
    }

    /// Reports a wrong field.
    pub fn refuse(&mut self, name: &str, reason: impl Into<String>) {
        self.errors.push(self.part.error(&format!("/{name}"), reason));
    }
}

/// A count, given as `3` or as `"3"`: clients of the legacy interface send text.
#[derive(Debug, Clone, Copy)]
pub struct Count(pub u32);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match Value::deserialize(deserializer)? {
            Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        number.map(Self).ok_or_else(|| de::Error::custom("give a whole number"))
    }
}

impl TypedData for Count {
    fn data_type() -> DataType {
        DataType::Integer
    }
}

/// A value that is true or false, with the part of a request that writes it so: in a query every value is a text.
#[derive(Debug, Clone, Copy)]
pub struct Flag(bool, Part);

impl Flag {
    const EXPECTED: &str = "give true or false";
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(value) => Ok(Self(value, Part::Body)),
            Value::String(text) if text == "true" || text == "false" => Ok(Self(text == "true", Part::Query)),
            _ => Err(de::Error::custom(Self::EXPECTED)),
        }
    }
}

impl TypedData for Flag {
    fn data_type() -> DataType {
        DataType::Boolean
    }
}

/// A list of texts: an array in a body, and one text with commas in a query.
#[derive(Debug, Clone)]
pub struct Texts(Vec<String>, Part);

impl Texts {
    const EXPECTED: &str = "give a list of texts";
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Some(Self(text.split(',').map(str::to_owned).collect(), Part::Query)),
            Value::Array(items) => {
                let text = |item| if let Value::String(text) = item { Some(text) } else { None };
                items.into_iter().map(text).collect::<Option<_>>().map(|texts| Self(texts, Part::Body))
            }
            _ => None,
        }
        .ok_or_else(|| de::Error::custom(Self::EXPECTED))
    }
}

impl Apiv2Schema for Texts {
    fn raw_schema() -> DefaultSchemaRaw {
        Vec::<String>::raw_schema()
    }
}

/// A list of texts as in [`Texts`], or an object of counts by name, such as `{"adult": 2}`.
#[derive(Debug, Clone)]
pub enum TextsOrCounts {
    /// The texts.
    Texts(Vec<String>),
    /// The counts, in order of name.
    Counts(Vec<(String, u32)>),
}

impl<'de> Deserialize<'de> for TextsOrCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if let Value::Object(counts) = value {
            let count = |(name, value): (String, Value)| Some((name, u32::try_from(value.as_u64()?).ok()?));
            let counts = counts.into_iter().map(count).collect::<Option<_>>();
            return counts.map(Self::Counts).ok_or_else(|| de::Error::custom("give a whole number of each"));
        }
        let texts =
            Texts::deserialize(value).map_err(|_| de::Error::custom("give a list of texts, or a number of each"));
        texts.map(|Texts(texts, _)| Self::Texts(texts))
    }
}

impl Apiv2Schema for TextsOrCounts {
    fn raw_schema() -> DefaultSchemaRaw {
        Vec::<String>::raw_schema()
    }
}

/// An object within a request. serde would also accept an array of its fields in their order.
#[derive(Debug, Clone)]
pub struct Object<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        T::deserialize(Value::Object(members)).map(Self).map_err(de::Error::custom)
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Object<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}
