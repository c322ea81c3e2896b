## The language

time-of-day = { $hour }:{ $minute }
decimal-separator = .
group-separator = ,
money = { $currency }{ $amount }
day-long = { $weekday }, { $day } { $month }
day-with-year = { $day } { $year }
date-plain = { $day } { $month } { $year }
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
error-form = The form could not be read. Go back, and send it again.
error-forbidden = This page needs another key. Sign in with one that opens it.
error-foreign-form = Another session has begun since this page was opened. Open it again, and send its form then.

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
programme-date = Date
programme-found = Showings of “{ $title }”
programme-found-from = From { $day } on.
programme-found-all = Search from today on
programme-found-none = No coming showing has this text in its title.
programme-found-none-hint = Write a part of the title, or look at the days.
programme-found-more = There are more showings than are listed here. Write more of the title, or choose a later date.
programme-next = The next showings are on { $day }.
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

### Choosing tickets

choose-tickets = Tickets
choose-tickets-hint = Seats for which you choose no ticket here are “{ $type }”.
choose-count = Number of tickets
choose-wheelchairs = People in wheelchairs
choose-wheelchairs-hint = Places for wheelchairs and companions are kept for them: give the number to take such places.
choose-best = Or let us choose the best seats
choose-best-hint = For the number of tickets that you give, beside each other.
choose-zone = Zone
choose-any-zone = anywhere
choose-apart = We may sit apart
choose-best-send = Take the best seats
choose-code-question = I have a promotion code
choose-code = Promotion code
choose-send = Go on with these seats
choose-send-tickets = Go on with these tickets
choose-then = The next page shows the price. Nothing is bought yet.
choose-chosen = Chosen: {"{seats}"}
choose-none = No seats chosen yet
choose-without-discount = without the discount
choose-unsold = Not all of these tickets are sold there.
choose-nothing = You have chosen neither seats nor a number of tickets. Choose seats on the plan, or give a number.
choose-more-tickets = You have chosen more tickets ({ $tickets }) than seats ({ $seats }). Choose more seats, or fewer tickets.
own-hold = Held for you until { $time }: { $seats }.
own-hold-count = { $count ->
    [one] 1 ticket is held for you until { $time }.
   *[other] { $count } tickets are held for you until { $time }.
}
own-hold-go-on = Go on with these
own-hold-release = Give them up
own-hold-hint = If you choose others now, you give these up.
offer-seats = Take { $seats } instead
offer-best = Take the best seats instead
offer-apart = Sit apart
offer-anywhere = Look in the whole auditorium
offer-fewer = { $count ->
    [one] Take 1 ticket instead
   *[other] Take { $count } tickets instead
}
offer-wheelchairs = { $count ->
    [one] One of us comes in a wheelchair
   *[other] { $count } of us come in wheelchairs
}
offer-without-code = Go on without the code
showing-moved-link = To the showing in the other auditorium

### Holding and paying

hold-title = Check, and finish
hold-over-title = These seats are no longer held
hold-until = Held for you until
hold-minutes-left = { $minutes ->
    [one] Your seats are held for 1 more minute.
   *[other] Your seats are held for { $minutes } more minutes.
}
hold-seconds-left = Your seats are held for 30 more seconds.
hold-extend = I need more time
hold-tickets = Your tickets
hold-tax = of it tax, { $rate } %
hold-person = Who are the tickets for?
hold-name = Name
hold-phone = Telephone number
hold-person-hint = The cinema calls this number if the showing is canceled or moved, and finds your tickets by both.
hold-pay = Pay { $sum }
hold-pay-hint = You pay at the page of our payment service, and come back here.
hold-book = Book
hold-release = Choose other seats
hold-release-hint = These are given up then.
hold-payment-started = You have begun to pay for these tickets. If you have paid already, do not pay again.
hold-payment-link = See what has become of the payment
hold-payment-failed = The payment did not succeed, and no money is kept. The seats are still yours: pay again.
hold-gone = Some of these seats are taken meanwhile.
hold-again = Take the same seats again
hold-again-best = Take the best seats that are left
hold-others = Choose others
pay-title = To the payment
pay-going = Now you are taken to the page of our payment service. Afterwards you come back here.
pay-link = Go on to the payment
payment-open-title = We are waiting for the payment
payment-open = The payment service tells us in a moment whether you have paid. Then your tickets appear here by themselves.
payment-late = It takes longer than usual. If you have paid, nothing is lost: keep the address of this page, and look again in a few minutes, or ask at the box office. Do not pay again.
payment-look = Look again
payment-not-paid = You have not paid yet?
payment-again = Back to the tickets, to pay
payment-failed-title = The payment did not succeed
payment-failed = Nothing was bought. If money was reserved, it is released, and you have it back in a few days at the latest.
payment-still-held = Your seats are still held until { $time }.
payment-not-held = Your seats are no longer held.
payment-seats = Take the seats again

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
ticket-row-and-seats = Row { $row }, seats { $seats }
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
change-back = Back to the tickets
change-none-chosen = Choose at least one ticket.
change-go-on = Go on
change-all = All tickets
cancel-title = Cancel tickets
cancel-which = Which tickets do you want to cancel?
cancel-ticket-refund = { $sum } comes back
cancel-confirm = { $count ->
    [one] Do you want to cancel this ticket?
   *[other] Do you want to cancel these { $count } tickets?
}
cancel-final = This cannot be undone: the seats are sold to others.
cancel-send = { $count ->
    [one] Cancel this ticket
   *[other] Cancel these tickets
}
cancel-keep = Do not cancel
cancel-changed = What comes back has changed since you opened this page. Please look at it again.
cancel-until = This applies until { $day }, { $time }. Nothing comes back after that.
cancel-too-late = Money came back until { $day }, { $time }.
move-title = Move tickets
move-what = You move: { $tickets }
move-price = You keep the price that you have paid. Seats that cost more are not given for it: cancel these tickets and buy others then. When seats cost less, nothing comes back.
move-fewer = Move only some of the tickets
move-which = Which tickets do you want to move?
move-showings = Other showings of this title
move-own = Other seats in the same showing
move-no-showing = There is no other showing that is sold.
move-must-be-paid = Tickets of this showing must be paid for, and yours were free. Buy tickets there, and cancel these.
move-day = Another film, on
move-show-day = Show the programme
move-best = The best seats that are free: { $seats }
move-choose = { $count ->
    [one] Or choose a seat yourself
   *[other] Or choose { $count } seats yourself
}
move-choose-own = { $count ->
    [one] Choose another seat
   *[other] Choose { $count } seats
}
move-send-best = { $count ->
    [one] Move the ticket there
   *[other] Move { $count } tickets there
}
move-send = { $count ->
    [one] Move to the chosen seat
   *[other] Move to the chosen seats
}
move-no-seats = { $count ->
    [one] Choose a seat on the plan.
   *[other] Choose { $count } seats on the plan.
}
calendar-booking = Booking { $number }
refund-to-account = { $sum } comes back to the account from which you paid.
refund-at-box-office = You get { $sum } back at the box office. Please show the page of your tickets there.
refund-none = Nothing is paid back.
paid-in-cash = paid in cash
paid-by-card = paid by card
paid-online = paid online
sum-discount = Discount { $code }
sum-total = Total
sum-refunded = Of it paid back

## The box office

box-office-title = Box office
office-tasks = Pages of the box office
office-task-showings = Showings
office-task-find = Find a booking
office-task-refunds = Refunds
office-task-unpaid = Unpaid
office-keys = Letters in frames are keys: hold Alt (in Firefox Alt and Shift, on a Mac Control and Option) and press the letter.
office-list-keys = In the list, the arrow keys move, Enter or a digit opens, and a letter goes to the field for codes.
office-scan = Ticket code or booking number
office-look-up = Look up
office-day = Day
office-day-before = Day before
office-day-after = Day after
office-title = Title
office-time = Time
office-auditorium = Auditorium
office-free = Free
office-state = State
office-started = Started
office-few = Few left
office-open = On sale
office-none-hint = Choose another day or another title.
office-find-title = Find a booking
office-find-person = By name and telephone number
office-find-hint = Both as they were given for the booking.
office-find = Find
office-find-nothing = This is no ticket code, and no booking has this number. Check what was typed, or scan the code again.
office-find-until = No booking of a showing that starts until { $until } has this number. Find a booking of a later one by name and telephone number.
office-find-nobody = Nobody of this name and number has a booking. Both must be as they were given for the booking.
office-found = { $bookings ->
    [one] 1 booking
   *[other] { $bookings } bookings, the latest first
}
office-name = Name
office-phone = Telephone
office-walk-in = Sold at the till without a name
office-any-seat = Free choice of seats
office-ticket-booked = valid
office-ticket-canceled = canceled
office-ticket-moved = moved
office-ticket-expired = showing over
office-ticket-archived = archived
office-cash = Cash
office-terminal = Card terminal
office-online = Online
office-payment-started = not paid yet
office-payment-authorised = reserved
office-payment-captured = paid
office-payment-unpaid = could not be collected
office-payment-voided = released
office-code-booked = This ticket is valid.
office-code-canceled = Not valid: this ticket is canceled.
office-code-moved = Not valid: this ticket was moved, and another one has replaced it.
office-code-expired = Not valid: its showing is over.
office-code-archived = Not valid: its showing was long ago, or it was canceled long ago.
office-code-unknown = Not valid: the code is ours, but there is no such ticket.
office-code-outdated = Not valid: the code is too old. Open the booking, and print the ticket again.
office-code-forged = Not valid: this code is not ours. It may be forged.
office-code-now = It is now:
office-to-booking = Open the booking
office-bad-person = Give a name, and a telephone number of 3 to 15 digits.
office-done-moved = Moved. The old tickets are no longer valid: print the new ones.
office-done-canceled = Canceled. The seats are free again.
office-to-successor = Open the booking that has the moved tickets
office-tickets = { $tickets ->
    [one] 1 ticket
   *[other] { $tickets } tickets
}
office-move = Move…
office-cancel = Cancel…
office-print = Print
office-money = Money
office-free-of-charge = These tickets cost nothing.
office-total = Total
office-promotion = Promotion code
office-payment = Payment
office-paid-back = Paid back
office-cancel-title = Cancel tickets
office-nothing-chosen = No ticket is chosen that could be changed. Go back to the booking and choose some.
office-cancel-now = { $tickets ->
    [one] Cancel 1 ticket
   *[other] Cancel { $tickets } tickets
}
office-back-to-booking = Back to the booking
office-cancel-free = Nothing is paid back: these tickets cost nothing.
office-cancel-nothing-back = Nothing is paid back for them: it is too late for that, or they cost nothing.
office-cancel-back-online = { $sum } is paid back online, without our doing.
office-cancel-back-till = { $sum } is paid back at the till.
office-refunds-title = Refunds
office-refunds-hint = Tickets that were canceled and not yet paid back. Pay, then press the button.
office-refunds-none = Nothing is to be paid back.
office-canceled-on = Canceled
office-refund-paid = Paid back
office-refund-pay = I have paid back { $sum }
office-refund-online = Is paid back online
office-more = More
office-unpaid-title = Unpaid
office-unpaid-hint = The provider of online payments could not collect these sums. Press the button first: the next page says whether to take the money.
office-unpaid-none = Nothing is unpaid.
office-unpaid-captured = { $sum } was collected online after all. Take no money.
office-unpaid-take = Take { $sum } now. It is noted as paid.
office-reference = Note on the payment
office-take-cash = Take cash
office-take-terminal = Take by terminal
office-call-title = Whom to call
office-call-hint = Those who had tickets for this canceled showing. What they paid at the till is paid back here.
office-call-running = Bookings are still being canceled: open the list again in a minute.
office-call-none = Nobody had tickets.
office-any-zone = Any
office-bad-types = The numbers of tickets and of seats differ. Choose one seat for each ticket, or none for the best.
office-bad-count = Say how many tickets: 1 to { $most }.
office-bad-number = Give a whole number.
office-bad-promotion = A promotion code has 3 to 40 letters, digits and hyphens.
office-bad-seats = Give the labels of seats, such as F7 F8, each once.
office-bad-block = Choose a block of the list.
office-bad-wheelchairs = There are more places for wheelchairs than tickets.
office-half-person = Give both a name and a telephone number, or neither.
office-bad-method = Choose cash or the card terminal.
office-bad-reference = The note has at most 100 characters.
office-sell = Sell
office-how-many = How many
office-count = Tickets
office-seats = Seats: the best, unless you say otherwise
office-seats-typed = Seats, such as F7 F8
office-wheelchairs = Places for wheelchairs
office-apart = May sit apart
office-single = Single seats may be left
office-from-block = From a block
office-no-block = None
office-person = Name and number
office-person-hint = Leave both empty when nobody needs to be called.
office-given = Given in cash
office-change = { $sum } back
office-missing = { $sum } is missing
office-take-seats = Take { $seats }
office-sold = { $tickets ->
    [one] 1 ticket sold
   *[other] { $tickets } tickets sold
}
office-next = Next customer
office-again = Same showing
office-blocks-title = Blocked seats
office-blocks-hint = The public cannot book these seats. The box office sells them when it chooses their block.
office-blocks-none = No seats are blocked.
office-block-new = Block seats
office-block = Block
office-unblock = Delete the block
office-released = Released
office-reason = Reason
office-block-count = How many, the best that are free
office-release-minutes = Released so many minutes before the start
office-release-at = or at this time
office-bad-reason = Say why the seats are blocked, in 1 to 200 characters.
office-bad-release = Give a time that is still to come, before the showing ends.
office-move-title = Move tickets
office-move-to = To
office-move-now = { $tickets ->
    [one] Move 1 ticket
   *[other] Move { $tickets } tickets
}
office-move-name-seats = This is their own showing: choose other seats.
office-move-best = Without a choice, they get the best seats that are free.
office-bad-seat-count = Choose one seat for each ticket.
office-tickets-title = Tickets to print
office-to-moved = Open it in the other auditorium

## The manager

manager-title = Management
manage-overview = Overview
manage-attention = Needs attention
manage-attention-none = Nothing needs your attention.
manage-canceling = is being canceled: { $tickets ->
    [one] 1 ticket so far.
   *[other] { $tickets } tickets so far.
}
manage-moving = is being moved to another auditorium: { $tickets ->
    [one] 1 ticket so far.
   *[other] { $tickets } tickets so far.
}
manage-unpaid = { $count ->
    [one] 1 payment was not collected. The box office asks for it.
   *[other] { $count } payments were not collected. The box office asks for them.
}
manage-unpaid-many = { $count } payments or more were not collected. The box office asks for them.
manage-refunds = { $count ->
    [one] 1 refund is due.
   *[other] { $count } refunds are due.
}
manage-refunds-many = { $count } refunds or more are due.
manage-today = Today’s showings
manage-today-none = Nothing is shown today.
manage-taken = { $taken } of { $all } taken
manage-timetable = Timetable
manage-not-saved = Nothing was saved yet. Please correct this:
manage-discard = Discard
manage-timetable-week = { $first } to { $last }
manage-timetable-weeks = Weeks
manage-timetable-before = Week before
manage-timetable-now = This week
manage-timetable-after = Week after
manage-timetable-day = Week of
manage-timetable-show = Show
manage-timetable-hint = Drag a showing of which nothing is sold to another time or auditorium, or click an empty place to schedule one there.
manage-drag-unnumbered = Its seats have numbers: drop it in an auditorium.
manage-timetable-not-moved = The showing stays where it was.
manage-timetable-list = The week as a list
manage-timetable-none = Nothing is shown in this week.
manage-timetable-more = There are more showings in this week than fit on this page.
manage-timetable-no-auditorium = There is no auditorium yet. Showings without numbered seats need none.
manage-column-taken = Seats
manage-schedule-title = Schedule a showing
manage-schedule-here = Schedule
manage-schedule-what = What
manage-schedule-when = When and where
manage-schedule-repeat = On several days
manage-schedule-send = Schedule
manage-schedule-done = { $made } of { $all } showings scheduled
manage-schedule-refused = was not scheduled.
manage-schedule-to-week = To the timetable
manage-field-title = Title
manage-field-description = Description
manage-field-type = Type
manage-field-date = Day
manage-field-start = Start
manage-field-end = End
manage-field-length = Minutes
manage-field-end-hint = Give the end or the length. An end before the start is on the next day.
manage-field-place = Auditorium
manage-field-capacity = Number of seats
manage-field-capacity-hint = Only for showings whose seats have no numbers.
manage-field-prices = Price list
manage-field-until = Repeat until
manage-field-weekdays = On these days of the week
manage-field-weekdays-hint = At the same time on each day until then, the last included; on every day when none is chosen.
manage-place-seats = { $name } ({ $seats } seats)
manage-place-unnumbered = Seats without numbers
manage-prices-free = Free of charge
manage-prices-version = { $name }, version { $version }
manage-prices-newest = { $name }, newest version { $version }
manage-prices-keep = As it is: { $name }
manage-type-movie = Film
manage-type-documentary = Documentary
manage-type-concert = Concert
manage-showing-to-timetable = To the timetable
manage-showing-repeat = Show it again
manage-sale-close = Close the sale
manage-sale-reopen = Reopen the sale
manage-correct-title = Correct
manage-correct-hint = The description, the genre and the prices can change at any time. Title, times and auditorium only as long as nobody has booked.
manage-correct-send = Save
manage-cancel-link = Cancel the showing
manage-cancel-title = Cancel “{ $name }”?
manage-cancel-bookings = { $bookings ->
    [0] Nobody has booked.
    [one] 1 booking with { $tickets ->
        [one] 1 ticket
       *[other] { $tickets } tickets
    } is canceled.
   *[other] { $bookings } bookings with { $tickets } tickets are canceled.
}
manage-cancel-consequences = All that was paid is paid back, and the auditorium is free. This cannot be undone.
manage-cancel-send = Cancel the showing
manage-cancel-not = Leave it as it is
manage-cancel-at = Canceled: { $time }
manage-cancel-progress = { $bookings ->
    [one] 1 booking
   *[other] { $bookings } bookings
} with { $tickets ->
    [one] 1 ticket
   *[other] { $tickets } tickets
} canceled so far.
manage-cancel-refunded = { $sum } paid back.
manage-job-running = This is still going on.
manage-job-done = This is done.
manage-reseat-link = Move to another auditorium
manage-reseat-title = Move to another auditorium
manage-reseat-hint = All who have booked get other seats, as near to theirs as possible. Groups stay together.
manage-reseat-to = Where to
manage-reseat-prices = The prices that it has
manage-reseat-plan = See who fits
manage-reseat-fits = { $all ->
    [0] Nobody has booked.
   *[other] { $fit } of { $all } bookings fit.
}
manage-reseat-unfit = These keep their tickets for seats that are no longer there. Call them:
manage-reseat-send = Move the showing
manage-reseat-at = Moved to another auditorium: { $time }
manage-reseat-progress = { $bookings ->
    [one] 1 booking
   *[other] { $bookings } bookings
} with { $tickets ->
    [one] 1 ticket
   *[other] { $tickets } tickets
} moved so far.
manage-reseat-left = { $bookings ->
    [one] 1 booking does not fit. Call this person:
   *[other] { $bookings } bookings do not fit. Call these people:
}
manage-reseat-target = To the showing in the other auditorium
manage-done-scheduled = The showing is scheduled.
manage-done-corrected = The showing is corrected.
manage-done-closed = The sale is closed. Tickets that are sold stay valid.
manage-done-reopened = The showing is on sale again.
manage-done-canceled = The showing is canceled.
manage-done-moved = The showing moves to the other auditorium.
manage-wrong-length = The end and the length do not agree. Leave one of them out.
manage-wrong-until = Give a last day that is not before the first, and at most { $days } days.
manage-auditoriums = Auditoriums
manage-auditorium-add = Add an auditorium
manage-auditorium-none = There is no auditorium yet. Draw one, or import its plan.
manage-auditorium-facts = The auditorium
manage-auditorium-name = Name
manage-auditorium-send = Add the auditorium
manage-auditorium-twice = Another auditorium has this name. Give it one of its own.
manage-turnaround = Minutes between two showings
manage-single = Single seats between others
manage-single-refused = A booking may not leave any
manage-single-aisles = Only beside an aisle or a wall
manage-single-allowed = A booking may leave some
manage-plan-title = Seating plan
manage-plan-as-text = As text
manage-plan-legend = Legend
manage-plan-legend-hint = A character and its word on each line. “wheelchair” and “companion” are places for wheelchairs and those beside them; other words are zones, which may have prices of their own.
manage-plan-rows = Rows, from the screen to the back
manage-plan-rows-hint = On each line the label of the row, the number of its first seat at the left, the step to the next, then | and the places: characters of the legend, _ for an aisle, a space for nothing. Such as: A 1 1 |....._.....
manage-plan-across = Best seats: across, in percent
manage-plan-along = Best seats: from the screen, in percent
manage-plan-focus-hint = When people ask for any seats, they get those nearest to this place: 50 and 62 unless given.
manage-plan-picture = The plan, with the screen at the top
manage-plan-summary = { $seats ->
    [one] 1 seat
   *[other] { $seats } seats
} in { $rows ->
    [one] 1 row
   *[other] { $rows } rows
}
manage-plan-wheelchair = wheelchair
manage-plan-companion = companion
manage-plan-wheelchairs = Places for wheelchairs
manage-plan-aisle = aisle
manage-plan-nothing = nothing
manage-plan-row = Row
manage-plan-paint = Paint
manage-plan-new-zone = New zone
manage-plan-add-zone = Add the zone
manage-plan-keys = Press and pull to paint. By keys: the arrows move, a character of the legend is painted where you are, _ is an aisle, Delete is nothing, Enter paints what is chosen, and Ctrl+Z takes it back.
manage-plan-painted = The seats
manage-plan-this-row = This row
manage-plan-label = Label
manage-plan-first = First number
manage-plan-counted = Counted
manage-plan-step-up = by 1, to the right
manage-plan-step-down = by 1, to the left
manage-plan-step-up-two = by 2, to the right
manage-plan-step-down-two = by 2, to the left
manage-plan-row-before = Row before it
manage-plan-row-after = Row behind it
manage-plan-row-away = Remove the row
manage-plan-place-in = Insert a place
manage-plan-place-out = Remove the place
manage-plan-undo = Undo
manage-plan-look = See what it looks like
manage-plan-send = Save the plan
manage-plan-save-hint = A changed plan is for showings that are scheduled from then on. Those that exist keep theirs.
manage-plan-legend-line = Line { $line } of the legend is not a character, a space and a word. Write it so: . standard
manage-plan-row-line = Line { $line } of the rows cannot be read. Write it so: A 1 1 |....._.....
manage-plan-in-row = Row { $row }{ $label }: { $fault }
manage-plan-legend-size = Give a legend of 1 to { $limit } characters.
manage-plan-legend-character = The legend has a character that is no letter, digit or sign. The _ is an aisle.
manage-plan-legend-word = The word of { $character } in the legend needs 1 to 40 letters, digits, hyphens or spaces.
manage-plan-legend-twice = The legend says { $word } for two characters. Use one.
manage-plan-focus = Give the place of the best seats in percent, from 0 to 100.
manage-plan-row-count = Give 1 to { $limit } rows.
manage-plan-no-seat = There is no seat yet. Draw one.
manage-plan-too-many-seats = There are more than { $limit } seats up to row { $row }. Divide the hall into two auditoriums.
manage-plan-seat-twice = Seat { $number } of row { $row } has the same label, { $row }{ $number }, as a seat of row { $other }. Give one of the rows another label, such as a letter.
manage-plan-row-label = Give it a label of 1 to { $limit } capital letters or digits.
manage-plan-row-twice = Another row has that label. Give it one of its own.
manage-plan-step = The step is 1, -1, 2 or -2.
manage-plan-too-many-places = It has more than { $limit } places. Draw it as two rows.
manage-plan-character = Column { $column } is a character that the legend does not have. Use one of { $known }, _ for an aisle, or a space.
manage-plan-numbers = Its seats would have numbers below 1 or above { $limit }. Change the first number or the step.
manage-version-of = Version { $version } of { $newest }.
manage-version-before = The version before
manage-version-after = The version after
manage-import-title = Import a plan
manage-import-hint = A plan of pretix in JSON, or a file of this system. You see it before it is saved.
manage-import-file = The file
manage-import-choose = Choose a file
manage-import-text = Its text
manage-import-send = Read the plan
manage-import-notes = Some of it is not as it was. Look at it before you save it:
manage-import-turned = The plan was turned by 180 degrees, because { $what } was behind all seats.
manage-import-joined = Zones { $left } and { $right }: rows joined side by side: { $rows }
manage-import-category = Category { $name }: its seats are now { $word }
manage-import-name = The name is now { $name }
manage-import-rows = Zone { $zone }: row { $rows }
manage-import-row = { $row } is now { $labels }
manage-import-part = { $label } ({ $first } to { $last })
manage-import-because = { $what }, because { $why }
manage-import-too-long = the label { $label } would have more than { $limit } characters
manage-import-row-twice = another row has the label { $label } too
manage-import-seat-twice = seat { $number } of row { $row } and seat { $other } of row { $other-row } would both be { $label }
manage-import-wrong = This file has no plan that can be read.
manage-import-reason = Why:
manage-done-added = It is added.
manage-done-saved = It is saved.
manage-done-on = Bookings may use the code again.
manage-done-off = The code is switched off. Bookings that used it keep their prices.
manage-prices = Prices
manage-prices-add = Add a price list
manage-prices-none = There is no price list yet. Showings without one are free of charge.
manage-prices-facts = The price list
manage-prices-name = Name
manage-prices-name-hint = Such as Weekend. Only you and the box office see it.
manage-prices-send = Add the price list
manage-prices-save = Save the prices
manage-prices-save-hint = Changed prices are for showings that get the list from then on. Those that exist keep the prices that they have, until you correct them.
manage-prices-twice = Another price list has this name. Give it one of its own.
manage-prices-large = This list has more prices than fit in a form. The interface for programs changes it.
manage-price-currency = Currency
manage-price-currency-hint = Its code, such as EUR.
manage-price-tax = Tax in percent
manage-price-tax-hint = All prices include it.
manage-price-hint = Leave empty what is not sold. To remove a ticket, empty its fields.
manage-price-zones-hint = A zone without a price has that of all other seats.
manage-price-anywhere = All other seats
manage-price-ticket = Ticket { $number }
manage-price-more = More tickets
manage-price-twice = Another ticket has this name. Put all its prices in one place.
manage-price-none = Give at least one ticket with a price.
manage-price-missing = Give this ticket a price: 0 when it is free.
manage-promotions = Promotions
manage-promotion-add = Add a promotion
manage-promotion-none = There is no promotion yet. A code takes something off the prices of a booking.
manage-promotion-what = What
manage-promotion-code-hint = 3 to 40 letters, digits and hyphens. People guess short ones: give ten or more to a code that is not for everybody.
manage-promotion-discount = Discount
manage-promotion-unit = Unit
manage-promotion-unit-percent = percent
manage-promotion-discount-hint = It is taken off the sum of a booking, and never changes.
manage-promotion-percent = { $percent }%
manage-promotion-limits = How long and how often
manage-promotion-uses = Bookings that may use it
manage-promotion-uses-hint = Any number when it is empty. A booking is one use, however many tickets it has.
manage-promotion-from = Valid from
manage-promotion-until = Valid until
manage-no-end = no end
manage-promotion-send = Add the promotion
manage-promotion-state = State
manage-promotion-valid = Valid
manage-promotion-off = Switched off
manage-promotion-ended = Ended
manage-promotion-used-up = Used up
manage-promotion-not-yet = Not valid yet
manage-promotion-bookings = Uses
manage-promotion-used = { $used ->
    [one] used once
   *[other] used { $used } times
}
manage-promotion-used-of = used { $used } of { $uses } times
manage-promotion-end = Switch it off
manage-promotion-resume = Switch it on again
manage-promotion-change-hint = A number of bookings or an end that was given can be changed, but not taken away.
manage-promotion-keeps = It was given once and cannot be taken away. Give a greater or later one.
manage-done-revoked = The key is revoked. It is refused within 5 seconds.
manage-keys = Keys
manage-key-hint = Give each person or till a key of its own. The text of a key is not kept: who has lost it needs another.
manage-key-add = Create a key
manage-key-whose = Whose it is
manage-key-label = Label
manage-key-label-hint = Such as till-3 or anna, without spaces.
manage-key-role = Role
manage-key-admin = Management
manage-key-box-office = Box office
manage-key-scheduler = Scheduled jobs
manage-key-about-admin = Management: everything on these pages
manage-key-about-box-office = Box office: sales, bookings, refunds
manage-key-about-scheduler = Scheduled jobs: a program that expires tickets
manage-key-last-day = Last day
manage-key-last-day-hint = It works until the end of this day; without an end when it is empty.
manage-key-wrong-day = Give a day that is not over yet, or leave it out.
manage-key-send = Create the key
manage-key-created-title = The key { $label }
manage-key-once = Copy it now. It is shown this once.
manage-key-next = Whoever has this key can do all that its role allows. Hand it over in person, or through a password manager.
manage-key-done = I have copied it
manage-key-own = You are signed in with it
manage-key-created = Created
manage-key-ends = Valid until
manage-key-ended = Ended
manage-key-used = Last used
manage-key-never = never
manage-key-revoke = Revoke
manage-key-revoke-label = Revoke { $label }
manage-key-revoke-title = Revoke the key { $label }?
manage-key-revoke-own = You are signed in with this key. You will be signed out, and need another one.
manage-key-last = This is the last key that opens these pages. Create another one first, and sign in with it.
manage-key-consequences = Whoever uses it is signed out within 5 seconds. This cannot be undone.
manage-figures = Figures
manage-figures-from = First day
manage-figures-until = Last day
manage-figures-today = Today
manage-figures-week = Last 7 days
manage-figures-month = Last 30 days
manage-figures-next = Next 7 days
manage-figures-hint = Tickets that are sold and not canceled, on the day on which their showing starts. A day lasts until 5 in the morning. What was sold in the last minute may be missing.
manage-figures-none = Nothing is shown in this time.
manage-figures-wrong = There are no figures. Please correct this:
manage-figures-wrong-day = Give a day.
manage-figures-wrong-period = Give a last day that is not before the first, and at most { $days } days.
manage-figures-too-much = There are more showings or bookings in this time than are added up at once. Choose a shorter one.
manage-figures-days = By day
manage-figures-titles = By film
manage-figures-auditoriums = By auditorium
manage-figures-days-csv = Days as a table (CSV)
manage-figures-titles-csv = Films as a table (CSV)
manage-figures-auditoriums-csv = Auditoriums as a table (CSV)
manage-figures-showings = Showings
manage-figures-tickets = Sold
manage-figures-occupancy = Occupancy
manage-figures-takings = Takings
manage-figures-all = Together
manage-figures-first = The charts show the first { $count }; the table has all.
manage-chart-most = The most: { $name }, { $value }.
manage-chart-least = The least: { $name }, { $value }.
manage-chart-table = The table below has all numbers.

## Refusals

refused-slot = There is no such showing. Look for it in the programme.
refused-ticket = There is no such ticket. Check its address.
refused-booking = There is no such booking. Check its address.
refused-user = There is no such person here. Check the name and the telephone number.
refused-api-key = There is no such key. Look for it in the list of keys.
refused-auditorium = There is no such auditorium. Choose one of the list.
refused-plan = The auditorium has no such version of its plan. Choose one of the list.
refused-block = There is no such block; it may have been released. Look at the list of blocks again.
refused-hold = These seats are no longer held. Choose seats again.
refused-payment = There is no such payment. Check its address.
refused-refund = There is no such refund. Look at the list of refunds again.
refused-price-list = There is no such price list. Choose one of the list.
refused-prices = There are no such prices. Choose a version of the price list.
refused-promotion = This code is not valid, or not for this showing. Check how it is written, or leave it out.
refused-cancellation = This showing is not canceled. Cancel it first.
refused-reseating = This showing was not moved to another auditorium.
refused-sold-out = { $available ->
    [0] All seats are taken. Choose another showing.
    [one] Only 1 seat is left. Choose fewer tickets, or another showing.
   *[other] Only { $available } seats are left. Choose fewer tickets, or another showing.
}
refused-not-together = { $available } seats are left, but not so many beside each other. Sit apart, or choose fewer tickets.
refused-seats-taken = { $count ->
    [one] Seat { $seats } is taken already. Choose another.
   *[other] The seats { $seats } are taken already. Choose others.
}
refused-leaves-single-seat = { $count ->
    [one] Seat { $seats } would be left alone between others. Choose it too, or move along.
   *[other] The seats { $seats } would each be left alone between others. Choose them too, or move along.
}
refused-accessible-seats = { $count ->
    [one] Seat { $seats } is for people in wheelchairs and their companions. Say how many come in a wheelchair, or choose another seat.
   *[other] The seats { $seats } are for people in wheelchairs and their companions. Say how many come in a wheelchair, or choose other seats.
}
refused-other-wheelchairs = { $count ->
    [0] None of these seats is a place for a wheelchair. Choose such places, or say that no wheelchair comes.
    [one] 1 of these seats is a place for a wheelchair. Give that number of wheelchairs, or choose other seats.
   *[other] { $count } of these seats are places for wheelchairs. Give that number of wheelchairs, or choose other seats.
}
refused-seat-count = { $count ->
    [one] Choose 1 seat, as there is 1 ticket.
   *[other] Choose { $count } seats, one for each ticket.
}
refused-unknown-seat = The auditorium has no seat { $seat }. Choose one of the plan.
refused-unknown-zone = The auditorium has no such zone. Choose one of these: { $zones }.
refused-no-seating-plan = The seats of this showing have no numbers. Say only how many tickets you want.
refused-several-slots = Several showings have this title and start. Choose one of them in the programme.
refused-auditorium-occupied = { $name } occupies the auditorium from { $start } until { $until }, with the time to clean it. Choose another time or auditorium.
refused-too-many-showings = The auditorium has { $limit } showings on that day already. Choose another day or auditorium.
refused-too-many-auditoriums = There can be { $limit } auditoriums, and there are as many. Change one that there is.
refused-too-many-plans = The plan has { $limit } versions, which is the limit. Add another auditorium.
refused-too-many-price-lists = There can be { $limit } price lists, and there are as many. Change one that there is.
refused-too-many-prices = The price list has { $limit } versions, which is the limit. Add another price list.
refused-too-many-promotions = There can be { $limit } promotions, and there are as many. Change one that there is.
refused-promotion-exists = There is a promotion of this code already. Give another code, or change that promotion.
refused-promotion-used-up = This code was used as often as it may be. Leave it out.
refused-layout-too-old = The store must be upgraded before tickets can have prices. Ask those who run the server.
refused-payment-required = These tickets must be paid for. Choose the seats, and pay for them.
refused-slot-ended = This showing is over. Choose another in the programme.
refused-sales-closed = The cinema does not sell this showing at present. Tickets that were sold are valid. Choose another showing, or ask at the box office.
refused-slot-canceled = This showing is canceled, and its tickets are paid back. Choose another showing.
refused-slot-moved = This showing was moved to another auditorium. Look for it in the programme; its tickets name the new seats.
refused-slot-booked = Tickets of this showing were booked already, so only its description, its genre, its sale and the prices that it has can change. To change more, cancel it and schedule another.
refused-slot-blocked = Seats of this showing are blocked. Delete its blocks before you change its start or auditorium.
refused-too-many-blocks = A showing can have { $limit } blocks, and this one has as many. Delete one first.
refused-price-differs = The other seats cost { $sum } more. Cancel these tickets and buy the others, or choose seats of the same price.
refused-no-online-payments = This cinema takes no payments online. Buy the tickets at the box office.
refused-no-ticket-codes = The tickets of this cinema have no codes. Show their numbers at the entrance.
refused-not-unpaid = { $state ->
    [captured] This payment was made after all. Take no money.
    [voided] This payment was released, and nothing is owed. Take no money.
   *[other] This payment is not owed at the box office. Take no money, and look at it again later.
}
refused-refund-online = What was paid online is paid back online. Pay nothing out.
refused-booking-closed = This showing is no longer sold online. Ask at the box office.
refused-changes-closed = Tickets of this showing can no longer be changed online. Ask at the box office.
refused-while-held = { $reason } Some seats are only held for others: the next are free again at { $time }, unless they are bought.
refused-too-many-held = Very many seats of this showing are held at present. Try again in a few minutes.
refused-hold-lapsed = The time is over, and the seats are no longer held. Choose seats again.
refused-hold-released = These seats were given up. Choose seats again.
refused-hold-confirmed = These seats are booked already. Look at the tickets, where you can cancel or move them.
refused-hold-limit = The seats are held until { $until }, which is as long as possible. Finish by then, or choose seats again.
refused-box-office-only = Tickets of this showing are sold at the box office only.
refused-too-many-tickets = { $limit ->
    [one] One person may have 1 ticket of this showing. Choose another showing, or ask at the box office.
   *[other] One person may have { $limit } tickets of this showing. Choose fewer, or ask at the box office.
}
refused-not-booked = { $status ->
    [Canceled] This ticket was canceled or moved. Look at the booking again.
    [Expired] This ticket has expired, since its showing is over.
   *[other] This ticket is in the archive, and no longer changes.
}
refused-same-slot = The tickets are of this showing already. Choose other seats, or another showing.
refused-key-reused = This form was sent before with other details. Open the page again, and send it anew.
refused-too-many-keys = There can be { $limit } keys, and there are as many. Revoke one first.
refused-label-taken = Another key has this label. Choose another.
failed-busy = Others changed the same just now, or very many want something at once. Nothing was changed; try again in a moment.
failed-full = The server has no space for changes. Nothing was changed; try again later, or ask at the box office.
failed-unknown = It is not certain whether this has worked. Send the same form again: it takes effect only once.
failed-server = The server failed. Nothing was changed; try again later, or ask at the box office.
failed-payment-refused = The payment service does not accept this payment. Nobody has paid; buy the tickets at the box office.
failed-payment-unavailable = The payment service cannot be reached. Nobody has paid, and the seats are still held; try again in a moment.
invalid-user-name = Give a name of 1 to 100 characters.
invalid-phone = Give a telephone number of 3 to 15 digits, if you like with + and the country's code.
invalid-slot-name = Give a title of 1 to 200 characters.
invalid-slot-description = Give a description of up to 2000 characters.
invalid-auditorium-name = Give a name of 1 to 100 characters.
invalid-auditorium = Choose an auditorium that suits this showing.
invalid-zone = Choose a zone of the auditorium.
invalid-seats = Choose each seat once, and not more than may be: online 10, at the box office 32.
invalid-num-tickets = Choose another number of tickets: at least 1, online at most 10, at the box office in an auditorium at most 32.
invalid-accessible = Give a number of wheelchairs that is at most the number of tickets.
invalid-single-seats = Only the box office may leave single seats. Choose other seats, or ask there.
invalid-block = Only the box office sells blocked seats. Choose other seats, or ask there.
invalid-ticket-types = Choose for each seat a ticket that is sold there: as many tickets as seats.
invalid-ticket-type = Give a ticket type a name of 1 to 40 characters.
invalid-promotion-code = A code has 3 to 40 letters, digits and hyphens, and this showing must have prices. Check the code, or leave it out.
invalid-reason = Give a reason of 1 to 200 characters.
invalid-payment-reference = Give a note of 1 to 100 characters, or leave it out.
invalid-payment-method = Choose cash or card terminal, where there is something to pay. Otherwise choose nothing.
invalid-nothing-to-pay = There is nothing to pay. Confirm the tickets instead.
invalid-price-list = This price list does not fit the showing and its zones. Choose another, or change it. In detail: { $reason }
invalid-price-list-name = Give a name of 1 to 100 characters.
invalid-prices = Give 1 to 200 prices of at most 20 ticket types, one for each type and zone. In detail: { $reason }
invalid-amount = Give a sum of money that is not too large, such as 12.50.
invalid-currency = Give the code of a currency, such as EUR.
invalid-tax-rate = Give a tax rate from 0 to 100 percent, with at most two decimal places.
invalid-percent = Give 1 to 100 percent.
invalid-uses = Give a number of uses from 1 to 1,000,000, or leave it out.
invalid-valid-until = Give an end after the beginning, or leave it out.
invalid-start-time = Give a date and a time that the clocks show on that day.
invalid-end-time = Give an end that is still to come, after the start and at most 24 hours later.
invalid-capacity = Give 1 to 100,000 seats.
invalid-turnaround = Give 0 to 240 minutes.
invalid-plan = This is no plan. { $reason }
invalid-released-at = Give a time that is still to come, before the end of the showing; in minutes before its start, at most 100,000.
invalid-until = Give an end after the beginning, and not too long after it.
invalid-label = Give a label of 1 to 64 letters, digits and signs such as -, without spaces, that does not look like the name of a key.
invalid-key = This is no key. Copy it once more, as it was shown.
invalid-sales = Open or close the sale. A showing is canceled on its own page.
invalid-cursor = This list has changed. Begin at its first page.
invalid-choice = Choose one of the list.
invalid-other = A value does not fit. In detail: { $reason }
