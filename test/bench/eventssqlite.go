package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// compareEventsSQLite sends answers to spacey on SQLite, and writes the same rows by the driver.
func compareEventsSQLite(ctx context.Context, l *lab) ([]comparison, error) {
	s, err := l.newStand()
	if err != nil {
		return nil, err
	}
	defer s.close()
	spacey, err := s.service(ctx, []string{"STORAGE=sqlite"}, "spacey", "serve")
	if err != nil {
		return nil, err
	}
	people, err := signUpMany(ctx, spacey.address, students, studentCards)
	if err != nil {
		return nil, err
	}
	floor, err := openSQLiteFloor(ctx, filepath.Join(s.data, "floor.db"), people)
	if err != nil {
		return nil, err
	}
	defer floor.db.Close()
	return s.against(ctx, target{atLeast: eventTarget},
		column{"SQLite by the driver: event and memory in a transaction, one writer, synchronous FULL", floor.work},
		column{"POST /learning/event of spacey serve on SQLite", answering(spacey.address, people).work})
}

// sqliteFloor writes events and memories by the driver alone.
type sqliteFloor struct {
	db             *sql.DB
	insert, update *sql.Stmt
	writes         *floorWrites
}

const (
	floorInsert = `INSERT INTO review_events (user_id, seq, id, kind, card_id, deck_id, session_id, rating, started_at, finished_at,
		recorded_at, answered_at, day, zone, rollover, buttons, schedule_version, fuzz, undoes, due_day, imported_stability,
		imported_difficulty, imported_due, imported_reps, imported_lapses, latest, after_phase, after_step, after_stability,
		after_difficulty, after_due, after_last_review, after_last_day, after_reps, after_lapses, after_seq)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	floorUpdate = `UPDATE cards SET phase = ?, step = ?, stability = ?, difficulty = ?, due = ?, last_review = ?, last_day = ?,
		reps = ?, lapses = ?, seq = ? WHERE user_id = ? AND id = ?`
)

// openSQLiteFloor makes a database with spacey's schema and the people's cards, and opens it as durably as spacey does.
func openSQLiteFloor(ctx context.Context, path string, people []*person) (*sqliteFloor, error) {
	store, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	err = store.Migrate(ctx)
	if err == nil {
		err = copyPeople(ctx, store.Ports(), people)
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	options := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"}}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	f := &sqliteFloor{db: db, writes: newFloorWrites(people)}
	if f.insert, err = db.PrepareContext(ctx, floorInsert); err == nil {
		f.update, err = db.PrepareContext(ctx, floorUpdate)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return f, nil
}

func (f *sqliteFloor) work(ctx context.Context, d time.Duration) (float64, error) {
	unwatched := context.WithoutCancel(ctx) // the driver starts a goroutine a call for a context that may end
	return inParallel(ctx, d, func(client int) error {
		ctx, event := unwatched, f.writes.next(client)
		tx, err := f.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := f.write(ctx, tx, &event); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	})
}

func (f *sqliteFloor) write(ctx context.Context, tx *sql.Tx, e *domain.Event) error {
	m := &e.After
	_, err := tx.StmtContext(ctx, f.insert).ExecContext(ctx, string(e.User), e.Seq, string(e.ID), string(e.Kind), string(e.Card),
		string(e.Deck), string(e.Session), int64(e.Rating), e.StartedAt.UnixMilli(), e.FinishedAt.UnixMilli(), e.RecordedAt.UnixMilli(),
		e.AnsweredAt.UnixMilli(), int64(e.Day), e.Zone, e.Rollover, e.Buttons, e.ScheduleVersion, e.Fuzz,
		string(e.Undoes), int64(e.DueDay), e.Imported.Stability, e.Imported.Difficulty, e.Imported.Reps, e.Imported.Lapses,
		e.Latest.UnixMilli(), string(m.Phase), m.Step, m.Stability, m.Difficulty, m.Due.UnixMilli(), m.LastReview.UnixMilli(),
		int64(m.LastDay), m.Reps, m.Lapses, m.Seq)
	if err != nil {
		return err
	}
	_, err = tx.StmtContext(ctx, f.update).ExecContext(ctx, string(m.Phase), m.Step, m.Stability, m.Difficulty, m.Due.UnixMilli(),
		m.LastReview.UnixMilli(), int64(m.LastDay), m.Reps, m.Lapses, m.Seq, string(e.User), string(e.Card))
	return err
}
