//! The rules that an installation can configure.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use clap::Args;
use clap::builder::BoolishValueParser;
use ticketly_domain::{AccessibleScope, RefundRule, Rules};

/// The rules about times.
#[derive(Debug, Args)]
pub struct Times {
    /// The hours after the end of a slot until its booked tickets expire
    #[arg(long, env = "TICKETLY_EXPIRE_AFTER", value_name = "HOURS", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=8784))]
    expire_after: u16,
    /// The days after their cancellation or expiry until tickets are archived
    #[arg(long, env = "TICKETLY_ARCHIVE_AFTER", value_name = "DAYS", default_value_t = 90)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=36525))]
    archive_after: u16,
    /// The days in the archive after which names and telephone numbers of a showing are erased; never by default
    #[arg(long, env = "TICKETLY_ERASE_AFTER", value_name = "DAYS")]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=36525))]
    erase_after: Option<u16>,
    /// The minutes after the start of a showing in which the public can still book, at most until it ends
    #[arg(long, env = "TICKETLY_BOOK_AFTER_START", value_name = "MINUTES", default_value_t = 15)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=1440))]
    book_after_start: u16,
    /// The minutes before the start of a showing until which the public can move and cancel tickets
    #[arg(long, env = "TICKETLY_CHANGE_BEFORE_START", value_name = "MINUTES", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=43200))]
    change_before_start: u16,
    /// The minutes before the start of a showing from which anyone may take places for wheelchairs and companions
    ///
    /// Before that, others get them only when no other seat is free: see --accessible-when-sold-out.
    #[arg(long, env = "TICKETLY_ACCESSIBLE_BEFORE_START", value_name = "MINUTES", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=43200))]
    accessible_before_start: u16,
    /// What must be sold out before anyone may take places for wheelchairs and companions earlier: slot or zone
    ///
    /// Such a place is in the zone of the nearest other seat of its row.
    #[arg(long, env = "TICKETLY_ACCESSIBLE_WHEN_SOLD_OUT", value_name = "PART", default_value_t = AccessibleScope::Slot)]
    #[arg(value_parser = scope)]
    accessible_when_sold_out: AccessibleScope,
}

impl Times {
    /// Returns the rules as a value of the domain.
    pub fn rules(&self) -> Rules {
        Rules {
            expire_after: TimeDelta::hours(self.expire_after.into()),
            archive_after: TimeDelta::days(self.archive_after.into()),
            erase_after: self.erase_after.map(|days| TimeDelta::days(days.into())),
            book_after_start: TimeDelta::minutes(self.book_after_start.into()),
            change_before_start: TimeDelta::minutes(self.change_before_start.into()),
            accessible_before_start: TimeDelta::minutes(self.accessible_before_start.into()),
            accessible_scope: self.accessible_when_sold_out,
            ..Rules::default()
        }
    }
}

/// The rules of holding and selling.
#[derive(Debug, Args)]
pub struct Selling {
    /// The minutes for which seats are held, and for which a hold is extended, at most 30 in all
    #[arg(long, env = "TICKETLY_HOLD_MINUTES", value_name = "MINUTES", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=30))]
    hold_minutes: u16,
    /// The percent of a slot's seats that the public may hold at a time; 10 seats always
    #[arg(long, env = "TICKETLY_MAX_HELD", value_name = "PERCENT", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=100))]
    max_held: u8,
    /// The holds per minute that one address may create; 0 for no limit
    #[arg(long, env = "TICKETLY_HOLD_LIMIT", value_name = "HOLDS", default_value_t = 20)]
    hold_limit: u32,
    /// The tickets of a slot without prices that the public can book for one person; 0 for no limit
    #[arg(long, env = "TICKETLY_TICKETS_PER_PERSON", value_name = "TICKETS", default_value_t = 0)]
    tickets_per_person: u32,
    /// Let only the box office book slots without prices
    #[arg(long, env = "TICKETLY_BOX_OFFICE_ONLY", value_parser = BoolishValueParser::new())]
    box_office_only: bool,
    /// The percent of a ticket's price that its buyer gets back after canceling it in time
    #[arg(long, env = "TICKETLY_REFUND_PERCENT", value_name = "PERCENT", default_value_t = RefundRule::DEFAULT.percent)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    refund_percent: u8,
    /// The minutes before the start of a showing until which canceled tickets are refunded
    #[arg(long, env = "TICKETLY_REFUND_BEFORE_START", value_name = "MINUTES", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=43200))]
    refund_before_start: u16,
}

impl Selling {
    /// Returns these rules with others.
    pub fn rules(&self, others: Rules) -> Rules {
        Rules {
            hold_for: TimeDelta::minutes(self.hold_minutes.into()),
            held_share: Some(self.max_held).filter(|percent| *percent < 100),
            refunds: RefundRule {
                percent: self.refund_percent,
                before_start: TimeDelta::minutes(self.refund_before_start.into()),
            },
            public_bookings: !self.box_office_only,
            tickets_per_person: NonZeroU32::new(self.tickets_per_person).map(NonZeroU32::get),
            ..others
        }
    }

    /// Returns the holds per minute that one address may create.
    pub fn holds_per_minute(&self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.hold_limit)
    }
}

fn scope(text: &str) -> Result<AccessibleScope, String> {
    text.parse().map_err(|invalid: ticketly_domain::Invalid| invalid.reason)
}
