//! The contract of a store: what everything that implements [`Store`](ticketly_domain::Store) must do, as one test a
//! sentence, and a model to replay random operations against.
//!
//! # Contract
//!
//! A crate that has a store of its own takes this one as a dev-dependency, with `tokio` (features `macros` and
//! `rt-multi-thread`), and runs everything by one line in a test:
//!
//! ```ignore
//! use my_crate::OwnStore;
//! use ticketly_store_contract::{Subject, contract};
//!
//! contract!(in_memory, Subject::resident(OwnStore::default()));
//! ```
//!
//! The expression makes a [`Subject`] and may `.await`. It is evaluated for each case, and each must get an empty store: a
//! folder, a table or a schema of its own. [`Subject::opened`] takes a function that opens the store, and opens it again
//! where a case closes it.
//!
//! Every case holds for every store. There are no exceptions and no capability flags: a store that needs one is wrong, or
//! the contract is. `docs/adding-a-store.md` says what is easily missed, and `examples/own_store` is a whole store.
//!
//! Tests of one store alone may use the world of the cases, a [`Cinema`], too.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is how a contract speaks"
)]
#![expect(missing_docs, reason = "a case's name is its sentence")]

mod archival;
mod auditoriums;
pub mod bank;
mod blocks;
mod booking;
mod cancel;
mod cancellations;
mod cinema;
mod corrections;
mod expiry;
mod holds;
mod holds_kept;
mod holds_racing;
mod idempotency;
mod idempotency_racing;
mod installation;
mod keys;
mod listing;
mod many;
pub mod model;
mod money;
mod moving;
mod online;
mod outcomes;
mod parties;
mod price_lists;
mod promotions;
mod reseatings;
mod sales;
mod seats;
mod seats_racing;
mod shop;
mod subject;
mod tickets;
mod totals;

pub use cinema::{
    Cinema, Everything, NOW, SHOW_END, SHOW_START, draft, hall, named, priced_draft, prices, request, seated_draft,
    seats_of,
};
pub use subject::Subject;

/// Names every case once, and hands the names to another macro. A case that is missing here is dead code, which the
/// compiler reports.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_case {
    ($then:path $(, $argument:expr)*) => {
        $then! { [$($argument),*]
            archival {
                canceled_and_expired_tickets_are_archived_after_90_days,
                a_booked_ticket_is_never_archived,
                the_tickets_of_a_booking_are_archived_each_in_its_time,
                archival_gives_no_seat_back_and_happens_once,
                archival_goes_on_in_small_steps_until_nothing_is_left,
                four_archivists_at_once_archive_each_ticket_once,
                an_archived_ticket_is_neither_canceled_nor_moved,
                a_moved_ticket_keeps_its_successor_in_the_archive,
            }
            auditoriums {
                an_auditorium_is_kept_with_every_version_of_its_plan,
                racing_plans_each_get_a_version_of_their_own,
                a_slot_keeps_the_plan_that_it_was_scheduled_with,
                two_showings_never_share_an_auditorium,
                of_racing_schedulers_one_gets_the_auditorium,
                a_timetable_shows_what_occupies_an_auditorium,
                slots_with_and_without_a_plan_are_listed_together,
                tickets_with_and_without_seats_are_listed_together,
            }
            price_lists {
                a_price_list_is_kept_with_every_version_of_its_prices,
                racing_prices_each_get_a_version_of_their_own,
                there_are_limits_to_price_lists_and_their_versions,
                a_slot_keeps_the_prices_that_it_got,
                a_slot_becomes_free_or_gets_prices_until_it_is_booked,
                prices_must_fit_the_seats,
                a_slot_with_prices_is_not_booked_without_payment,
                no_ticket_moves_into_a_slot_with_prices,
                by_name_and_start_a_free_slot_is_booked_before_one_with_prices,
                of_racing_buyers_and_prices_one_comes_first,
                a_held_slot_stays_free_until_the_hold_lapses,
                by_name_and_start_lapsed_seats_are_booked_before_those_with_prices,
            }
            seats {
                seats_are_booked_as_they_are_named,
                a_taken_seat_is_refused_with_the_nearest_free_ones,
                the_best_seats_are_beside_each_other,
                a_party_sits_apart_only_if_it_may,
                a_choice_that_leaves_a_single_seat_is_refused,
                the_box_office_may_leave_single_seats,
                places_for_wheelchairs_are_kept_for_them,
                places_for_wheelchairs_are_released_at_last,
                places_for_wheelchairs_are_released_with_their_zone,
                a_zone_is_searched_alone,
                seats_that_do_not_exist_are_refused,
                a_canceled_seat_is_free_exactly_once,
                a_moved_ticket_frees_its_seat,
                by_name_and_start_the_best_seats_come_from_the_first_slot,
                a_repeated_booking_gets_the_seats_of_the_first,
                no_seat_is_sold_once_expiry_has_closed_the_slot,
            }
            money {
                money_adds_up_whatever_people_do_and_the_bank_fails,
            }
            online {
                a_buyer_pays_online_and_the_money_is_captured,
                without_a_notification_the_bank_is_asked,
                who_does_not_pay_loses_the_seats_and_no_money,
                after_a_declined_payment_another_can_be_made,
                who_pays_late_gets_the_same_seats,
                who_pays_late_gets_equally_good_seats,
                who_pays_late_and_finds_no_seats_pays_nothing,
                who_pays_late_pays_the_discounted_price_without_another_use,
                a_hold_that_the_box_office_sold_is_not_paid_online_too,
                another_sum_than_ordered_is_released,
                an_order_that_fails_is_ordered_again,
                without_a_provider_nothing_is_paid_online,
                what_cannot_be_captured_is_listed_as_unpaid,
                what_was_paid_online_is_paid_back_online,
                a_refund_of_what_nobody_captured_is_one_of_the_till,
                racing_notifications_jobs_and_releases_sell_once_or_not_at_all,
                several_bookings_at_once_are_paid_by_their_own_payments,
            }
            parties {
                a_whole_booking_moves_in_one_step,
                some_tickets_of_a_booking_move_to_named_seats,
                a_moved_wheelchair_gets_a_place_again,
                a_ticket_changes_its_seat_within_its_slot,
                a_party_may_keep_some_of_its_seats,
                a_whole_booking_is_canceled_in_one_step,
                tickets_of_another_booking_are_unknown,
                a_repeated_change_of_a_booking_is_answered_as_the_first,
                racing_moves_of_a_booking_make_one_new_booking,
            }
            seats_racing {
                of_three_hundred_buyers_of_one_seat_one_gets_it,
                of_a_thousand_buyers_three_hundred_get_the_best_seats,
                racing_buyers_of_the_best_seats_sell_the_hall_out,
                two_buyers_together_leave_no_single_seat,
                racing_choices_were_allowed_one_after_another,
                moves_and_cancels_race_with_buyers_of_seats,
                racing_bookings_with_one_key_take_seats_once,
            }
            blocks {
                a_blocked_seat_is_not_sold_until_its_block_is_deleted,
                what_cannot_be_blocked_is_refused,
                a_slot_has_at_most_a_hundred_blocks,
                the_box_office_sells_into_a_block_by_naming_it,
                by_name_and_start_a_block_tells_the_slot,
                a_booking_from_a_block_is_repeated_and_canceled_as_any,
                tickets_move_into_a_block,
                a_block_is_released_in_time,
                what_was_sold_from_a_block_is_not_released,
                a_sweep_releases_the_blocks_of_many_slots,
                blocks_keep_a_slot_where_and_when_it_is,
                blocks_race_with_buyers,
                sales_from_a_block_race_with_its_release,
                buyers_racing_when_a_block_is_due_get_its_seats,
                blocks_of_several_slots_are_due_for_one_booking,
                corrections_race_with_sales_from_a_block,
            }
            holds {
                a_hold_becomes_a_booking_of_the_same_identifier,
                a_hold_is_no_ticket_until_it_is_confirmed,
                a_hold_lapses_when_its_time_is_over,
                seats_of_a_lapsed_hold_are_booked_by_number,
                seats_of_a_lapsed_hold_are_booked_by_name,
                the_best_seats_are_those_of_a_lapsed_hold,
                by_name_and_start_a_lapsed_hold_makes_room,
                a_ticket_moves_to_the_seat_of_a_lapsed_hold,
                the_seats_of_a_lapsed_hold_are_blocked,
                seats_of_many_lapsed_holds_make_room_for_one_booking,
                a_refusal_tells_when_the_next_hold_lapses,
                a_hold_is_extended_up_to_half_an_hour,
                an_extended_hold_lapses_later,
                a_released_hold_frees_its_seats_once,
                a_hold_is_confirmed_by_one_person,
                a_confirmed_hold_is_a_booking_as_any,
                repeated_requests_for_a_hold_are_answered_as_the_first,
                another_request_with_the_key_of_a_hold_is_refused,
                a_hold_needs_its_secret,
                a_hold_ends_with_its_showing,
            }
            holds_kept {
                a_sweep_lapses_the_holds_of_many_slots,
                the_held_seats_of_a_slot_are_listed,
                a_slot_has_at_most_a_share_of_its_seats_held,
                ended_holds_neither_expire_nor_archive,
                a_hold_is_counted_once_until_it_ends,
                ended_holds_do_not_end_a_list_of_tickets,
                a_limited_booking_with_a_key_is_answered_again,
                a_repeated_request_for_a_deleted_hold_says_so,
                ended_holds_do_not_keep_a_slot_where_and_when_it_is,
                one_person_books_a_limited_number_of_tickets,
                the_box_office_may_be_the_only_one_that_books,
                holds_stay_over_a_restart,
            }
            holds_racing {
                of_racing_buyers_of_a_lapsed_hold_one_gets_its_seats,
                confirming_races_with_buyers_of_the_lapsed_seats,
                confirming_races_with_releasing,
                extending_races_with_lapsing,
                of_two_racing_people_one_confirms_a_hold,
                racing_holds_never_hold_a_seat_twice,
                holds_that_lapse_in_a_crowd_are_sold_once,
                racing_confirmations_with_one_key_confirm_once,
            }
            promotions {
                promotions_are_listed_and_changed,
                a_code_discounts_what_is_held_sold_and_paid_back,
                what_costs_nothing_after_the_discount_needs_no_payment,
                a_code_that_does_not_apply_is_refused_as_an_unknown_one,
                a_released_hold_gives_its_use_back_once,
                a_lapsed_hold_gives_its_use_back_once,
                a_buyer_who_takes_the_seats_of_lapsed_holds_gives_their_uses_back,
                a_correction_of_a_slot_gives_the_uses_of_its_lapsed_holds_back,
                a_repetition_with_the_same_key_uses_a_code_once,
                racing_holds_and_sales_never_overdraw_a_code,
                an_administrator_changes_a_code_while_it_is_used,
                a_moved_ticket_keeps_its_price_and_takes_no_use,
            }
            sales {
                a_hold_has_the_prices_of_its_seats,
                ticket_types_must_fit_the_seats_and_the_prices,
                other_prices_change_no_held_or_sold_ticket,
                a_hold_with_prices_is_confirmed_at_the_till,
                the_box_office_books_and_takes_the_money,
                what_costs_nothing_needs_no_payment,
                canceled_tickets_are_refunded_by_the_rule,
                the_till_pays_refunds_and_they_are_listed,
                racing_cancels_refund_each_ticket_once,
                a_moved_ticket_keeps_its_price_and_its_payment,
                a_moved_ticket_keeps_the_earlier_end_of_refunds,
                a_started_payment_extends_the_hold_once,
                an_authorised_payment_confirms_its_hold,
            }
            booking {
                a_booking_is_kept_as_it_was_answered,
                a_booking_is_shown_only_to_who_knows_its_secret,
                a_booking_takes_all_its_seats_or_none,
                fifty_racing_buyers_of_twenty_seats_get_exactly_twenty,
                one_of_ten_racing_buyers_gets_the_last_eight_seats,
                by_name_and_start_the_first_slot_that_fits_is_booked,
                racing_bookings_by_name_and_start_fill_every_slot,
                a_refusal_tells_the_most_seats_that_one_slot_has_left,
                an_unknown_slot_is_not_sold,
                selling_ends_in_the_moment_the_showing_ends,
                nothing_is_sold_once_expiry_has_closed_the_slot,
                by_name_and_start_a_closed_slot_is_passed_over,
                twenty_racing_first_bookings_of_a_person_make_one_user,
                a_user_is_kept_as_given_and_another_number_is_another_user,
                a_taken_booking_number_is_refused,
                of_eight_racing_bookings_of_one_number_one_is_made,
                a_taken_number_makes_the_use_case_mint_another,
                the_box_office_books_longer_than_the_public,
                a_booking_without_a_person_is_kept,
                a_slot_is_not_scheduled_over_another,
                a_taken_slot_identifier_makes_the_use_case_mint_another,
            }
            cancel {
                a_canceled_ticket_frees_its_seat_exactly_once,
                sixteen_racing_cancels_of_a_ticket_free_one_seat,
                racing_cancels_of_the_tickets_of_one_booking_lose_none,
                an_unknown_ticket_is_not_canceled,
                a_freed_seat_is_sold_again,
                the_box_office_cancels_longer_than_the_public,
                cancels_racing_with_buyers_neither_lose_nor_invent_seats,
            }
            cancellations {
                a_canceled_slot_sells_nothing,
                a_canceled_slot_is_not_changed,
                by_name_and_start_a_canceled_slot_is_passed_over,
                every_ticket_of_a_canceled_slot_is_paid_back_in_full,
                a_canceled_slot_frees_its_auditorium,
                a_hold_of_a_canceled_slot_is_not_confirmed,
                who_cancels_a_ticket_of_a_canceled_slot_is_paid_back_in_full,
                what_was_paid_online_is_due_online,
                a_slot_is_canceled_until_expiry_closes_it,
                expiry_passes_a_canceled_slot_over,
                people_to_call_come_in_pages,
                bookings_race_with_a_cancellation,
                racing_jobs_cancel_each_booking_once,
                a_job_that_stops_anywhere_is_continued,
                racing_cancellations_begin_once,
            }
            reseatings {
                a_moved_slot_takes_its_bookings_along,
                a_moved_slot_frees_its_auditorium_and_takes_the_other,
                a_slot_is_not_moved_anywhere,
                a_plan_of_a_move_changes_nothing,
                what_does_not_fit_stays_and_can_be_canceled,
                a_move_never_costs_the_buyer,
                a_slot_that_was_not_sold_is_not_sold_after_its_move,
                a_moving_job_that_stops_anywhere_is_continued,
                racing_jobs_and_holders_move_each_ticket_once,
                bookings_race_with_a_move,
            }
            corrections {
                a_slot_that_nobody_booked_is_corrected_everywhere,
                a_booked_slot_keeps_its_showing,
                a_closed_sale_sells_nothing_and_keeps_its_tickets,
                by_name_and_start_a_closed_sale_is_passed_over,
                reopening_does_not_reopen_what_expiry_closed,
                a_corrected_showing_needs_its_auditorium_free,
                corrections_race_with_buyers,
            }
            expiry {
                tickets_expire_8_hours_after_the_end_and_not_before,
                only_booked_tickets_expire,
                expiry_happens_once,
                expiry_closes_slots_without_bookings_too,
                expiry_goes_on_in_small_steps_until_nothing_is_left,
                two_sweepers_at_once_expire_each_ticket_once,
                while_tickets_expire_other_slots_are_booked,
                an_expired_ticket_is_neither_canceled_nor_moved,
                a_cancel_that_races_with_expiry_comes_before_or_after_it,
            }
            installation {
                the_first_installation_key_is_kept,
                racing_installations_agree_on_one_key,
                a_person_is_the_same_user_after_a_restart,
                everything_is_there_after_a_restart,
                a_store_that_is_open_is_ready,
            }
            keys {
                a_key_is_found_as_it_was_added_and_by_no_other_hash,
                a_role_has_as_many_keys_as_are_wanted,
                a_key_that_is_added_again_is_there_once,
                racing_keys_do_not_exceed_the_limit,
                racing_keys_of_one_label_leave_one,
                a_revoked_key_is_found_no_more,
                an_unknown_key_is_not_revoked,
                keys_are_listed_oldest_first,
                the_last_hour_of_use_is_noted_and_no_earlier_one,
                a_use_of_a_revoked_key_leaves_no_trace,
                keys_stay_over_a_restart,
            }
            listing {
                slots_are_listed_by_start_and_then_by_identifier,
                each_condition_picks_its_slots,
                all_conditions_together_must_hold,
                slots_with_enough_seats_left_are_picked_as_they_sell,
                a_page_counts_the_slots_that_were_looked_at,
                pages_of_slots_are_complete_while_slots_are_added,
                a_page_never_holds_more_than_was_asked_for,
                a_slot_is_kept_as_it_was_scheduled,
                the_slots_of_a_name_and_start_come_in_order_of_identifier,
                a_list_begins_with_what_has_not_ended,
            }
            many {
                failing_jobs_do_not_fail_their_neighbours,
                a_busy_afternoon_leaves_every_seat_accounted_for,
            }
            moving {
                a_move_makes_a_new_ticket_and_cancels_the_old_one,
                the_other_tickets_of_a_booking_stay_when_one_moves,
                a_move_into_a_full_slot_leaves_everything_as_it_was,
                a_ticket_is_not_moved_to_where_it_is,
                by_name_and_start_a_ticket_moves_to_another_slot,
                an_unknown_ticket_is_not_moved,
                only_a_booked_ticket_is_moved,
                no_ticket_moves_out_of_or_into_an_ended_showing,
                a_ticket_is_moved_back_and_forth,
                eight_racing_moves_of_a_ticket_make_one_new_ticket,
                a_move_that_races_with_a_cancel_comes_before_or_not_at_all,
                two_tickets_do_not_swap_between_full_slots,
                tickets_bouncing_between_two_slots_never_oversell_them,
                movers_and_buyers_race_for_the_last_seats,
                a_move_whose_number_is_taken_changes_nothing,
                a_taken_number_makes_a_move_mint_another,
                the_box_office_moves_longer_than_the_public,
                the_target_of_a_move_sells_as_it_sells_to_who_books,
            }
            idempotency {
                a_repeated_booking_is_answered_as_the_first_was,
                a_repeated_move_is_answered_as_the_first_was,
                a_repeated_cancel_is_answered_as_the_first_was,
                a_repetition_is_answered_before_any_other_rule_is_asked,
                a_repeated_booking_by_name_and_start_stays_in_its_slot,
                a_repeated_second_cancel_tells_when_the_first_was,
                a_repeated_move_does_not_show_a_later_move,
                another_request_with_the_same_key_is_refused,
                another_key_makes_another_booking,
                a_refused_request_leaves_no_record,
                a_cancel_that_changed_nothing_is_recorded,
                records_are_kept_for_a_day_whatever_is_swept,
            }
            idempotency_racing {
                sixteen_racing_bookings_with_one_key_make_one_booking,
                sixteen_racing_moves_with_one_key_make_one_move,
                sixteen_racing_cancels_with_one_key_free_one_seat,
                of_racing_requests_with_one_key_one_kind_happens,
                repetitions_race_with_changes_of_what_they_made,
                a_taken_number_leaves_no_record,
            }
            totals {
                a_running_slot_is_totalled_from_its_bookings,
                expiry_writes_the_final_totals,
                archived_free_tickets_are_told_apart_by_the_time,
                a_sweep_that_stops_anywhere_counts_each_booking_once,
                racing_sweeps_count_each_booking_once,
                cancels_racing_with_the_sweep_are_counted_as_they_ended,
                totals_are_listed_by_start,
            }
            tickets {
                pages_of_a_slots_tickets_are_complete_without_repeats,
                lists_by_status_are_complete_while_bookings_are_added,
                tickets_of_a_user_come_in_order_of_booking_over_all_slots,
                bookings_of_a_user_in_one_second_go_by_number,
                bookings_of_a_slot_begin_where_they_are_asked_to,
                the_holder_of_a_ticket_is_found_by_it_also_after_a_move,
                an_unknown_user_and_an_unknown_slot_are_refused,
                a_rare_status_in_a_long_list_makes_short_pages_that_end,
            }
        }
    };
}

macro_rules! name_them {
    ([] $($theme:ident { $($case:ident,)+ })+) => {
        /// The cases, by theme.
        #[doc(hidden)]
        pub mod cases {
            $(pub mod $theme { pub use crate::$theme::{$($case),+}; })+
        }
    };
}
for_each_case!(name_them);

#[doc(hidden)]
#[macro_export]
macro_rules! test_them {
    ([$subject:expr] $($theme:ident { $($case:ident,)+ })+) => {
        $(mod $theme {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    $crate::cases::$theme::$case($crate::Cinema::over($subject).await).await;
                }
            )+
        })+
        mod model {
            use super::*;
            #[test]
            fn random_operations_agree_with_it() {
                $crate::model::agree(async || $subject);
            }
        }
    };
}

/// Holds a store to the contract: makes a module of this name with a test for each case, and one that replays random
/// operations against the [`model`]. The expression makes the [`Subject`] of each; it may `.await`.
#[macro_export]
macro_rules! contract {
    ($name:ident, $subject:expr) => {
        mod $name {
            use super::*;
            $crate::for_each_case!($crate::test_them, $subject);
        }
    };
}
