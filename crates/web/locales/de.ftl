## Die Sprache

time-of-day = { $hour }:{ $minute }
decimal-separator = ,
money = { $amount }{"\u00A0"}{ $currency }
day-long = { $weekday }, { $day }. { $month }
day-with-year = { $day } { $year }
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
legend-held = gehalten, weil gerade jemand bezahlt
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
seats-held = für jemand anderen gehalten
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
refund-to-account = { $sum } kommen auf das Konto zurück, von dem Sie bezahlt haben.
refund-at-box-office = Sie erhalten { $sum } an der Kasse zurück. Bitte zeigen Sie dort diese Seite vor.
refund-none = Es wird nichts erstattet.
paid-in-cash = bar bezahlt
paid-by-card = mit Karte bezahlt
paid-online = online bezahlt
sum-discount = Rabatt { $code }
sum-total = Summe
sum-refunded = Davon erstattet

## Die Kasse

box-office-title = Kasse

## Die Leitung

manager-title = Verwaltung

## Ablehnungen
