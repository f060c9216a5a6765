package postgres

import "github.com/moshrank/spacey-backend/internal/domain"

// eventColumns are the columns of a review event, in the order of eventFields and eventValues.
const eventColumns = `user_id, seq, id, kind, card_id, deck_id, session_id, rating, started_at, finished_at, recorded_at, answered_at,
	day, zone, rollover, buttons, schedule_version, fuzz, undoes, due_day, imported_stability, imported_difficulty, imported_due,
	imported_reps, imported_lapses, asked_phase, asked_interval, asked_recall, latest, after_phase, after_step, after_stability,
	after_difficulty, after_due, after_last_review, after_last_day, after_reps, after_lapses, after_seq`

// eventFields returns where eventColumns go.
func eventFields(e *domain.Event) []any {
	return append([]any{
		(*string)(&e.User), &e.Seq, (*string)(&e.ID), (*string)(&e.Kind), (*string)(&e.Card), (*string)(&e.Deck),
		(*string)(&e.Session), (*int)(&e.Rating), instant{&e.StartedAt}, instant{&e.FinishedAt}, instant{&e.RecordedAt},
		instant{&e.AnsweredAt}, (*int32)(&e.Day), &e.Zone, &e.Rollover, &e.Buttons, &e.ScheduleVersion, &e.Fuzz,
		(*string)(&e.Undoes), (*int32)(&e.DueDay), &e.Imported.Stability, &e.Imported.Difficulty, instant{&e.Imported.Due},
		&e.Imported.Reps, &e.Imported.Lapses,
		(*string)(&e.Asked.Phase), &e.Asked.Interval, &e.Asked.Recall, instant{&e.Latest},
	}, memoryFields(&e.After)...)
}

// eventValues returns the eventColumns of an event in the owner's log.
func eventValues(owner domain.UserID, e *domain.Event) []any {
	return append([]any{
		string(owner), e.Seq, string(e.ID), string(e.Kind), string(e.Card), string(e.Deck), string(e.Session), int(e.Rating),
		moment(e.StartedAt), moment(e.FinishedAt), moment(e.RecordedAt), moment(e.AnsweredAt), int32(e.Day), e.Zone, e.Rollover,
		e.Buttons, e.ScheduleVersion, e.Fuzz, string(e.Undoes), int32(e.DueDay), e.Imported.Stability, e.Imported.Difficulty,
		moment(e.Imported.Due), e.Imported.Reps, e.Imported.Lapses,
		string(e.Asked.Phase), e.Asked.Interval, e.Asked.Recall, moment(e.Latest),
	}, memoryValues(&e.After)...)
}
