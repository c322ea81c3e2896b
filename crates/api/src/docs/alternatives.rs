//! Requests with alternatives.
//!
//! The server parses such a request into one flat type, so that it can name all wrong fields at once. The document has
//! one schema for each alternative instead, because a generated type has only the properties that its schema lists.

#![expect(clippy::indexing_slicing, reason = "a JSON value answers with null where there is no such member")]

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::parts::{SCHEMAS, operations};

/// One alternative of a request.
struct Alternative {
    /// The name of its schema.
    name: &'static str,
    /// Its description, in one sentence.
    description: &'static str,
    /// The fields that it needs and that some other alternative does not accept.
    fields: &'static [&'static str],
    /// The fields that it accepts and that some other alternative does not.
    optional: &'static [&'static str],
}

/// The requests with alternatives. A client sends the fields of exactly one, and the fields that all share.
const ALTERNATIVES: &[(&str, &[Alternative])] = &[
    (
        "BookingRequest",
        &[
            Alternative {
                name: "BookingByName",
                description: "Books in the first slot of a name and start with enough seats.",
                fields: &["numTickets", "movieName", "movieStartTime"],
                optional: &["zone", "together"],
            },
            Alternative {
                name: "BookingBySlot",
                description: "Books in a given slot.",
                fields: &["numTickets", "slotId"],
                optional: &["zone", "together"],
            },
            Alternative {
                name: "SeatBookingByName",
                description: "Books seats of the only slot of a name and start.",
                fields: &["seats", "movieName", "movieStartTime"],
                optional: &[],
            },
            Alternative {
                name: "SeatBookingBySlot",
                description: "Books seats of a given slot.",
                fields: &["seats", "slotId"],
                optional: &[],
            },
        ],
    ),
    (
        "HoldRequest",
        &[
            Alternative {
                name: "HoldByName",
                description: "Holds seats of the first slot of a name and start with enough of them.",
                fields: &["numTickets", "movieName", "movieStartTime"],
                optional: &["zone", "together"],
            },
            Alternative {
                name: "HoldBySlot",
                description: "Holds seats of a given slot.",
                fields: &["numTickets", "slotId"],
                optional: &["zone", "together"],
            },
            Alternative {
                name: "SeatHoldByName",
                description: "Holds named seats of the only slot of a name and start.",
                fields: &["seats", "movieName", "movieStartTime"],
                optional: &[],
            },
            Alternative {
                name: "SeatHoldBySlot",
                description: "Holds named seats of a given slot.",
                fields: &["seats", "slotId"],
                optional: &[],
            },
        ],
    ),
    (
        "BlockRequest",
        &[
            Alternative {
                name: "BlockUntilDeleted",
                description: "Blocks seats until the block is deleted.",
                fields: &[],
                optional: &[],
            },
            Alternative {
                name: "BlockUntilTime",
                description: "Blocks seats until a time.",
                fields: &["releasedAt"],
                optional: &[],
            },
            Alternative {
                name: "BlockUntilMinutesBeforeStart",
                description: "Blocks seats until so many minutes before the start.",
                fields: &["releasedMinutesBeforeStart"],
                optional: &[],
            },
        ],
    ),
    (
        "MoveRequest",
        &[
            Alternative {
                name: "MoveByName",
                description: "Moves to the first slot of a name and start with a seat.",
                fields: &["newMovie", "newStartTime"],
                optional: &[],
            },
            Alternative {
                name: "MoveBySlot",
                description: "Moves to a given slot.",
                fields: &["slotId"],
                optional: &[],
            },
            Alternative {
                name: "MoveToSeat",
                description: "Moves to a named seat of a given slot, which may be the ticket's own.",
                fields: &["slotId", "seats"],
                optional: &["accessible", "allowSingleSeats", "blockId"],
            },
        ],
    ),
    (
        "BookingMoveRequest",
        &[
            Alternative {
                name: "BookingMoveByName",
                description: "Moves tickets to the first slot of a name and start with enough seats.",
                fields: &["newMovie", "newStartTime"],
                optional: &[],
            },
            Alternative {
                name: "BookingMoveBySlot",
                description: "Moves tickets to a given slot.",
                fields: &["slotId"],
                optional: &[],
            },
            Alternative {
                name: "BookingMoveToSeats",
                description: "Moves tickets to named seats of a given slot, which may be their own.",
                fields: &["slotId", "seats"],
                optional: &["accessible", "allowSingleSeats", "blockId"],
            },
        ],
    ),
    (
        "UpdateRequest",
        &[
            Alternative {
                name: "UpdateByName",
                description: "Moves a ticket to the first slot of a name and start with a seat.",
                fields: &["newMovie", "newStartTime"],
                optional: &[],
            },
            Alternative {
                name: "UpdateBySlot",
                description: "Moves a ticket to a given slot.",
                fields: &["slotId"],
                optional: &[],
            },
            Alternative {
                name: "UpdateToSeat",
                description: "Moves a ticket to a named seat of a given slot, which may be its own.",
                fields: &["slotId", "seats"],
                optional: &["accessible", "allowSingleSeats", "blockId"],
            },
        ],
    ),
];

/// Replaces each request with alternatives by a choice of named schemas, and adds an example of each alternative to its
/// operations. Returns the names that the code does not use.
pub(super) fn split(document: &mut Value) -> Vec<String> {
    let mut drift = Vec::new();
    for (request, alternatives) in ALTERNATIVES {
        let Some(whole) = document["components"]["schemas"].get(request).cloned() else {
            drift.push(format!("there is no schema {request}"));
            continue;
        };
        let named = alternatives.iter().flat_map(|one| one.fields.iter().chain(one.optional));
        let particular: BTreeSet<_> = named.copied().collect();
        let unknown = particular.iter().filter(|field| whole["properties"].get(**field).is_none());
        drift.extend(unknown.map(|field| format!("{request} has no field {field}")));
        let (mut references, mut examples) = (Vec::new(), Map::new());
        for one in *alternatives {
            let schema = narrowed(&whole, one, &particular);
            references.push(json!({ "$ref": format!("{SCHEMAS}{}", one.name) }));
            examples.insert(one.name.to_owned(), json!({ "summary": one.description, "value": example(&schema) }));
            document["components"]["schemas"][one.name] = schema;
        }
        document["components"]["schemas"][request] =
            json!({ "description": whole["description"], "oneOf": references });
        show_examples(document, request, &examples);
    }
    drift
}

/// Returns the schema of an alternative: its particular fields, required unless they are optional, and the fields that
/// all alternatives share.
fn narrowed(whole: &Value, one: &Alternative, particular: &BTreeSet<&str>) -> Value {
    let own = |field: &str| one.fields.contains(&field) || one.optional.contains(&field);
    let belongs = |field: &str| own(field) || !particular.contains(field);
    let fields = whole["properties"].as_object().into_iter().flatten().filter(|(field, _)| belongs(field));
    let properties: Map<_, _> = fields.map(|(field, schema)| (field.clone(), schema.clone())).collect();
    let always = whole["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let required: BTreeSet<_> =
        always.filter(|field| properties.contains_key(*field)).chain(one.fields.iter().copied()).collect();
    json!({
        "type": "object",
        "description": one.description,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Returns a request of the required fields, from their examples.
fn example(schema: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    required.map(|field| (field.to_owned(), schema["properties"][field]["example"].clone())).collect()
}

fn show_examples(document: &mut Value, request: &str, examples: &Map<String, Value>) {
    let reference = format!("{SCHEMAS}{request}");
    for operation in operations(document) {
        let contents = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
        for content in contents.into_iter().flat_map(Map::values_mut) {
            if content["schema"]["$ref"] == reference {
                content["examples"] = json!(examples);
            }
        }
    }
}
