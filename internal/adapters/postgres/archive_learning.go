package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	archivedDecks query = "SELECT " + deckColumns + ", deleted_at FROM decks WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"
	putDeck       query = "INSERT INTO decks (" + deckColumns + `, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, description = excluded.description, color = excluded.color,
		published_at = excluded.published_at, created_at = excluded.created_at, updated_at = excluded.updated_at,
		rev = excluded.rev, deleted_at = excluded.deleted_at`
	removeDecks query = "DELETE FROM decks WHERE user_id = $1 AND id = ANY($2)"

	archivedCardColumns = cardColumns + ", suspended, phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq"

	archivedCards query = "SELECT " + archivedCardColumns + " FROM cards WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"
	putCard       query = "INSERT INTO cards (" + archivedCardColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		ON CONFLICT (user_id, id) DO UPDATE SET deck_id = excluded.deck_id, question = excluded.question, answer = excluded.answer,
		created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev, suspended = excluded.suspended,
		phase = excluded.phase, step = excluded.step, stability = excluded.stability, difficulty = excluded.difficulty,
		due = excluded.due, last_review = excluded.last_review, last_day = excluded.last_day, reps = excluded.reps,
		lapses = excluded.lapses, seq = excluded.seq`
	removeCards query = "DELETE FROM cards WHERE user_id = $1 AND id = ANY($2)"

	// An owner has one row of settings, whose key is the owner.
	archivedSettings query = `SELECT time_zone, rollover_hour, new_per_day, reviews_per_day, decks, leech_threshold, leech_action,
		load_balancing, schedules, pending, updated_at, rev, user_id FROM learning_settings WHERE user_id = $1 AND user_id > $2 LIMIT $3`
	putSettings query = `INSERT INTO learning_settings (user_id, rev, time_zone, rollover_hour, new_per_day, reviews_per_day, decks,
		leech_threshold, leech_action, load_balancing, schedules, pending, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (user_id) DO UPDATE SET time_zone = excluded.time_zone, rollover_hour = excluded.rollover_hour,
		new_per_day = excluded.new_per_day, reviews_per_day = excluded.reviews_per_day, decks = excluded.decks,
		leech_threshold = excluded.leech_threshold, leech_action = excluded.leech_action, load_balancing = excluded.load_balancing,
		schedules = excluded.schedules, pending = excluded.pending, updated_at = excluded.updated_at, rev = excluded.rev`
	removeSettings query = "DELETE FROM learning_settings WHERE user_id = $1 AND user_id = ANY($2)"

	archivedLearningSessions query = `SELECT user_id, id, deck_id, started_at, finished_at FROM learning_sessions
		WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`
	putLearningSession query = insertLearningSession + ` ON CONFLICT (user_id, id) DO UPDATE SET deck_id = excluded.deck_id,
		started_at = excluded.started_at, finished_at = excluded.finished_at`
	removeLearningSessions query = "DELETE FROM learning_sessions WHERE user_id = $1 AND id = ANY($2)"
)

func archivedDeckFields(d *ports.ArchivedDeck) []any {
	return append(deckFields(&d.Deck), instant{&d.DeletedAt})
}

func archivedDeckValues(owner domain.UserID, d *ports.ArchivedDeck) []any {
	return []any{
		string(owner), string(d.ID), d.Name, d.Description, d.Color, moment(d.PublishedAt), moment(d.CreatedAt), moment(d.UpdatedAt),
		d.Rev, moment(d.DeletedAt),
	}
}

func archivedCardFields(c *ports.ArchivedCard) []any {
	return append(append(cardFields(&c.Card), &c.Suspended), memoryFields(&c.Memory)...)
}

func archivedCardValues(owner domain.UserID, c *ports.ArchivedCard) []any {
	return append([]any{
		string(owner), string(c.Deck), string(c.ID), c.Question, c.Answer, moment(c.CreatedAt), moment(c.UpdatedAt), c.Rev, c.Suspended,
	}, memoryValues(&c.Memory)...)
}

func putArchivedTerms(batch *pgx.Batch, owner domain.UserID, c *ports.ArchivedCard) {
	batch.Queue(string(putCardTerms), string(owner), string(c.ID), cardTerms(owner, c.Text()))
}

func archivedSettingsFields(s *domain.Settings) []any {
	return append(settingsFields(s), (*string)(&s.Owner))
}

func archivedSettingsValues(owner domain.UserID, s *domain.Settings) []any {
	kept := *s
	kept.Owner, kept.Decks, kept.Schedules = owner, storedDecks(s.Decks), storedSchedules(s.Schedules)
	return settingsValues(&kept, s.Rev)
}

func learningSessionFields(l *domain.LearningSession) []any {
	return []any{(*string)(&l.Owner), (*string)(&l.ID), (*string)(&l.Deck), instant{&l.StartedAt}, instant{&l.FinishedAt}}
}

func learningSessionValues(owner domain.UserID, l *domain.LearningSession) []any {
	return []any{string(owner), string(l.ID), string(l.Deck), moment(l.StartedAt), moment(l.FinishedAt)}
}
