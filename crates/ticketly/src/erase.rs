//! The command `erase`: removes a person's name and telephone number.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use anyhow::Context as _;
use ticketly_domain::{Erasure, Error, KeptFor, PhoneNumber, Rules, StoreError, Ticketing, UserName};
use ticketly_http::clock::Clock as _;

use crate::options::Data;
use crate::store::open;
use crate::{Misconfigured, SystemClock, print_line};

/// Erases the person that the standard input names, and purges the files of the store. Fails if bookings keep the person.
pub async fn run(data: &Data) -> anyhow::Result<()> {
    let (name, phone) = read_person().map_err(Misconfigured)?;
    let ticketing = Ticketing::open(open(data).await?.store, Rules::default(), &mut rand::rng()).await?;
    let (mut bookings, mut payments) = (0, 0);
    let kept = loop {
        let Erasure { bookings: some, payments: paid, kept, more } =
            ticketing.erase(name.clone(), phone.clone(), SystemClock.now()).await?;
        (bookings, payments) = (bookings + some, payments + paid);
        if !more || some == 0 {
            break kept;
        }
    };
    print_line(&format!("erased {bookings} bookings and {payments} payments"))?;
    for booking in &kept {
        // A title may contain anything.
        let title = booking.showing.name().as_str().replace(char::is_control, " ");
        let start = booking.showing.start().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        print_line(&format!("kept one of {title}, {start}: {}", why(booking.reason)))?;
    }
    match ticketing.purge(true).await {
        Err(error @ Error::Store(StoreError::Contended)) => {
            Err(error).context(
                "the bookings are erased, but others read the files, which have the old texts; repeat the command",
            )?;
        }
        purged => purged
            .context("the bookings are erased, but the files, which have the old texts, cannot be written anew")?,
    }
    match kept.len() {
        0 => Ok(()),
        1 => anyhow::bail!("one booking keeps the name and the number"),
        more => anyhow::bail!("{more} bookings keep the name and the number"),
    }
}

/// Says what keeps the person of a booking, and how to mend it.
const fn why(reason: KeptFor) -> &'static str {
    match reason {
        KeptFor::Tickets => "it has valid tickets; cancel them, or wait until they expire",
        KeptFor::Payment => "its payment is not settled; wait for the provider, or complete it at the till",
        KeptFor::Refund => "a refund of it is due; wait for the provider, or complete it at the till",
    }
}

/// Reads the name and the telephone number, a line each. Arguments and variables would be seen by other programs.
fn read_person() -> anyhow::Result<(UserName, PhoneNumber)> {
    const MAX_BYTES: u64 = 4096;
    let mut input = io::BufReader::new(io::stdin().lock().take(MAX_BYTES));
    let mut line = |what: &str| -> anyhow::Result<String> {
        if io::stdin().is_terminal() {
            write!(io::stderr(), "{what}: ").context("cannot write to the standard error")?;
        }
        let mut line = String::new();
        input.read_line(&mut line).with_context(|| format!("cannot read the {what} from the standard input"))?;
        Ok(line)
    };
    let name = UserName::parse(&line("name")?);
    let name =
        name.map_err(|error| anyhow::anyhow!("the first line of the standard input is the name: {}", error.reason))?;
    let phone = PhoneNumber::parse(line("telephone number")?.trim());
    let phone = phone.map_err(|error| {
        anyhow::anyhow!("the second line of the standard input is the telephone number: {}", error.reason)
    })?;
    Ok((name, phone))
}
