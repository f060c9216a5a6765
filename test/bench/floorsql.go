package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// The statements of the drivers of SQL, with ? for the parameters. A read of memories needs no texts, so an index that
// covers it answers it, as it does for spacey.
const (
	floorEventColumns = `user_id, seq, id, kind, card_id, deck_id, session_id, rating, started_at, finished_at, recorded_at,
		answered_at, day, zone, rollover, buttons, schedule_version, fuzz, undoes, due_day, imported_stability, imported_difficulty,
		imported_due, imported_reps, imported_lapses, asked_phase, asked_interval, asked_recall, latest, after_phase, after_step,
		after_stability, after_difficulty, after_due, after_last_review, after_last_day, after_reps, after_lapses, after_seq`
	floorUpdate = `UPDATE cards SET phase = ?, step = ?, stability = ?, difficulty = ?, due = ?, last_review = ?, last_day = ?,
		reps = ?, lapses = ?, seq = ? WHERE user_id = ? AND id = ?`
	floorMemories = `SELECT id, deck_id, suspended, phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq
		FROM cards WHERE user_id = ? AND deck_id = ?`
	floorFacts = `SELECT seq, kind, deck_id, rating, started_at, finished_at, answered_at, day, zone, undoes,
		asked_phase, asked_interval, asked_recall FROM review_events WHERE user_id = ? ORDER BY seq`
)

// floorInsert inserts an event.
var floorInsert = "INSERT INTO review_events (" + floorEventColumns + ") VALUES (?" +
	strings.Repeat(", ?", strings.Count(floorEventColumns, ",")) + ")"

// numbered returns a statement with $1, $2 ... for the parameters.
func numbered(statement string) string {
	parts := strings.Split(statement, "?")
	for i := range parts[1:] {
		parts[i] += fmt.Sprint("$", i+1)
	}
	return strings.Join(parts, "")
}

// insertValues returns the parameters of floorInsert. at returns a time that is not zero as a driver stores it.
func insertValues(e *domain.Event, at func(time.Time) any) []any {
	return append([]any{
		string(e.User), e.Seq, string(e.ID), string(e.Kind), string(e.Card), string(e.Deck), string(e.Session), int64(e.Rating),
		at(e.StartedAt), at(e.FinishedAt), at(e.RecordedAt), at(e.AnsweredAt), int64(e.Day), e.Zone, int64(e.Rollover),
		int64(e.Buttons), int64(e.ScheduleVersion), e.Fuzz, string(e.Undoes), int64(e.DueDay), e.Imported.Stability,
		e.Imported.Difficulty, nil, int64(e.Imported.Reps), int64(e.Imported.Lapses), string(e.Asked.Phase), int64(e.Asked.Interval),
		e.Asked.Recall, at(e.Latest),
	}, memoryValues(&e.After, at)...)
}

// updateValues returns the parameters of floorUpdate.
func updateValues(e *domain.Event, at func(time.Time) any) []any {
	return append(memoryValues(&e.After, at), string(e.User), string(e.Card))
}

func memoryValues(m *domain.Memory, at func(time.Time) any) []any {
	return []any{
		string(m.Phase), int64(m.Step), m.Stability, m.Difficulty, at(m.Due), at(m.LastReview), int64(m.LastDay), int64(m.Reps),
		int64(m.Lapses), m.Seq,
	}
}
