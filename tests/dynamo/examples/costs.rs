//! Prints the cost of each operation: `cargo run -p ticketly-dynamo-tests --example costs`.
#![expect(clippy::print_stdout, reason = "its purpose is to print")]

use ticketly_dynamo_tests::{Engine, costs, crowds};

#[tokio::main]
async fn main() {
    println!("| operation | reads | read units | writes | write units |");
    println!("|---|---|---|---|---|");
    for line in costs::measure(&Engine::that_tells_charges().await).await {
        println!("{line}");
    }
    println!("\n| each of many at once, at most | reads | read units | writes | write units |");
    println!("|---|---|---|---|---|");
    for crowd in crowds::measure(&Engine::that_tells_charges().await).await {
        println!("{crowd} measured: {:.3?}", crowd.each);
    }
}
