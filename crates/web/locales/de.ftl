## Die Sprache

time-of-day = { $hour }:{ $minute }
decimal-separator = ,
group-separator = .
money = { $amount }{"\u00A0"}{ $currency }
day-long = { $weekday }, { $day }. { $month }
day-with-year = { $day } { $year }
date-plain = { $day }. { $month } { $year }
weekday-1 = Montag
weekday-2 = Dienstag
weekday-3 = Mittwoch
weekday-4 = Donnerstag
weekday-5 = Freitag
weekday-6 = Samstag
weekday-7 = Sonntag
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
genre-action = Action
genre-adventure = Abenteuer
genre-comedy = Komödie
genre-crime = Krimi
genre-drama = Drama
genre-fantasy = Fantasy
genre-historical = Geschichte
genre-historical-fiction = Historischer Roman
genre-horror = Horror
genre-magical-realism = Magischer Realismus
genre-mystery = Mystery
genre-philosophical = Philosophie
genre-political = Politik
genre-romance = Liebe
genre-saga = Saga
genre-satire = Satire
genre-scifi = Science-Fiction
genre-social = Gesellschaft
genre-speculative = Spekulation
genre-thriller = Thriller
genre-urban = Stadt
genre-animation = Animation

## Jede Seite

skip-to-content = Zum Inhalt
interface-link = Für Programme: die API

## Fehler

error-title = Das hat nicht geklappt
error-back = Zum Programm
error-missing = Diese Seite gibt es nicht, oder nicht mehr.
error-too-many = Von Ihrer Adresse kommen zu viele Anfragen. Warten Sie kurz und versuchen Sie es dann wieder.
error-unavailable = Der Server ist überlastet oder wird gewartet. Nichts ist verloren; versuchen Sie es gleich noch einmal.
error-form = Das Formular war nicht zu lesen. Gehen Sie zurück, und senden Sie es noch einmal.
error-forbidden = Diese Seite braucht einen anderen Schlüssel. Melden Sie sich mit einem an, der sie öffnet.
error-foreign-form = Seit diese Seite geöffnet wurde, hat eine andere Sitzung begonnen. Öffnen Sie sie noch einmal, und senden Sie das Formular dann.

## Das Programm

programme-title = Programm
programme-days = Tage
programme-today = Heute
programme-filter = Auswahl
programme-genre = Genre
programme-all-genres = Alle Genres
programme-film = Titel
programme-show = Zeigen
programme-none = Es läuft nichts, was passt.
programme-none-hint = Wählen Sie einen anderen Tag, oder heben Sie die Auswahl auf.
programme-clear = Auswahl aufheben
programme-date = Datum
programme-found = Vorstellungen von „{ $title }“
programme-found-from = Ab { $day }.
programme-found-all = Ab heute suchen
programme-found-none = Keine kommende Vorstellung hat diesen Text im Titel.
programme-found-none-hint = Geben Sie einen Teil des Titels ein, oder sehen Sie bei den Tagen nach.
programme-found-more = Es gibt mehr Vorstellungen, als hier stehen. Geben Sie mehr vom Titel ein, oder wählen Sie ein späteres Datum.
programme-next = Die nächsten Vorstellungen sind am { $day }.
seats-free = { $seats ->
    [one] 1 Platz frei
   *[other] { $seats } Plätze frei
}
seats-few = { $seats ->
    [one] Nur noch 1 Platz
   *[other] Nur noch { $seats } Plätze
}
seats-none = Ausverkauft
sales-closed = Nicht im Verkauf
showing-canceled = Abgesagt
showing-moved = In einen anderen Saal verlegt
from-price = ab { $price }

## Eine Vorstellung

showing-until = bis { $time }
showing-screen = Leinwand
legend-free = frei
legend-held = reserviert, weil gerade jemand bezahlt
legend-taken = vergeben
prices-title = Preise
prices-type = Karte
prices-zone = Bereich
prices-price = Preis
prices-any-zone = alle anderen Plätze
showing-back = Zum Programm

## Plätze wählen

seats-title = Plätze
seats-row = Reihe
seats-wheelchair = Rollstuhlplatz
seats-companion = Platz für eine Begleitperson
seats-held = für jemand anderen reserviert
seats-taken = vergeben
seats-own = bisher Ihrer
seats-lost = inzwischen vergeben
seats-free-of = { $free } von { $all } Plätzen sind frei.
seats-hint = Wählen Sie bis zu { $seats }.
seats-sideways = Der Plan lässt sich seitwärts schieben.
seats-full = Sie können höchstens { $seats } Plätze wählen. Geben Sie einen auf, um einen anderen zu wählen.
seats-lost-now = Platz { $seat } wurde soeben vergeben und gehört nicht mehr zu Ihren. Wählen Sie einen anderen.
legend-chosen = gewählt

## Anmelden

sign-in-title = Anmelden
sign-in-key = Schlüssel
sign-in-hint = Der Schlüssel, den Sie von der Leitung erhalten haben.
sign-in-send = Anmelden
sign-in-wrong-key = Dieser Schlüssel gilt nicht. Prüfen Sie ihn, oder bitten Sie die Leitung um einen neuen.
sign-in-other-role = Dieser Schlüssel ist für Programme, die selbsttätig arbeiten, und öffnet keine Seite.
sign-out = Abmelden

## Kauf und Karten

### Karten wählen

choose-tickets = Karten
choose-tickets-hint = Plätze, für die Sie hier keine Karte wählen, sind „{ $type }“.
choose-count = Anzahl der Karten
choose-wheelchairs = Menschen im Rollstuhl
choose-wheelchairs-hint = Rollstuhl- und Begleitplätze sind für sie reserviert: Geben Sie die Zahl an, um solche Plätze zu nehmen.
choose-best = Oder lassen Sie uns die besten Plätze wählen
choose-best-hint = Für die angegebene Zahl von Karten, nebeneinander.
choose-zone = Bereich
choose-any-zone = überall
choose-apart = Wir können getrennt sitzen
choose-best-send = Die besten Plätze nehmen
choose-code-question = Ich habe einen Aktionscode
choose-code = Aktionscode
choose-send = Weiter mit diesen Plätzen
choose-send-tickets = Weiter mit diesen Karten
choose-then = Die nächste Seite zeigt den Preis. Noch ist nichts gekauft.
choose-chosen = Gewählt: {"{seats}"}
choose-none = Noch keine Plätze gewählt
choose-without-discount = ohne den Rabatt
choose-unsold = Nicht alle diese Karten werden dort verkauft.
choose-nothing = Sie haben weder Plätze noch eine Zahl von Karten gewählt. Wählen Sie Plätze auf dem Plan, oder geben Sie eine Zahl an.
choose-more-tickets = Sie haben mehr Karten ({ $tickets }) als Plätze ({ $seats }) gewählt. Wählen Sie mehr Plätze oder weniger Karten.
own-hold = Bis { $time } für Sie reserviert: { $seats }.
own-hold-count = { $count ->
    [one] Bis { $time } ist 1 Karte für Sie reserviert.
   *[other] Bis { $time } sind { $count } Karten für Sie reserviert.
}
own-hold-go-on = Damit weitermachen
own-hold-release = Aufgeben
own-hold-hint = Wenn Sie jetzt andere wählen, geben Sie diese auf.
offer-seats = Stattdessen { $seats } nehmen
offer-best = Stattdessen die besten Plätze nehmen
offer-apart = Getrennt sitzen
offer-anywhere = Im ganzen Saal suchen
offer-fewer = { $count ->
    [one] Stattdessen 1 Karte nehmen
   *[other] Stattdessen { $count } Karten nehmen
}
offer-wheelchairs = { $count ->
    [one] Jemand von uns kommt im Rollstuhl
   *[other] { $count } von uns kommen im Rollstuhl
}
offer-without-code = Ohne den Code weitermachen
showing-moved-link = Zur Vorstellung im anderen Saal

### Halten und bezahlen

hold-title = Prüfen und abschließen
hold-over-title = Diese Plätze sind nicht mehr reserviert
hold-until = Für Sie reserviert bis
hold-minutes-left = { $minutes ->
    [one] Ihre Plätze sind noch 1 Minute reserviert.
   *[other] Ihre Plätze sind noch { $minutes } Minuten reserviert.
}
hold-seconds-left = Ihre Plätze sind noch 30 Sekunden reserviert.
hold-extend = Ich brauche mehr Zeit
hold-tickets = Ihre Karten
hold-tax = davon Steuer, { $rate } %
hold-person = Für wen sind die Karten?
hold-name = Name
hold-phone = Telefonnummer
hold-person-hint = Unter dieser Nummer ruft das Kino an, wenn die Vorstellung ausfällt oder verlegt wird, und mit beidem findet es Ihre Karten.
hold-pay = { $sum } bezahlen
hold-pay-hint = Sie bezahlen auf der Seite unseres Zahlungsdienstes und kommen hierher zurück.
hold-book = Buchen
hold-release = Andere Plätze wählen
hold-release-hint = Diese werden dann aufgegeben.
hold-payment-started = Sie haben begonnen, diese Karten zu bezahlen. Wenn Sie schon bezahlt haben, bezahlen Sie nicht noch einmal.
hold-payment-link = Sehen, was aus der Zahlung geworden ist
hold-payment-failed = Die Zahlung ist nicht gelungen, und kein Geld wird einbehalten. Die Plätze sind weiter für Sie reserviert: Bezahlen Sie noch einmal.
hold-gone = Einige dieser Plätze sind inzwischen vergeben.
hold-again = Dieselben Plätze wieder nehmen
hold-again-best = Die besten übrigen Plätze nehmen
hold-others = Andere wählen
pay-title = Zur Zahlung
pay-going = Jetzt geht es zur Seite unseres Zahlungsdienstes. Danach kommen Sie hierher zurück.
pay-link = Weiter zur Zahlung
payment-open-title = Wir warten auf die Zahlung
payment-open = Der Zahlungsdienst meldet uns gleich, ob Sie bezahlt haben. Dann erscheinen hier von selbst Ihre Karten.
payment-late = Es dauert länger als sonst. Wenn Sie bezahlt haben, ist nichts verloren: Merken Sie sich die Adresse dieser Seite, und sehen Sie in einigen Minuten noch einmal nach, oder fragen Sie an der Kasse. Bezahlen Sie nicht noch einmal.
payment-look = Noch einmal nachsehen
payment-not-paid = Sie haben noch nicht bezahlt?
payment-again = Zurück zu den Karten, um zu bezahlen
payment-failed-title = Die Zahlung ist nicht gelungen
payment-failed = Es wurde nichts gekauft. Falls Geld reserviert wurde, wird es freigegeben; Sie haben es spätestens in einigen Tagen zurück.
payment-still-held = Ihre Plätze sind noch bis { $time } reserviert.
payment-not-held = Ihre Plätze sind nicht mehr reserviert.
payment-seats = Die Plätze wieder nehmen

### Karten

tickets-title = Ihre Karten
tickets-print = Drucken
tickets-calendar = In Ihren Kalender
tickets-move = Karten umbuchen
tickets-cancel = Karten stornieren
tickets-keep = Bewahren Sie die Adresse dieser Seite auf, zum Beispiel als Lesezeichen. Wer sie hat, kann diese Karten vorzeigen, umbuchen und stornieren.
tickets-changes-closed = Diese Karten lassen sich hier nicht mehr umbuchen oder stornieren. Die Kasse hilft Ihnen weiter.
tickets-canceled = { $count ->
    [one] Eine Karte ist storniert.
   *[other] { $count } Karten sind storniert.
}
tickets-showing-canceled = Diese Vorstellung findet nicht statt. Das tut uns leid.
tickets-reseating = Diese Vorstellung wird in einen anderen Saal verlegt. Wir suchen Plätze für Sie: Öffnen Sie diese Seite in einigen Minuten wieder. Wenn dann noch dasselbe hier steht, fragen Sie bitte an der Kasse.
tickets-reseated = Wir mussten diese Vorstellung in einen anderen Saal verlegen. Dort haben Sie diese Plätze:
tickets-moved = Karten wurden umgebucht:
tickets-open-moved = Zu diesen Karten
tickets-replaced = Diese Karten ersetzen frühere, deren Codes nicht mehr gelten.
tickets-unpaid = Wir konnten Ihre Zahlung nicht einziehen. Bitte bezahlen Sie { $total } vor der Vorstellung an der Kasse.
ticket-auditorium = Saal
ticket-row = Reihe
ticket-seat = Platz
ticket-zone = Bereich
ticket-any-seat = freie Wahl
ticket-row-and-seat = Reihe { $row }, Platz { $seat }
ticket-row-and-seats = Reihe { $row }, Plätze { $seats }
ticket-number = Karte { $number }
ticket-wheelchair = Rollstuhlplatz
ticket-companion = Platz einer Begleitperson
ticket-code = Code der Karte: { $seat }
ticket-name = Name
ticket-booking = Buchung
ticket-showing-canceled = Ungültig: Die Vorstellung findet nicht statt
ticket-reseating = Ungültig: Die Vorstellung wird in einen anderen Saal verlegt
ticket-moved = Ungültig: umgebucht
ticket-canceled = Ungültig: storniert
ticket-over = Ungültig: Die Vorstellung ist vorbei
change-back = Zurück zu den Karten
change-none-chosen = Wählen Sie mindestens eine Karte.
change-go-on = Weiter
change-all = Alle Karten
cancel-title = Karten stornieren
cancel-which = Welche Karten möchten Sie stornieren?
cancel-ticket-refund = { $sum } zurück
cancel-confirm = { $count ->
    [one] Möchten Sie diese Karte stornieren?
   *[other] Möchten Sie diese { $count } Karten stornieren?
}
cancel-final = Das lässt sich nicht rückgängig machen: Die Plätze werden wieder verkauft.
cancel-send = { $count ->
    [one] Diese Karte stornieren
   *[other] Diese Karten stornieren
}
cancel-keep = Nicht stornieren
cancel-changed = Der Betrag, den Sie zurückerhalten, hat sich geändert, seit Sie diese Seite geöffnet haben. Bitte sehen Sie noch einmal hin.
cancel-until = Das gilt bis { $day }, { $time }. Danach wird nichts erstattet.
cancel-too-late = Erstattet wurde nur bis { $day }, { $time }.
move-title = Karten umbuchen
move-what = Sie buchen um: { $tickets }
move-price = Ihr bezahlter Preis gilt weiter. Teurere Plätze gibt es dafür nicht: Stornieren Sie dann diese Karten, und kaufen Sie andere. Sind die Plätze günstiger, wird nichts erstattet.
move-fewer = Nur einige der Karten umbuchen
move-which = Welche Karten möchten Sie umbuchen?
move-showings = Andere Vorstellungen dieses Titels
move-own = Andere Plätze in derselben Vorstellung
move-no-showing = Es gibt keine andere Vorstellung im Verkauf.
move-must-be-paid = Karten dieser Vorstellung kosten etwas, Ihre waren kostenlos. Kaufen Sie dort Karten, und stornieren Sie diese.
move-day = Ein anderer Film, am
move-show-day = Programm zeigen
move-best = Die besten freien Plätze: { $seats }
move-choose = { $count ->
    [one] Oder wählen Sie selbst einen Platz
   *[other] Oder wählen Sie selbst { $count } Plätze
}
move-choose-own = { $count ->
    [one] Wählen Sie einen anderen Platz
   *[other] Wählen Sie { $count } Plätze
}
move-send-best = { $count ->
    [one] Die Karte dorthin umbuchen
   *[other] { $count } Karten dorthin umbuchen
}
move-send = { $count ->
    [one] Auf den gewählten Platz umbuchen
   *[other] Auf die gewählten Plätze umbuchen
}
move-no-seats = { $count ->
    [one] Wählen Sie einen Platz auf dem Plan.
   *[other] Wählen Sie { $count } Plätze auf dem Plan.
}
calendar-booking = Buchung { $number }
refund-to-account = { $sum } kommen auf das Konto zurück, von dem Sie bezahlt haben.
refund-at-box-office = Sie erhalten { $sum } an der Kasse zurück. Bitte zeigen Sie dort die Seite mit Ihren Karten.
refund-none = Es wird nichts erstattet.
paid-in-cash = bar bezahlt
paid-by-card = mit Karte bezahlt
paid-online = online bezahlt
sum-discount = Rabatt { $code }
sum-total = Summe
sum-refunded = Davon erstattet

## Die Kasse

box-office-title = Kasse
office-tasks = Seiten der Kasse
office-task-showings = Vorstellungen
office-task-find = Buchung suchen
office-task-refunds = Erstattungen
office-task-unpaid = Unbezahlt
office-keys = Gerahmte Buchstaben sind Tasten: Halten Sie Alt (in Firefox Alt und Umschalt, auf einem Mac Control und Option), und drücken Sie den Buchstaben.
office-list-keys = In der Liste bewegen die Pfeiltasten, Eingabe oder eine Ziffer öffnet, und ein Buchstabe führt zum Feld für Codes.
office-scan = Code einer Karte oder Buchungsnummer
office-look-up = Nachsehen
office-day = Tag
office-day-before = Tag davor
office-day-after = Tag danach
office-title = Titel
office-time = Zeit
office-auditorium = Saal
office-free = Frei
office-state = Stand
office-started = Läuft
office-few = Fast voll
office-open = Im Verkauf
office-none-hint = Wählen Sie einen anderen Tag oder einen anderen Titel.
office-find-title = Buchung suchen
office-find-person = Nach Name und Telefonnummer
office-find-hint = Beides so, wie es bei der Buchung angegeben wurde.
office-find = Suchen
office-find-nothing = Das ist kein Code einer Karte, und keine Buchung hat diese Nummer. Prüfen Sie die Eingabe, oder lesen Sie den Code noch einmal ein.
office-find-until = Keine Buchung einer Vorstellung, die bis { $until } beginnt, hat diese Nummer. Die Buchung einer späteren finden Sie nach Name und Telefonnummer.
office-find-nobody = Niemand mit diesem Namen und dieser Nummer hat eine Buchung. Beides muss so sein, wie es bei der Buchung angegeben wurde.
office-found = { $bookings ->
    [one] 1 Buchung
   *[other] { $bookings } Buchungen, die neueste zuerst
}
office-name = Name
office-phone = Telefon
office-walk-in = An der Kasse ohne Namen verkauft
office-any-seat = Freie Platzwahl
office-ticket-booked = gültig
office-ticket-canceled = storniert
office-ticket-moved = umgebucht
office-ticket-expired = Vorstellung vorbei
office-ticket-archived = archiviert
office-cash = Bar
office-terminal = Kartenterminal
office-online = Online
office-payment-started = noch nicht bezahlt
office-payment-authorised = reserviert
office-payment-captured = bezahlt
office-payment-unpaid = konnte nicht eingezogen werden
office-payment-voided = freigegeben
office-code-booked = Diese Karte ist gültig.
office-code-canceled = Ungültig: Diese Karte ist storniert.
office-code-moved = Ungültig: Diese Karte wurde umgebucht, eine andere hat sie ersetzt.
office-code-expired = Ungültig: Die Vorstellung ist vorbei.
office-code-archived = Ungültig: Vorstellung oder Stornierung sind lange her.
office-code-unknown = Ungültig: Der Code ist von uns, aber es gibt keine solche Karte.
office-code-outdated = Ungültig: Der Code ist zu alt. Öffnen Sie die Buchung, und drucken Sie die Karte noch einmal.
office-code-forged = Ungültig: Dieser Code ist nicht von uns. Er könnte gefälscht sein.
office-code-now = Sie gilt jetzt für:
office-to-booking = Zur Buchung
office-bad-person = Geben Sie einen Namen und eine Telefonnummer mit 3 bis 15 Ziffern an.
office-done-moved = Umgebucht. Die alten Karten gelten nicht mehr: Drucken Sie die neuen.
office-done-canceled = Storniert. Die Plätze sind wieder frei.
office-to-successor = Zur Buchung mit den umgebuchten Karten
office-tickets = { $tickets ->
    [one] 1 Karte
   *[other] { $tickets } Karten
}
office-move = Umbuchen …
office-cancel = Stornieren …
office-print = Drucken
office-money = Geld
office-free-of-charge = Diese Karten kosten nichts.
office-total = Summe
office-promotion = Aktionscode
office-payment = Zahlung
office-paid-back = Erstattet
office-cancel-title = Karten stornieren
office-nothing-chosen = Es ist keine Karte gewählt, die sich ändern lässt. Gehen Sie zurück zur Buchung, und wählen Sie welche.
office-cancel-now = { $tickets ->
    [one] 1 Karte stornieren
   *[other] { $tickets } Karten stornieren
}
office-back-to-booking = Zurück zur Buchung
office-cancel-free = Es wird nichts erstattet: Diese Karten kosten nichts.
office-cancel-nothing-back = Es wird nichts erstattet: Dafür ist es zu spät, oder die Karten haben nichts gekostet.
office-cancel-back-online = { $sum } werden online erstattet, ohne unser Zutun.
office-cancel-back-till = { $sum } werden an der Kasse erstattet.
office-refunds-title = Erstattungen
office-refunds-hint = Stornierte Karten, deren Geld noch nicht zurückgezahlt ist. Zahlen Sie aus, und drücken Sie dann den Knopf.
office-refunds-none = Es ist nichts zu erstatten.
office-canceled-on = Storniert:
office-refund-paid = Erstattet
office-refund-pay = Ich habe { $sum } ausgezahlt
office-refund-online = Wird online erstattet
office-more = Mehr
office-unpaid-title = Unbezahlt
office-unpaid-hint = Der Anbieter der Online-Zahlungen konnte diese Beträge nicht einziehen. Drücken Sie zuerst den Knopf: Die nächste Seite sagt, ob Sie das Geld nehmen sollen.
office-unpaid-none = Alles ist bezahlt.
office-unpaid-captured = { $sum } wurden doch noch online eingezogen. Nehmen Sie kein Geld.
office-unpaid-take = Nehmen Sie jetzt { $sum }. Die Zahlung ist vermerkt.
office-reference = Vermerk zur Zahlung
office-take-cash = Bar nehmen
office-take-terminal = Mit Karte nehmen
office-call-title = Wen Sie anrufen
office-call-hint = Wer Karten für diese abgesagte Vorstellung hatte. Was an der Kasse bezahlt wurde, wird hier erstattet.
office-call-running = Es werden noch Buchungen storniert: Öffnen Sie die Liste in einer Minute noch einmal.
office-call-none = Niemand hatte Karten.
office-any-zone = Alle
office-bad-types = Es sind nicht so viele Karten wie Plätze. Wählen Sie für jede Karte einen Platz, oder keinen für die besten.
office-bad-count = Geben Sie an, wie viele Karten: 1 bis { $most }.
office-bad-number = Geben Sie eine ganze Zahl an.
office-bad-promotion = Ein Aktionscode hat 3 bis 40 Buchstaben, Ziffern und Bindestriche.
office-bad-seats = Geben Sie Plätze wie F7 F8 an, jeden einmal.
office-bad-block = Wählen Sie eine Sperre der Liste.
office-bad-wheelchairs = Es sind mehr Rollstuhlplätze als Karten.
office-half-person = Geben Sie Name und Telefonnummer an, oder keins von beiden.
office-bad-method = Wählen Sie bar oder Kartenterminal.
office-bad-reference = Der Vermerk hat höchstens 100 Zeichen.
office-sell = Verkaufen
office-how-many = Wie viele
office-count = Karten
office-seats = Plätze: die besten, wenn Sie nichts anderes sagen
office-seats-typed = Plätze, etwa F7 F8
office-wheelchairs = Rollstuhlplätze
office-apart = Auch getrennt
office-single = Einzelne Plätze dürfen übrig bleiben
office-from-block = Aus einer Sperre
office-no-block = Keine
office-person = Name und Nummer
office-person-hint = Lassen Sie beides leer, wenn niemand anzurufen ist.
office-given = Bar gegeben
office-change = { $sum } zurück
office-missing = Es fehlen { $sum }
office-take-seats = { $seats } nehmen
office-sold = { $tickets ->
    [one] 1 Karte verkauft
   *[other] { $tickets } Karten verkauft
}
office-next = Nächster Kunde
office-again = Gleiche Vorstellung
office-blocks-title = Gesperrte Plätze
office-blocks-hint = Diese Plätze können Gäste nicht selbst buchen. Die Kasse verkauft sie, wenn sie deren Sperre wählt.
office-blocks-none = Es sind keine Plätze gesperrt.
office-block-new = Plätze sperren
office-block = Sperren
office-unblock = Sperre aufheben
office-released = Frei ab
office-reason = Grund
office-block-count = Wie viele der besten freien
office-release-minutes = Frei so viele Minuten vor Beginn
office-release-at = oder zu dieser Zeit
office-bad-reason = Geben Sie an, warum die Plätze gesperrt sind, in 1 bis 200 Zeichen.
office-bad-release = Geben Sie eine Zeit an, die noch kommt und vor dem Ende der Vorstellung liegt.
office-move-title = Karten umbuchen
office-move-to = Nach
office-move-now = { $tickets ->
    [one] 1 Karte umbuchen
   *[other] { $tickets } Karten umbuchen
}
office-move-name-seats = Das ist die eigene Vorstellung: Wählen Sie andere Plätze.
office-move-best = Ohne Wahl bekommen sie die besten freien Plätze.
office-bad-seat-count = Wählen Sie für jede Karte einen Platz.
office-tickets-title = Karten zum Drucken
office-to-moved = Im anderen Saal öffnen

## Die Leitung

manager-title = Verwaltung
manage-overview = Überblick
manage-attention = Zu beachten
manage-attention-none = Zurzeit ist nichts zu beachten.
manage-canceling = wird abgesagt: { $tickets ->
    [one] bisher 1 Karte.
   *[other] bisher { $tickets } Karten.
}
manage-moving = wird in einen anderen Saal verlegt: { $tickets ->
    [one] bisher 1 Karte.
   *[other] bisher { $tickets } Karten.
}
manage-unpaid = { $count ->
    [one] 1 Zahlung ist ausgeblieben. Die Kasse fordert sie ein.
   *[other] { $count } Zahlungen sind ausgeblieben. Die Kasse fordert sie ein.
}
manage-unpaid-many = { $count } oder mehr Zahlungen sind ausgeblieben. Die Kasse fordert sie ein.
manage-refunds = { $count ->
    [one] 1 Erstattung ist fällig.
   *[other] { $count } Erstattungen sind fällig.
}
manage-refunds-many = { $count } oder mehr Erstattungen sind fällig.
manage-today = Vorstellungen von heute
manage-today-none = Heute läuft nichts.
manage-taken = { $taken } von { $all } belegt
manage-timetable = Spielplan
manage-not-saved = Es ist noch nichts gespeichert. Bitte berichtigen Sie:
manage-discard = Verwerfen
manage-timetable-week = { $first } bis { $last }
manage-timetable-weeks = Wochen
manage-timetable-before = Woche davor
manage-timetable-now = Diese Woche
manage-timetable-after = Woche danach
manage-timetable-day = Woche vom
manage-timetable-show = Zeigen
manage-timetable-hint = Ziehen Sie eine Vorstellung, von der nichts verkauft ist, zu einer anderen Zeit oder in einen anderen Saal, oder klicken Sie auf eine freie Stelle, um dort eine anzusetzen.
manage-drag-unnumbered = Diese Vorstellung hat nummerierte Plätze: Lassen Sie sie in einem Saal los.
manage-timetable-not-moved = Die Vorstellung bleibt, wo sie war.
manage-timetable-list = Die Woche als Liste
manage-timetable-none = In dieser Woche läuft nichts.
manage-timetable-more = In dieser Woche gibt es mehr Vorstellungen, als auf diese Seite passen.
manage-timetable-no-auditorium = Es gibt noch keinen Saal. Vorstellungen ohne Platznummern brauchen keinen.
manage-column-taken = Plätze
manage-schedule-title = Vorstellung ansetzen
manage-schedule-here = Ansetzen
manage-schedule-what = Was
manage-schedule-when = Wann und wo
manage-schedule-repeat = An mehreren Tagen
manage-schedule-send = Ansetzen
manage-schedule-done = { $made } von { $all } Vorstellungen angesetzt
manage-schedule-refused = wurde nicht angesetzt.
manage-schedule-to-week = Zum Spielplan
manage-field-title = Titel
manage-field-description = Beschreibung
manage-field-type = Art
manage-field-date = Tag
manage-field-start = Beginn
manage-field-end = Ende
manage-field-length = Minuten
manage-field-end-hint = Geben Sie das Ende oder die Länge an. Ein Ende vor dem Beginn liegt am nächsten Tag.
manage-field-place = Saal
manage-field-capacity = Anzahl der Plätze
manage-field-capacity-hint = Nur für Vorstellungen, deren Plätze keine Nummern haben.
manage-field-prices = Preisliste
manage-field-until = Wiederholen bis
manage-field-weekdays = An diesen Wochentagen
manage-field-weekdays-hint = Jeweils zur selben Zeit, bis einschließlich zu diesem Tag; an jedem Tag, wenn keiner ausgewählt ist.
manage-place-seats = { $name } ({ $seats } Plätze)
manage-place-unnumbered = Plätze ohne Nummern
manage-prices-free = Eintritt frei
manage-prices-version = { $name }, Fassung { $version }
manage-prices-newest = { $name }, neueste Fassung { $version }
manage-prices-keep = Wie bisher: { $name }
manage-type-movie = Film
manage-type-documentary = Dokumentarfilm
manage-type-concert = Konzert
manage-showing-to-timetable = Zum Spielplan
manage-showing-repeat = Noch einmal zeigen
manage-sale-close = Verkauf schließen
manage-sale-reopen = Verkauf wieder öffnen
manage-correct-title = Berichtigen
manage-correct-hint = Beschreibung, Genre und Preise lassen sich jederzeit ändern, Titel, Zeiten und Saal nur, solange niemand gebucht hat.
manage-correct-send = Speichern
manage-cancel-link = Vorstellung absagen
manage-cancel-title = „{ $name }“ absagen?
manage-cancel-bookings = { $bookings ->
    [0] Niemand hat gebucht.
    [one] 1 Buchung mit { $tickets ->
        [one] 1 Karte
       *[other] { $tickets } Karten
    } wird storniert.
   *[other] { $bookings } Buchungen mit { $tickets } Karten werden storniert.
}
manage-cancel-consequences = Alles, was bezahlt wurde, wird erstattet, und der Saal ist frei. Das lässt sich nicht rückgängig machen.
manage-cancel-send = Vorstellung absagen
manage-cancel-not = So lassen
manage-cancel-at = Abgesagt: { $time }
manage-cancel-progress = Bisher { $bookings ->
    [one] 1 Buchung
   *[other] { $bookings } Buchungen
} mit { $tickets ->
    [one] 1 Karte
   *[other] { $tickets } Karten
} storniert.
manage-cancel-refunded = { $sum } erstattet.
manage-job-running = Das dauert noch an.
manage-job-done = Das ist erledigt.
manage-reseat-link = In einen anderen Saal verlegen
manage-reseat-title = In einen anderen Saal verlegen
manage-reseat-hint = Alle, die gebucht haben, bekommen andere Plätze, möglichst nahe bei ihren bisherigen. Gruppen bleiben zusammen.
manage-reseat-to = Wohin
manage-reseat-prices = Die bisherigen Preise
manage-reseat-plan = Zeigen, wer passt
manage-reseat-fits = { $all ->
    [0] Niemand hat gebucht.
   *[other] { $fit } von { $all } Buchungen passen.
}
manage-reseat-unfit = Diese behalten Karten für Plätze, die es nicht mehr gibt. Rufen Sie sie an:
manage-reseat-send = Vorstellung verlegen
manage-reseat-at = In einen anderen Saal verlegt: { $time }
manage-reseat-progress = Bisher { $bookings ->
    [one] 1 Buchung
   *[other] { $bookings } Buchungen
} mit { $tickets ->
    [one] 1 Karte
   *[other] { $tickets } Karten
} verlegt.
manage-reseat-left = { $bookings ->
    [one] 1 Buchung passt nicht. Rufen Sie diese Person an:
   *[other] { $bookings } Buchungen passen nicht. Rufen Sie diese Personen an:
}
manage-reseat-target = Zur Vorstellung im anderen Saal
manage-done-scheduled = Die Vorstellung ist angesetzt.
manage-done-corrected = Die Vorstellung ist berichtigt.
manage-done-closed = Der Verkauf ist geschlossen. Verkaufte Karten bleiben gültig.
manage-done-reopened = Die Vorstellung ist wieder im Verkauf.
manage-done-canceled = Die Vorstellung ist abgesagt.
manage-done-moved = Die Vorstellung wird in den anderen Saal verlegt.
manage-wrong-length = Ende und Länge passen nicht zusammen. Lassen Sie eines davon weg.
manage-wrong-until = Geben Sie einen letzten Tag an, der nicht vor dem ersten liegt, und höchstens { $days } Tage.
manage-auditoriums = Säle
manage-auditorium-add = Saal anlegen
manage-auditorium-none = Es gibt noch keinen Saal. Zeichnen Sie einen, oder importieren Sie seinen Plan.
manage-auditorium-facts = Der Saal
manage-auditorium-name = Name
manage-auditorium-send = Saal anlegen
manage-auditorium-twice = Ein anderer Saal hat diesen Namen. Geben Sie ihm einen eigenen.
manage-turnaround = Minuten zwischen zwei Vorstellungen
manage-single = Einzelne Plätze zwischen anderen
manage-single-refused = Eine Buchung darf keine übrig lassen
manage-single-aisles = Nur an einem Gang oder einer Wand
manage-single-allowed = Eine Buchung darf welche übrig lassen
manage-plan-title = Sitzplan
manage-plan-as-text = Als Text
manage-plan-legend = Legende
manage-plan-legend-hint = Auf jeder Zeile ein Zeichen und sein Wort. „wheelchair“ und „companion“ sind Rollstuhlplätze und die Plätze für Begleitung; andere Wörter sind Bereiche, die eigene Preise haben können.
manage-plan-rows = Reihen, von der Leinwand nach hinten
manage-plan-rows-hint = Auf jeder Zeile die Bezeichnung der Reihe, die Nummer des ersten Platzes links, der Schritt zum nächsten, dann | und die Plätze: Zeichen der Legende, _ für einen Gang, ein Leerzeichen für nichts. Zum Beispiel: A 1 1 |....._.....
manage-plan-across = Beste Plätze: quer, in Prozent
manage-plan-along = Beste Plätze: von der Leinwand, in Prozent
manage-plan-focus-hint = Wer irgendwelche Plätze möchte, bekommt die nächsten an dieser Stelle: 50 und 62, wenn nichts angegeben ist.
manage-plan-picture = Der Plan, mit der Leinwand oben
manage-plan-summary = { $seats ->
    [one] 1 Platz
   *[other] { $seats } Plätze
} in { $rows ->
    [one] 1 Reihe
   *[other] { $rows } Reihen
}
manage-plan-wheelchair = Rollstuhl
manage-plan-companion = Begleitung
manage-plan-wheelchairs = Rollstuhlplätze
manage-plan-aisle = Gang
manage-plan-nothing = nichts
manage-plan-row = Reihe
manage-plan-paint = Malen
manage-plan-new-zone = Neuer Bereich
manage-plan-add-zone = Bereich anlegen
manage-plan-keys = Drücken und ziehen Sie, um zu malen. Mit Tasten: Die Pfeile bewegen, ein Zeichen der Legende wird gemalt, wo Sie sind, _ ist ein Gang, Entf ist nichts, die Eingabetaste malt das Gewählte, und Strg+Z nimmt es zurück.
manage-plan-painted = Die Plätze
manage-plan-this-row = Diese Reihe
manage-plan-label = Bezeichnung
manage-plan-first = Erste Nummer
manage-plan-counted = Gezählt
manage-plan-step-up = um 1, nach rechts
manage-plan-step-down = um 1, nach links
manage-plan-step-up-two = um 2, nach rechts
manage-plan-step-down-two = um 2, nach links
manage-plan-row-before = Reihe davor
manage-plan-row-after = Reihe dahinter
manage-plan-row-away = Reihe entfernen
manage-plan-place-in = Stelle einfügen
manage-plan-place-out = Stelle entfernen
manage-plan-undo = Rückgängig
manage-plan-look = Ansehen
manage-plan-send = Plan speichern
manage-plan-save-hint = Ein geänderter Plan gilt für Vorstellungen, die von da an angesetzt werden. Vorhandene behalten ihren.
manage-plan-legend-line = Zeile { $line } der Legende ist nicht ein Zeichen, ein Leerzeichen und ein Wort. Schreiben Sie so: . standard
manage-plan-row-line = Zeile { $line } der Reihen ist nicht lesbar. Schreiben Sie so: A 1 1 |....._.....
manage-plan-in-row = Reihe { $row }{ $label }: { $fault }
manage-plan-legend-size = Geben Sie eine Legende aus 1 bis { $limit } Zeichen an.
manage-plan-legend-character = Die Legende hat ein Zeichen, das weder Buchstabe noch Ziffer noch Satzzeichen ist. Der _ ist ein Gang.
manage-plan-legend-word = Das Wort zu { $character } in der Legende braucht 1 bis 40 Buchstaben, Ziffern, Bindestriche oder Leerzeichen.
manage-plan-legend-twice = Die Legende sagt { $word } für zwei Zeichen. Verwenden Sie eines.
manage-plan-focus = Geben Sie die Stelle der besten Plätze in Prozent an, von 0 bis 100.
manage-plan-row-count = Geben Sie 1 bis { $limit } Reihen an.
manage-plan-no-seat = Es gibt noch keinen Platz. Zeichnen Sie einen.
manage-plan-too-many-seats = Bis Reihe { $row } gibt es mehr als { $limit } Plätze. Teilen Sie den Saal in zwei.
manage-plan-seat-twice = Platz { $number } der Reihe { $row } hat dieselbe Bezeichnung, { $row }{ $number }, wie ein Platz der Reihe { $other }. Geben Sie einer der Reihen eine andere Bezeichnung, etwa einen Buchstaben.
manage-plan-row-label = Geben Sie ihr eine Bezeichnung aus 1 bis { $limit } Großbuchstaben oder Ziffern.
manage-plan-row-twice = Eine andere Reihe heißt schon so. Geben Sie ihr eine eigene Bezeichnung.
manage-plan-step = Der Schritt ist 1, -1, 2 oder -2.
manage-plan-too-many-places = Sie hat mehr als { $limit } Stellen. Zeichnen Sie sie als zwei Reihen.
manage-plan-character = Spalte { $column } ist ein Zeichen, das die Legende nicht hat. Verwenden Sie eines von { $known }, _ für einen Gang oder ein Leerzeichen.
manage-plan-numbers = Ihre Plätze hätten Nummern unter 1 oder über { $limit }. Ändern Sie die erste Nummer oder den Schritt.
manage-version-of = Fassung { $version } von { $newest }.
manage-version-before = Die Fassung davor
manage-version-after = Die Fassung danach
manage-import-title = Plan importieren
manage-import-hint = Ein Plan von pretix in JSON, oder eine Datei dieses Systems. Sie sehen ihn, bevor er gespeichert wird.
manage-import-file = Die Datei
manage-import-choose = Datei wählen
manage-import-text = Ihr Text
manage-import-send = Plan lesen
manage-import-notes = Manches ist nicht, wie es war. Sehen Sie es an, bevor Sie speichern:
manage-import-turned = Der Plan wurde um 180 Grad gedreht, denn { $what } lag hinter allen Plätzen.
manage-import-joined = Bereiche { $left } und { $right }: Nebeneinander liegende Reihen sind jetzt je eine: { $rows }
manage-import-category = Kategorie { $name }: Die Plätze heißen jetzt { $word }
manage-import-name = Der Name ist jetzt { $name }
manage-import-rows = Bereich { $zone }: Reihe { $rows }
manage-import-row = { $row } heißt jetzt { $labels }
manage-import-part = { $label } ({ $first } bis { $last })
manage-import-because = { $what }, denn { $why }
manage-import-too-long = die Bezeichnung { $label } hätte mehr als { $limit } Zeichen
manage-import-row-twice = auch eine andere Reihe heißt { $label }
manage-import-seat-twice = Platz { $number } der Reihe { $row } und Platz { $other } der Reihe { $other-row } hießen beide { $label }
manage-import-wrong = Diese Datei hat keinen Plan, der sich lesen lässt.
manage-import-reason = Warum (auf Englisch):
manage-done-added = Das ist angelegt.
manage-done-saved = Das ist gespeichert.
manage-done-on = Der Code gilt wieder.
manage-done-off = Der Code ist abgeschaltet. Buchungen, die ihn verwendet haben, behalten ihre Preise.
manage-prices = Preise
manage-prices-add = Preisliste anlegen
manage-prices-none = Es gibt noch keine Preisliste. Vorstellungen ohne eine sind kostenlos.
manage-prices-facts = Die Preisliste
manage-prices-name = Name
manage-prices-name-hint = Etwa Wochenende. Nur Sie und die Kasse sehen ihn.
manage-prices-send = Preisliste anlegen
manage-prices-save = Preise speichern
manage-prices-save-hint = Geänderte Preise gelten für Vorstellungen, die die Liste von da an bekommen. Die es schon gibt, behalten ihre Preise, bis Sie sie berichtigen.
manage-prices-twice = Eine andere Preisliste hat diesen Namen. Geben Sie ihr einen eigenen.
manage-prices-large = Diese Liste hat mehr Preise, als in ein Formular passen. Die Schnittstelle für Programme ändert sie.
manage-price-currency = Währung
manage-price-currency-hint = Ihr Code, etwa EUR.
manage-price-tax = Steuer in Prozent
manage-price-tax-hint = Alle Preise enthalten sie.
manage-price-hint = Lassen Sie leer, was nicht verkauft wird. Um eine Karte zu entfernen, leeren Sie ihre Felder.
manage-price-zones-hint = Ein Bereich ohne Preis hat den aller anderen Plätze.
manage-price-anywhere = Alle anderen Plätze
manage-price-ticket = Karte { $number }
manage-price-more = Weitere Karten
manage-price-twice = Eine andere Karte heißt so. Geben Sie alle ihre Preise an einer Stelle an.
manage-price-none = Geben Sie mindestens eine Karte mit einem Preis an.
manage-price-missing = Geben Sie dieser Karte einen Preis: 0, wenn sie kostenlos ist.
manage-promotions = Aktionen
manage-promotion-add = Aktion anlegen
manage-promotion-none = Es gibt noch keine Aktion. Ein Code ermäßigt die Preise einer Buchung.
manage-promotion-what = Was
manage-promotion-code-hint = 3 bis 40 Buchstaben, Ziffern und Bindestriche. Kurze werden erraten: Geben Sie einem Code, der nicht für alle ist, zehn oder mehr.
manage-promotion-discount = Ermäßigung
manage-promotion-unit = Einheit
manage-promotion-unit-percent = Prozent
manage-promotion-discount-hint = Sie wird von der Summe einer Buchung abgezogen und ändert sich nie.
manage-promotion-percent = { $percent } %
manage-promotion-limits = Wie lange und wie oft
manage-promotion-uses = Buchungen, die ihn verwenden dürfen
manage-promotion-uses-hint = Beliebig viele, wenn es leer ist. Eine Buchung ist eine Verwendung, wie viele Karten sie auch hat.
manage-promotion-from = Gültig ab
manage-promotion-until = Gültig bis
manage-no-end = ohne Ende
manage-promotion-send = Aktion anlegen
manage-promotion-state = Zustand
manage-promotion-valid = Gültig
manage-promotion-off = Abgeschaltet
manage-promotion-ended = Beendet
manage-promotion-used-up = Aufgebraucht
manage-promotion-not-yet = Noch nicht gültig
manage-promotion-bookings = Verwendungen
manage-promotion-used = { $used ->
    [one] einmal verwendet
   *[other] { $used }-mal verwendet
}
manage-promotion-used-of = { $used } von { $uses } Mal verwendet
manage-promotion-end = Abschalten
manage-promotion-resume = Wieder einschalten
manage-promotion-change-hint = Eine Zahl von Buchungen oder ein Ende, das angegeben wurde, lässt sich ändern, aber nicht wegnehmen.
manage-promotion-keeps = Das wurde angegeben und lässt sich nicht wegnehmen. Geben Sie eine größere Zahl oder ein späteres Ende an.
manage-done-revoked = Der Schlüssel ist widerrufen. Er wird innerhalb von 5 Sekunden abgewiesen.
manage-keys = Schlüssel
manage-key-hint = Geben Sie jeder Person und jeder Kasse einen eigenen Schlüssel. Sein Text wird nicht aufbewahrt: Wer ihn verliert, braucht einen anderen.
manage-key-add = Schlüssel anlegen
manage-key-whose = Für wen er ist
manage-key-label = Bezeichnung
manage-key-label-hint = Etwa kasse-3 oder anna, ohne Leerzeichen.
manage-key-role = Rolle
manage-key-admin = Verwaltung
manage-key-box-office = Kasse
manage-key-scheduler = Geplante Aufgaben
manage-key-about-admin = Verwaltung: alles auf diesen Seiten
manage-key-about-box-office = Kasse: Verkauf, Buchungen, Rückzahlungen
manage-key-about-scheduler = Geplante Aufgaben: ein Programm, das Karten verfallen lässt
manage-key-last-day = Letzter Tag
manage-key-last-day-hint = Er gilt bis zum Ende dieses Tages; ohne Ende, wenn es leer ist.
manage-key-wrong-day = Geben Sie einen Tag an, der noch nicht vorbei ist, oder lassen Sie ihn weg.
manage-key-send = Schlüssel anlegen
manage-key-created-title = Der Schlüssel { $label }
manage-key-once = Kopieren Sie ihn jetzt. Er wird nur dieses eine Mal gezeigt.
manage-key-next = Wer diesen Schlüssel hat, darf alles, was seine Rolle erlaubt. Übergeben Sie ihn persönlich oder über einen Passwortmanager.
manage-key-done = Ich habe ihn kopiert
manage-key-own = Sie sind damit angemeldet
manage-key-created = Angelegt
manage-key-ends = Gültig bis
manage-key-ended = Abgelaufen
manage-key-used = Zuletzt verwendet
manage-key-never = nie
manage-key-revoke = Widerrufen
manage-key-revoke-label = { $label } widerrufen
manage-key-revoke-title = Den Schlüssel { $label } widerrufen?
manage-key-revoke-own = Sie sind mit diesem Schlüssel angemeldet. Sie werden abgemeldet und brauchen einen anderen.
manage-key-last = Das ist der letzte Schlüssel, der diese Seiten öffnet. Legen Sie zuerst einen anderen an, und melden Sie sich damit an.
manage-key-consequences = Wer ihn verwendet, wird innerhalb von 5 Sekunden abgemeldet. Das lässt sich nicht zurücknehmen.
manage-figures = Zahlen
manage-figures-from = Erster Tag
manage-figures-until = Letzter Tag
manage-figures-today = Heute
manage-figures-week = Letzte 7 Tage
manage-figures-month = Letzte 30 Tage
manage-figures-next = Nächste 7 Tage
manage-figures-hint = Karten, die verkauft und nicht storniert sind, an dem Tag, an dem ihre Vorstellung beginnt. Ein Tag dauert bis 5 Uhr morgens. Was in der letzten Minute verkauft wurde, kann fehlen.
manage-figures-none = In dieser Zeit läuft nichts.
manage-figures-wrong = Es gibt keine Zahlen. Bitte berichtigen Sie dies:
manage-figures-wrong-day = Geben Sie einen Tag an.
manage-figures-wrong-period = Geben Sie einen letzten Tag an, der nicht vor dem ersten liegt, und höchstens { $days } Tage.
manage-figures-too-much = In dieser Zeit gibt es mehr Vorstellungen oder Buchungen, als auf einmal zusammengezählt werden. Wählen Sie eine kürzere.
manage-figures-days = Nach Tagen
manage-figures-titles = Nach Filmen
manage-figures-auditoriums = Nach Sälen
manage-figures-days-csv = Tage als Tabelle (CSV)
manage-figures-titles-csv = Filme als Tabelle (CSV)
manage-figures-auditoriums-csv = Säle als Tabelle (CSV)
manage-figures-showings = Vorstellungen
manage-figures-tickets = Verkauft
manage-figures-occupancy = Auslastung
manage-figures-takings = Einnahmen
manage-figures-all = Zusammen
manage-figures-first = Die Diagramme zeigen die ersten { $count }; die Tabelle hat alle.
manage-chart-most = Am meisten: { $name }, { $value }.
manage-chart-least = Am wenigsten: { $name }, { $value }.
manage-chart-table = Die Tabelle darunter hat alle Zahlen.

## Ablehnungen

refused-slot = Diese Vorstellung gibt es nicht. Suchen Sie sie im Programm.
refused-ticket = Diese Karte gibt es nicht. Prüfen Sie die Adresse.
refused-booking = Diese Buchung gibt es nicht. Prüfen Sie die Adresse.
refused-user = Diese Person ist hier nicht bekannt. Prüfen Sie Name und Telefonnummer.
refused-api-key = Diesen Schlüssel gibt es nicht. Suchen Sie ihn in der Liste der Schlüssel.
refused-auditorium = Diesen Saal gibt es nicht. Wählen Sie einen aus der Liste.
refused-plan = Der Saal hat keine solche Fassung seines Plans. Wählen Sie eine aus der Liste.
refused-block = Diese Sperre gibt es nicht; vielleicht wurde sie aufgehoben. Sehen Sie die Liste der Sperren noch einmal an.
refused-hold = Diese Plätze sind nicht mehr reserviert. Wählen Sie noch einmal Plätze.
refused-payment = Diese Zahlung gibt es nicht. Prüfen Sie die Adresse.
refused-refund = Diese Erstattung gibt es nicht. Sehen Sie die Liste der Erstattungen noch einmal an.
refused-price-list = Diese Preisliste gibt es nicht. Wählen Sie eine aus der Liste.
refused-prices = Diese Preise gibt es nicht. Wählen Sie eine Fassung der Preisliste.
refused-promotion = Dieser Code gilt nicht, oder nicht für diese Vorstellung. Prüfen Sie die Schreibweise, oder lassen Sie ihn weg.
refused-cancellation = Diese Vorstellung ist nicht abgesagt. Sagen Sie sie zuerst ab.
refused-reseating = Diese Vorstellung wurde nicht in einen anderen Saal verlegt.
refused-sold-out = { $available ->
    [0] Alle Plätze sind vergeben. Wählen Sie eine andere Vorstellung.
    [one] Es ist nur noch 1 Platz frei. Wählen Sie weniger Karten oder eine andere Vorstellung.
   *[other] Es sind nur noch { $available } Plätze frei. Wählen Sie weniger Karten oder eine andere Vorstellung.
}
refused-not-together = Es sind noch { $available } Plätze frei, aber nicht so viele nebeneinander. Sitzen Sie getrennt, oder wählen Sie weniger Karten.
refused-seats-taken = { $count ->
    [one] Platz { $seats } ist schon vergeben. Wählen Sie einen anderen.
   *[other] Die Plätze { $seats } sind schon vergeben. Wählen Sie andere.
}
refused-leaves-single-seat = { $count ->
    [one] Platz { $seats } bliebe allein zwischen anderen frei. Wählen Sie ihn dazu, oder rücken Sie ein Stück.
   *[other] Die Plätze { $seats } blieben je allein zwischen anderen frei. Wählen Sie sie dazu, oder rücken Sie ein Stück.
}
refused-accessible-seats = { $count ->
    [one] Platz { $seats } ist für Menschen im Rollstuhl und ihre Begleitung. Geben Sie an, wie viele im Rollstuhl kommen, oder wählen Sie einen anderen Platz.
   *[other] Die Plätze { $seats } sind für Menschen im Rollstuhl und ihre Begleitung. Geben Sie an, wie viele im Rollstuhl kommen, oder wählen Sie andere Plätze.
}
refused-other-wheelchairs = { $count ->
    [0] Keiner dieser Plätze ist ein Rollstuhlplatz. Wählen Sie solche Plätze, oder geben Sie an, dass kein Rollstuhl kommt.
    [one] 1 dieser Plätze ist ein Rollstuhlplatz. Geben Sie diese Zahl von Rollstühlen an, oder wählen Sie andere Plätze.
   *[other] { $count } dieser Plätze sind Rollstuhlplätze. Geben Sie diese Zahl von Rollstühlen an, oder wählen Sie andere Plätze.
}
refused-seat-count = { $count ->
    [one] Wählen Sie 1 Platz, denn es ist 1 Karte.
   *[other] Wählen Sie { $count } Plätze, einen für jede Karte.
}
refused-unknown-seat = Der Saal hat keinen Platz { $seat }. Wählen Sie einen des Plans.
refused-unknown-zone = Der Saal hat keinen solchen Bereich. Wählen Sie einen von diesen: { $zones }.
refused-no-seating-plan = Die Plätze dieser Vorstellung haben keine Nummern. Geben Sie nur an, wie viele Karten Sie möchten.
refused-several-slots = Mehrere Vorstellungen haben diesen Titel und Beginn. Wählen Sie eine davon im Programm.
refused-auditorium-occupied = { $name } belegt den Saal von { $start } bis { $until }, mit der Zeit zum Reinigen. Wählen Sie eine andere Zeit oder einen anderen Saal.
refused-too-many-showings = Der Saal hat an diesem Tag schon { $limit } Vorstellungen. Wählen Sie einen anderen Tag oder Saal.
refused-too-many-auditoriums = Es kann { $limit } Säle geben, und es gibt so viele. Ändern Sie einen, den es gibt.
refused-too-many-plans = Der Plan hat { $limit } Fassungen, mehr sind nicht möglich. Legen Sie einen weiteren Saal an.
refused-too-many-price-lists = Es kann { $limit } Preislisten geben, und es gibt so viele. Ändern Sie eine, die es gibt.
refused-too-many-prices = Die Preisliste hat { $limit } Fassungen, mehr sind nicht möglich. Legen Sie eine weitere Preisliste an.
refused-too-many-promotions = Es kann { $limit } Aktionen geben, und es gibt so viele. Ändern Sie eine, die es gibt.
refused-promotion-exists = Es gibt schon eine Aktion mit diesem Code. Geben Sie einen anderen Code an, oder ändern Sie jene Aktion.
refused-promotion-used-up = Dieser Code wurde so oft verwendet, wie er darf. Lassen Sie ihn weg.
refused-layout-too-old = Der Speicher muss erneuert werden, bevor Karten Preise haben können. Fragen Sie die, die den Server betreiben.
refused-payment-required = Diese Karten müssen bezahlt werden. Nehmen Sie die Plätze, und bezahlen Sie sie.
refused-slot-ended = Diese Vorstellung ist vorbei. Wählen Sie eine andere im Programm.
refused-sales-closed = Das Kino verkauft diese Vorstellung zurzeit nicht. Verkaufte Karten gelten. Wählen Sie eine andere Vorstellung, oder fragen Sie an der Kasse.
refused-slot-canceled = Diese Vorstellung ist abgesagt, ihre Karten werden erstattet. Wählen Sie eine andere Vorstellung.
refused-slot-moved = Diese Vorstellung wurde in einen anderen Saal verlegt. Suchen Sie sie im Programm; die Karten nennen die neuen Plätze.
refused-slot-booked = Für diese Vorstellung wurden schon Karten gebucht, deshalb lassen sich nur Beschreibung, Genre, Verkauf und vorhandene Preise ändern. Für mehr sagen Sie sie ab, und setzen Sie eine neue an.
refused-slot-blocked = Plätze dieser Vorstellung sind gesperrt. Löschen Sie die Sperren, bevor Sie Beginn oder Saal ändern.
refused-too-many-blocks = Eine Vorstellung kann { $limit } Sperren haben, und diese hat so viele. Löschen Sie zuerst eine.
refused-price-differs = Die anderen Plätze kosten { $sum } mehr. Stornieren Sie diese Karten und kaufen Sie die anderen, oder wählen Sie Plätze zum selben Preis.
refused-no-online-payments = Dieses Kino nimmt online keine Zahlungen an. Kaufen Sie die Karten an der Kasse.
refused-no-ticket-codes = Die Karten dieses Kinos haben keine Codes. Zeigen Sie am Einlass ihre Nummern.
refused-not-unpaid = { $state ->
    [captured] Diese Zahlung ist doch noch eingegangen. Nehmen Sie kein Geld an.
    [voided] Diese Zahlung wurde freigegeben, es ist nichts offen. Nehmen Sie kein Geld an.
   *[other] Diese Zahlung ist nicht an der Kasse offen. Nehmen Sie kein Geld an, und sehen Sie später noch einmal nach.
}
refused-refund-online = Was online bezahlt wurde, wird online erstattet. Zahlen Sie nichts aus.
refused-booking-closed = Diese Vorstellung wird online nicht mehr verkauft. Fragen Sie an der Kasse.
refused-changes-closed = Karten dieser Vorstellung lassen sich online nicht mehr ändern. Fragen Sie an der Kasse.
refused-while-held = { $reason } Manche Plätze sind nur für andere reserviert: die nächsten sind um { $time } wieder frei, falls sie nicht gekauft werden.
refused-too-many-held = Zurzeit sind sehr viele Plätze dieser Vorstellung für andere reserviert. Versuchen Sie es in einigen Minuten noch einmal.
refused-hold-lapsed = Die Zeit ist um, und die Plätze sind nicht mehr reserviert. Wählen Sie noch einmal Plätze.
refused-hold-released = Diese Plätze wurden aufgegeben. Wählen Sie noch einmal Plätze.
refused-hold-confirmed = Diese Plätze sind schon gebucht. Sehen Sie die Karten an; dort können Sie sie stornieren oder umbuchen.
refused-hold-limit = Die Plätze sind bis { $until } reserviert, länger geht es nicht. Schließen Sie bis dahin ab, oder wählen Sie noch einmal Plätze.
refused-box-office-only = Karten dieser Vorstellung gibt es nur an der Kasse.
refused-too-many-tickets = { $limit ->
    [one] Eine Person darf 1 Karte dieser Vorstellung haben. Wählen Sie eine andere Vorstellung, oder fragen Sie an der Kasse.
   *[other] Eine Person darf { $limit } Karten dieser Vorstellung haben. Wählen Sie weniger, oder fragen Sie an der Kasse.
}
refused-not-booked = { $status ->
    [Canceled] Diese Karte wurde storniert oder umgebucht. Sehen Sie die Buchung noch einmal an.
    [Expired] Diese Karte ist verfallen, denn ihre Vorstellung ist vorbei.
   *[other] Diese Karte ist im Archiv und ändert sich nicht mehr.
}
refused-same-slot = Die Karten sind schon für diese Vorstellung. Wählen Sie andere Plätze oder eine andere Vorstellung.
refused-key-reused = Dieses Formular wurde schon einmal mit anderen Angaben gesendet. Öffnen Sie die Seite noch einmal, und senden Sie es neu.
refused-too-many-keys = Es kann { $limit } Schlüssel geben, und es gibt so viele. Widerrufen Sie zuerst einen.
refused-label-taken = Ein anderer Schlüssel hat diese Bezeichnung. Wählen Sie eine andere.
failed-busy = Andere haben gerade dasselbe geändert, oder sehr viele möchten zugleich etwas. Nichts wurde geändert; versuchen Sie es gleich noch einmal.
failed-full = Der Server hat keinen Platz für Änderungen. Nichts wurde geändert; versuchen Sie es später noch einmal, oder fragen Sie an der Kasse.
failed-unknown = Es ist nicht sicher, ob das geklappt hat. Senden Sie dasselbe Formular noch einmal: Es wirkt nur einmal.
failed-server = Der Server hat einen Fehler. Nichts wurde geändert; versuchen Sie es später noch einmal, oder fragen Sie an der Kasse.
failed-payment-refused = Der Zahlungsdienst nimmt diese Zahlung nicht an. Niemand hat bezahlt; kaufen Sie die Karten an der Kasse.
failed-payment-unavailable = Der Zahlungsdienst ist nicht erreichbar. Niemand hat bezahlt, und die Plätze sind weiter reserviert; versuchen Sie es gleich noch einmal.
invalid-user-name = Geben Sie einen Namen mit 1 bis 100 Zeichen an.
invalid-phone = Geben Sie eine Telefonnummer mit 3 bis 15 Ziffern an, gern mit + und Landesvorwahl.
invalid-slot-name = Geben Sie einen Titel mit 1 bis 200 Zeichen an.
invalid-slot-description = Geben Sie eine Beschreibung mit höchstens 2000 Zeichen an.
invalid-auditorium-name = Geben Sie einen Namen mit 1 bis 100 Zeichen an.
invalid-auditorium = Wählen Sie einen Saal, der zu dieser Vorstellung passt.
invalid-zone = Wählen Sie einen Bereich des Saals.
invalid-seats = Wählen Sie jeden Platz einmal, und nicht mehr als möglich: online 10, an der Kasse 32.
invalid-num-tickets = Wählen Sie eine andere Zahl von Karten: mindestens 1, online höchstens 10, an der Kasse in einem Saal höchstens 32.
invalid-accessible = Geben Sie höchstens so viele Rollstühle an wie Karten.
invalid-single-seats = Nur die Kasse darf einzelne Plätze frei lassen. Wählen Sie andere Plätze, oder fragen Sie dort.
invalid-block = Nur die Kasse verkauft gesperrte Plätze. Wählen Sie andere Plätze, oder fragen Sie dort.
invalid-ticket-types = Wählen Sie für jeden Platz eine Karte, die es dort gibt: so viele Karten wie Plätze.
invalid-ticket-type = Geben Sie einer Kartenart einen Namen mit 1 bis 40 Zeichen.
invalid-promotion-code = Ein Code hat 3 bis 40 Buchstaben, Ziffern und Bindestriche, und die Vorstellung muss Preise haben. Prüfen Sie den Code, oder lassen Sie ihn weg.
invalid-reason = Geben Sie einen Grund mit 1 bis 200 Zeichen an.
invalid-payment-reference = Geben Sie eine Notiz mit 1 bis 100 Zeichen an, oder lassen Sie sie weg.
invalid-payment-method = Wählen Sie bar oder Kartenterminal, wo etwas zu zahlen ist. Sonst wählen Sie nichts.
invalid-nothing-to-pay = Es ist nichts zu zahlen. Bestätigen Sie stattdessen die Karten.
invalid-price-list = Diese Preisliste passt nicht zur Vorstellung und ihren Bereichen. Wählen Sie eine andere, oder ändern Sie sie. Im Einzelnen, auf Englisch: { $reason }
invalid-price-list-name = Geben Sie einen Namen mit 1 bis 100 Zeichen an.
invalid-prices = Geben Sie 1 bis 200 Preise von höchstens 20 Kartenarten an, einen je Art und Bereich. Im Einzelnen, auf Englisch: { $reason }
invalid-amount = Geben Sie einen Betrag an, der nicht zu groß ist, etwa 12,50.
invalid-currency = Geben Sie den Code einer Währung an, etwa EUR.
invalid-tax-rate = Geben Sie einen Steuersatz von 0 bis 100 Prozent mit höchstens zwei Nachkommastellen an.
invalid-percent = Geben Sie 1 bis 100 Prozent an.
invalid-uses = Geben Sie eine Zahl von Verwendungen von 1 bis 1.000.000 an, oder lassen Sie sie weg.
invalid-valid-until = Geben Sie ein Ende nach dem Anfang an, oder lassen Sie es weg.
invalid-start-time = Geben Sie ein Datum und eine Uhrzeit an, die es an diesem Tag gibt.
invalid-end-time = Geben Sie ein Ende an, das noch bevorsteht, nach dem Beginn und höchstens 24 Stunden später.
invalid-capacity = Geben Sie 1 bis 100.000 Plätze an.
invalid-turnaround = Geben Sie 0 bis 240 Minuten an.
invalid-plan = Das ist kein Plan. Im Einzelnen, auf Englisch: { $reason }
invalid-released-at = Geben Sie eine Zeit an, die noch bevorsteht, vor dem Ende der Vorstellung; in Minuten vor dem Beginn höchstens 100.000.
invalid-until = Geben Sie ein Ende nach dem Anfang an, und nicht zu lange danach.
invalid-label = Geben Sie eine Bezeichnung aus 1 bis 64 Buchstaben, Ziffern und Zeichen wie - ohne Leerzeichen an, die nicht wie der Name eines Schlüssels aussieht.
invalid-key = Das ist kein Schlüssel. Kopieren Sie ihn noch einmal, so wie er gezeigt wurde.
invalid-sales = Öffnen oder schließen Sie den Verkauf. Abgesagt wird eine Vorstellung auf ihrer eigenen Seite.
invalid-cursor = Diese Liste hat sich geändert. Beginnen Sie auf ihrer ersten Seite.
invalid-choice = Wählen Sie aus der Liste.
invalid-other = Eine Angabe passt nicht. Im Einzelnen, auf Englisch: { $reason }
