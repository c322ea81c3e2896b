//! Planted corruptions: each is named by a verification, and a read that meets it answers an error.

use super::plant::{Change, Read, Whole, bytes, number, text};

use Change::{Copy, Delete, Remove, Set};

#[tokio::test(flavor = "multi_thread")]
async fn items_that_are_no_records_are_named() {
    let whole = Whole::new().await;
    let booking = "damaged: slot {free}, booking ";
    for (at, change, finds, read) in [
        ("SLOT#{free}#B", Set("changes", text("0X5")), [booking, "changes"], Read::Bookings("{free}")),
        ("SLOT#{free}#B", Set("secrets", bytes(&[7; 15])), [booking, "secrets"], Read::Bookings("{free}")),
        ("SLOT#{free}#B", Set("starts", text("noon")), [booking, "starts"], Read::Bookings("{free}")),
        (
            "SLOT#{sold}#B",
            Set("seats", bytes(&[7])),
            ["damaged: slot {sold}, booking", "seats"],
            Read::Bookings("{sold}"),
        ),
        (
            "SLOT#{sold}#B",
            Set("sale", text("EUR")),
            ["damaged: slot {sold}, booking", "sale"],
            Read::Bookings("{sold}"),
        ),
        ("SLOT#{free}#I0", Set("available", text("9")), ["damaged: slot {free}: ", "available"], Read::Slot("{free}")),
        ("SLOT#{free}#I0", Set("closed", number(1)), ["damaged: slot {free}: ", "closed"], Read::Slot("{free}")),
        ("SLOT#{sold}#I0", Remove("r0"), ["damaged: slot {sold}: ", "r0"], Read::Slot("{sold}")),
        ("SLOT#{sold}#I1", Set("r31", text("1")), ["damaged: slot {sold}: ", "corrupt item: r"], Read::Slot("{sold}")),
        ("SLOT#{free}/META", Set("type", text("opera")), ["damaged: slot {free}: ", "type"], Read::Slot("{free}")),
        ("SLOT#{free}/META", Set("ends", number(0)), ["damaged: slot {free}: ", "ends"], Read::Slot("{free}")),
        ("SLOT#{free}/META", Set("shards", number(18)), ["damaged: slot {free}: ", "shards"], Read::Slot("{free}")),
        (
            "SLOT#{canceled}/META",
            Set("withdrawn", text("gone")),
            ["slot {canceled}: ", "withdrawn"],
            Read::Slot("{canceled}"),
        ),
        ("SLOT#{sold}#K", Set("seats", bytes(&[255; 2])), ["damaged: slot {sold}: ", "seats"], Read::Blocks("{sold}")),
        (
            "SLOT#{expired}/TOTALS",
            Set("totals", text("many")),
            ["damaged: slot {expired}", "totals"],
            Read::Totals("{expired}"),
        ),
        ("PAYMENT#", Set("stage", text("lost")), ["damaged: item PAYMENT#PAY", "stage"], Read::Payments),
        ("REFUND#", Set("currency", text("EUX")), ["damaged: item REFUND#", "currency"], Read::Refunds),
        ("KEY#", Set("role", text("usher")), ["damaged: item KEY#", "role"], Read::Keys),
        ("ONCE#", Set("slot", text("7")), ["damaged: item ONCE#", "slot"], Read::Repetition),
        ("AUDITORIUM#", Set("picture", text("row")), ["damaged: slot {sold}", "picture"], Read::Slot("{sold}")),
        ("PRICE_LIST#", Set("list", text("free")), ["damaged: item PRICE_LIST#", "list"], Read::PriceLists),
        ("PROMOTIONS", Set("used", text("often")), ["damaged: item PROMOTIONS / ", "used"], Read::Promotions),
    ] {
        whole.planted((at, needed(&change)), change, &finds, Some(read)).await;
    }
}

/// Plans and days share a partition: a plan has a picture. Some bookings have no seats or price.
fn needed(change: &Change) -> Option<(&'static str, &'static str)> {
    match change {
        Set(name @ ("picture" | "seats" | "sale"), _) => Some((name, "")),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_others_need_are_missed() {
    let whole = Whole::new().await;
    for (at, finds, read) in [
        ("SLOT#{free}/META", ["orphan: slot {free}: there are seats of it", "it lists a slot that does"], None),
        (
            "SLOT#{sold}/META",
            ["orphan: slot {sold}: there are bookings", "names slot {sold}, which does not exist"],
            Some(Read::Bookings("{sold}")),
        ),
        ("SLOT#{free}#I0/SEATS", ["slot {free}: its shard 0 of seats is missing", ""], Some(Read::Slot("{free}"))),
        ("LIST#genre#", ["it is missing in the list LIST#genre#", ""], None),
        ("SEATED#all/", ["slot {sold}: it is missing in the list SEATED#all", ""], None),
        ("AUDITORIUM#", ["damaged: slot {sold}: ", "PLAN#000002: the item does not exist"], Some(Read::Slot("{sold}"))),
        ("AUDITORIUMS/", ["orphan: plan of auditorium", "it says 2, but there are 0"], None),
        ("PRICE_LIST#", ["damaged: slot {sold}: ", "does not exist"], Some(Read::PriceLists)),
        ("PRICE_LISTS/", ["orphan: prices of price list", "it says 2, but there are 0"], None),
        ("PROMOTIONS/", ["orphan: promotion SPRING", "it says 2, but there are 0"], None),
        ("PAYMENT#", ["orphan: slot {sold}, booking", "its payment PAY"], None),
        ("REFUND#", ["money: slot {sold}, booking", "its refunds of its payment are 0"], None),
        ("TICKETLY/INSTALLATION", ["orphan: slot", "there is no secret of the installation"], None),
        ("TICKETLY/KEYS", ["damaged: item TICKETLY / KEYS: it is missing", ""], None),
        ("LABELS/#till-1", ["orphan: item KEY#", "nothing has its label"], None),
        ("KEY#", ["orphan: item LABELS / #till-1: it is the label of", "#manager"], None),
        ("SLOT#{canceled}/CANCELLATION", ["withdrawal: slot {canceled}", "has no cancellation"], None),
        ("SLOT#{moved}/RESEATING", ["withdrawal: slot {moved}", "nothing says where"], None),
        ("SLOT#{sold}#K/", ["seats: slot {sold}", "no ticket and no block owns it"], None),
        ("SLOT#{sold}#B", ["seats: slot {sold}: ", "names another payment"], None),
        ("SLOT#{free}#B", ["seats: slot {free}: ", "tickets own 0"], None),
    ] {
        whole.planted((at, None), Delete, &finds, read).await;
    }
    let day = ("AUDITORIUM#", Some(("showings", ",")));
    whole.planted(day, Delete, &["slot {sold}: the timetable of its auditorium lacks it on DAY#"], None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn index_entries_counts_and_copies_are_compared() {
    let whole = Whole::new().await;
    for (at, has, change, find) in [
        // The indexes, which the engine keeps by these attributes.
        ("SLOT#{free}#B", ("user", ""), Remove("g1pk"), "attribute g1pk is missing"),
        ("SLOT#{free}#B", ("user", ""), Set("g1pk", text("USR1")), "attribute g1pk is not what"),
        ("SLOT#{free}#B", ("g2pk", "ARCHIVE"), Remove("g2pk"), "attribute g2pk is missing"),
        ("SLOT#{free}#B", ("g2pk", "ARCHIVE"), Set("g2sk", text("0")), "attribute g2sk is not what"),
        ("SLOT#{sold}#B", ("g2pk", "HOLD"), Remove("g2pk"), "attribute g2sk is missing"),
        ("SLOT#{sold}#B", ("g2pk", "USES"), Remove("g2pk"), "attribute expires is missing"),
        ("SLOT#{free}#I0", ("g2pk", ""), Set("g2sk", text("0")), "attribute g2sk is not what"),
        ("SLOT#{free}#I0", ("g2pk", ""), Remove("g2pk"), "expiry: slot {free}: expiry is done with it, but it is open"),
        ("SLOT#{sold}#K", ("g2pk", ""), Remove("g2pk"), "slot {sold}: attribute g2pk is missing"),
        ("REFUND#", ("g2pk", ""), Set("g2pk", text("REFUND#paid#")), "attribute g2pk is not what"),
        ("SLOT#{canceling}/CANCELLATION", ("g2pk", ""), Remove("g2pk"), "attribute g2pk is missing"),
        // Counts, and what is kept in several items.
        ("TICKETLY/KEYS", ("active", ""), Set("active", number(99)), "TICKETLY / KEYS: it says 99, but there are 2"),
        ("TICKETLY/AUDITORIUMS", ("active", ""), Set("active", text("2")), "attribute active is not what"),
        (
            "TICKETLY/SCHEMA",
            ("version", ""),
            Remove("auditoriums"),
            "TICKETLY / SCHEMA: attribute auditoriums is missing",
        ),
        ("LIST#all", ("title", "Skyfall"), Set("capacity", number(9)), "attribute capacity is not what"),
        ("LIST#name#Skyfall", ("title", ""), Copy("sk", "0000000000000000#{free}"), "its slot is not of this list"),
        ("LIST#name#Skyfall", ("title", ""), Copy("sk", "nothing"), "it cannot be read"),
        ("LABELS/#till-1", ("digest", ""), Copy("sk", "#till-9"), "attribute sk is not what the store writes"),
        (
            "SLOT#{other}#I0",
            ("g2pk", ""),
            Copy("pk", "SLOT#{other}#I7"),
            "orphan: slot {other}: its slot has fewer shards",
        ),
        ("SLOT#{free}#I0", ("g2pk", ""), Set("revision", number(3)), "attribute revision does not belong there"),
        ("SLOT#{sold}#I0", ("available", ""), Set("available", number(1)), "attribute available is not what"),
        (
            "SLOT#{sold}#I0",
            ("next_release", ""),
            Remove("next_release"),
            "its shard 0 does not know when its first block",
        ),
        (
            "SLOT#{expired}#I1",
            ("closed", ""),
            Set("closed", aws_sdk_dynamodb::types::AttributeValue::Bool(false)),
            "it is closed, but its shard 1 is open",
        ),
        ("SLOT#{free}#B", ("user", ""), Set("title", text("Skyrise")), "its name and times are not those of its slot"),
        ("SLOT#{free}#B0", ("user", ""), Copy("pk", "SLOT#{free}#B9"), "attribute pk is not what the store writes"),
        ("SLOT#{free}#B", ("user", ""), Set("colour", text("red")), "attribute colour does not belong there"),
        ("SLOT#{free}/META", ("title", ""), Copy("sk", "OTHER"), "this version has no such items"),
        (
            "TICKETLY/SCHEMA",
            ("version", ""),
            Copy("pk", "NEW#1"),
            "item NEW#1 / SCHEMA: this version has no such items",
        ),
        (
            "AUDITORIUM#",
            ("showings", ","),
            Set("showings", text("")),
            "the timetable of its auditorium lacks it on DAY#",
        ),
        ("AUDITORIUM#", ("showings", ","), Copy("sk", "DAY#2031-01-01"), "which does not take place there then"),
        ("ONCE#", ("expires", ""), Set("expires", number(5)), "attribute expires is not what"),
    ] {
        whole.planted((at, Some(has)), change, &[find], None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_do_not_fit_each_other_are_named() {
    let whole = Whole::new().await;
    for (at, has, change, find) in [
        ("SLOT#{free}#I0", ("g2pk", ""), Set("available", number(3)), "seats: slot {free}: "),
        ("SLOT#{free}#I0", ("g2pk", ""), Set("available", number(100_000)), "which are more than it has"),
        ("SLOT#{target}#I0", ("r0", ""), Set("r0", number(0)), "seats: slot {target}: seats"),
        ("SLOT#{other}#B", ("changes", "<"), Remove("changes"), "move: slot {free}, booking"),
        ("REFUND#", ("payment", ""), Set("amount", number(7)), "money: slot {sold}, booking"),
        ("PAYMENT#", ("amount", ""), Set("amount", number(7)), "but its payment is one of"),
        ("PROMOTIONS/SPRING", ("used", ""), Set("used", number(77)), "promotion: promotion SPRING: it says"),
        ("SLOT#{expired}/TOTALS", ("totals", ""), Set("totals", text("9\t0\t0\t0\t0\t0\t\t\t\n")), "slot {expired}"),
        (
            "SLOT#{canceling}/CANCELLATION",
            ("at", ""),
            Set("done", number(1)),
            "its cancellation is done, but not all tickets",
        ),
    ] {
        whole.planted((at, Some(has)), change, &[find], None).await;
    }
}
