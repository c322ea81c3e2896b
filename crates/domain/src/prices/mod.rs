//! Prices: amounts of money, lists of prices by ticket type and zone, and discounts.

mod discount;
mod money;
mod price_list;

pub use discount::Discount;
pub use money::{Amount, Currency, TaxRate};
pub use price_list::{ListedPrice, PriceList};
