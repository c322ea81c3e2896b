//! Prices: amounts of money, lists of prices by ticket type and zone with their versions, discounts and promotions.

mod codec;
mod discount;
mod money;
mod price_list;
mod promotion;
mod sale;
mod stored;

pub use discount::Discount;
pub use money::{Amount, Currency, Money, TaxRate};
pub use price_list::{ListedPrice, PriceList};
pub use promotion::{Promotion, PromotionChange, PromotionCode, PromotionDraft, Uses};
pub use sale::{Sale, SalePayment, SoldPrice};
pub use stored::{PriceListDraft, PriceListVersion, SlotPrices, StoredPriceList};
