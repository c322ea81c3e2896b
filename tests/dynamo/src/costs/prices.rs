//! What price lists and slots with prices cost.

use std::sync::Arc;

use ticketly_domain::{
    Capacity, Error, PriceList, PriceListDraft, PriceListName, PricesChange, Refusal, SlotChange, SlotDraft, SlotSeats,
};

use super::{Measured, NOW, draft};

/// Returns prices for adults and children, and for adults in the lounge.
fn prices(adult: u32) -> Arc<PriceList> {
    let text =
        format!("currency\tEUR\ntax\t700\nprice\t{adult}\tadult\nprice\t840\tchild\nprice\t1590\tadult\tlounge\n");
    Arc::new(text.parse().unwrap())
}

/// Measures price lists, and what their prices mean for a slot.
pub(super) async fn measure(here: &mut Measured<'_>) {
    let weekday = PriceListDraft { name: PriceListName::parse("Weekday").unwrap(), list: prices(1230) };
    let list = here
        .line("add a price list", async |here| {
            here.ticketing.add_price_list(&weekday, NOW, &mut here.rng).await.unwrap().id
        })
        .await;
    here.line("replace its prices", async |here| {
        here.ticketing.replace_prices(list, &prices(1270)).await.unwrap();
    })
    .await;
    let slot = SlotDraft { prices: Some(list), ..draft("Golem", SlotSeats::Unnumbered(Capacity::new(200).unwrap())) };
    let slot = here
        .line("schedule a slot of 200 seats with prices", async |here| {
            here.ticketing.schedule(&slot, NOW, &mut here.rng).await.unwrap().id()
        })
        .await;
    here.ticketing.replace_prices(list, &prices(1290)).await.unwrap();
    here.line("give a slot the newest prices of its list", async |here| {
        let newest = Some(PricesChange::List(list));
        here.ticketing.change_slot(slot, SlotChange::default(), None, newest, NOW).await.unwrap();
    })
    .await;
    here.line("refuse to book a slot with prices", async |here| {
        let refused = here.book("John", slot, 2, None).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::PaymentRequired))), "{refused:?}");
    })
    .await;
    here.reopen().await;
    here.line("a slot with prices by identifier, the server's first look at it", async |here| {
        here.ticketing.slot(slot).await.unwrap();
    })
    .await;
    here.line("the price lists", async |here| here.ticketing.price_lists().await.unwrap()).await;
}
