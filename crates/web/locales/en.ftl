## The language

time-of-day = { $hour }:{ $minute }
decimal-separator = .
money = { $currency }{ $amount }
day-long = { $weekday }, { $day } { $month }
day-with-year = { $day } { $year }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
genre-action = Action
genre-adventure = Adventure
genre-comedy = Comedy
genre-crime = Crime
genre-drama = Drama
genre-fantasy = Fantasy
genre-historical = Historical
genre-historical-fiction = Historical fiction
genre-horror = Horror
genre-magical-realism = Magical realism
genre-mystery = Mystery
genre-philosophical = Philosophical
genre-political = Political
genre-romance = Romance
genre-saga = Saga
genre-satire = Satire
genre-scifi = Science fiction
genre-social = Social
genre-speculative = Speculative
genre-thriller = Thriller
genre-urban = Urban
genre-animation = Animation

## Every page

skip-to-content = Skip to the content
interface-link = For programs: the API

## Errors

error-title = This did not work
error-back = To the programme
error-missing = This page does not exist, or no longer.
error-too-many = There are too many requests from your address. Wait a little and try again.
error-unavailable = The server is busy or being mended. Nothing is lost; try again in a moment.

## The programme

programme-title = Programme
programme-days = Days
programme-today = Today
programme-filter = Filter
programme-genre = Genre
programme-all-genres = All genres
programme-film = Title
programme-show = Show
programme-none = Nothing is shown that fits.
programme-none-hint = Choose another day, or clear the filters.
programme-clear = Clear the filters
seats-free = { $seats ->
    [one] 1 seat free
   *[other] { $seats } seats free
}
seats-few = { $seats ->
    [one] Only 1 seat left
   *[other] Only { $seats } seats left
}
seats-none = Sold out
sales-closed = Not on sale
showing-canceled = Canceled
showing-moved = Moved to another auditorium
from-price = from { $price }

## A showing

showing-until = until { $time }
showing-screen = Screen
legend-free = free
legend-held = held by someone who is paying
legend-taken = taken
prices-title = Prices
prices-type = Ticket
prices-zone = Zone
prices-price = Price
prices-any-zone = all other seats
showing-back = To the programme

## Choosing seats

seats-title = Seats
seats-row = Row
seats-wheelchair = place for a wheelchair
seats-companion = place for a companion
seats-held = held by someone else
seats-taken = taken
seats-own = yours now
seats-lost = taken meanwhile
seats-free-of = { $free } of { $all } seats are free.
seats-hint = Choose up to { $seats }.
seats-sideways = The plan scrolls sideways.
seats-full = You can choose { $seats } seats at most. Give one up to choose another.
seats-lost-now = Seat { $seat } was taken just now, and is no longer among yours. Choose another.
legend-chosen = chosen

## Signing in

sign-in-title = Sign in
sign-in-key = Key
sign-in-hint = The key that you got from the manager.
sign-in-send = Sign in
sign-in-wrong-key = This key is not valid. Check it, or ask the manager for a new one.
sign-in-other-role = This key is for programs that work by themselves, and opens no page.
sign-out = Sign out

## The checkout and tickets

### Tickets

tickets-title = Your tickets
tickets-print = Print
tickets-calendar = Add to your calendar
tickets-move = Move tickets
tickets-cancel = Cancel tickets
tickets-keep = Keep the address of this page, as a bookmark for example. Everyone who has it can show, move and cancel these tickets.
tickets-changes-closed = These tickets can no longer be moved or canceled here. The box office helps you.
tickets-canceled = { $count ->
    [one] One ticket is canceled.
   *[other] { $count } tickets are canceled.
}
tickets-showing-canceled = This showing does not take place. We are sorry.
tickets-reseating = This showing moves to another auditorium. We are finding seats for you: open this page again in a few minutes. If it still says so then, ask at the box office.
tickets-reseated = We had to move this showing to another auditorium. These are your seats there:
tickets-moved = Tickets were moved to:
tickets-open-moved = To these tickets
tickets-replaced = These tickets replace earlier ones, whose codes are no longer valid.
tickets-unpaid = We could not collect your payment. Please pay { $total } at the box office before the showing.
ticket-auditorium = Auditorium
ticket-row = Row
ticket-seat = Seat
ticket-zone = Zone
ticket-any-seat = choose freely
ticket-row-and-seat = Row { $row }, seat { $seat }
ticket-number = Ticket { $number }
ticket-wheelchair = Place for a wheelchair
ticket-companion = Seat of a companion
ticket-code = Code of the ticket: { $seat }
ticket-name = Name
ticket-booking = Booking
ticket-showing-canceled = Not valid: the showing does not take place
ticket-reseating = Not valid: the showing moves to another auditorium
ticket-moved = Not valid: moved
ticket-canceled = Not valid: canceled
ticket-over = Not valid: the showing is over
refund-to-account = { $sum } comes back to the account from which you paid.
refund-at-box-office = You get { $sum } back at the box office. Please show this page there.
refund-none = Nothing is paid back.
paid-in-cash = paid in cash
paid-by-card = paid by card
paid-online = paid online
sum-discount = Discount { $code }
sum-total = Total
sum-refunded = Of it paid back

## The box office

box-office-title = Box office

## The manager

manager-title = Management

## Refusals
