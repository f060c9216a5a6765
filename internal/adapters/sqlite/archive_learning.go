package sqlite

import (
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	archivedDecks query = "SELECT " + deckColumns + `, deleted_at FROM decks WHERE user_id = ? AND id > ?
		ORDER BY id LIMIT ?`
	putDeck query = "INSERT INTO decks (" + deckColumns + `, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, description = excluded.description, color = excluded.color,
		published_at = excluded.published_at, created_at = excluded.created_at, updated_at = excluded.updated_at,
		rev = excluded.rev, deleted_at = excluded.deleted_at`
	removeDecks query = "DELETE FROM decks WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"

	archivedCardColumns = cardColumns + ", suspended, phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq"

	archivedCards query = "SELECT " + archivedCardColumns + " FROM cards WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?"
	putCard       query = "INSERT INTO cards (" + archivedCardColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, id) DO UPDATE SET deck_id = excluded.deck_id, question = excluded.question, answer = excluded.answer,
		created_at = excluded.created_at, updated_at = excluded.updated_at, rev = excluded.rev, suspended = excluded.suspended,
		phase = excluded.phase, step = excluded.step, stability = excluded.stability, difficulty = excluded.difficulty,
		due = excluded.due, last_review = excluded.last_review, last_day = excluded.last_day, reps = excluded.reps,
		lapses = excluded.lapses, seq = excluded.seq`
	removeCards query = "DELETE FROM cards WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"

	settingsColumns = `time_zone, rollover_hour, new_per_day, reviews_per_day, decks, leech_threshold, leech_action,
		load_balancing, schedules, pending, updated_at, rev, user_id`

	// An owner has one row of settings, whose key is the owner.
	archivedSettings query = "SELECT " + settingsColumns + " FROM learning_settings WHERE user_id = ? AND user_id > ? LIMIT ?"
	putSettings      query = "INSERT INTO learning_settings (" + settingsColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET time_zone = excluded.time_zone, rollover_hour = excluded.rollover_hour,
		new_per_day = excluded.new_per_day, reviews_per_day = excluded.reviews_per_day, decks = excluded.decks,
		leech_threshold = excluded.leech_threshold, leech_action = excluded.leech_action, load_balancing = excluded.load_balancing,
		schedules = excluded.schedules, pending = excluded.pending, updated_at = excluded.updated_at, rev = excluded.rev`
	removeSettings query = "DELETE FROM learning_settings WHERE user_id = ? AND user_id IN (SELECT value FROM json_each(?))"

	archivedLearningSessions query = `SELECT user_id, id, deck_id, started_at, finished_at FROM learning_sessions
		WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?`
	putLearningSession query = insertLearningSession + ` ON CONFLICT (user_id, id) DO UPDATE SET deck_id = excluded.deck_id,
		started_at = excluded.started_at, finished_at = excluded.finished_at`
	removeLearningSessions query = "DELETE FROM learning_sessions WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"
)

func archivedDeckFields(d *ports.ArchivedDeck) []any {
	return append(deckFields(&d.Deck), instant{&d.DeletedAt})
}

func archivedDeckValues(owner domain.UserID, d *ports.ArchivedDeck) []any {
	return []any{
		owner, d.ID, d.Name, d.Description, d.Color, millis(d.PublishedAt), millis(d.CreatedAt), millis(d.UpdatedAt), d.Rev,
		millis(d.DeletedAt),
	}
}

func archivedCardFields(c *ports.ArchivedCard) []any {
	return append(append(cardFields(&c.Card), &c.Suspended), memoryFields(&c.Memory)...)
}

func archivedCardValues(owner domain.UserID, c *ports.ArchivedCard) []any {
	return append([]any{
		owner, c.Deck, c.ID, c.Question, c.Answer, millis(c.CreatedAt), millis(c.UpdatedAt), c.Rev, c.Suspended,
	}, memoryValues(&c.Memory)...)
}

func archivedSettingsFields(s *domain.Settings) []any {
	return append(settingsFields(s), (*string)(&s.Owner))
}

// archivedSettingsValues returns the settingsColumns of settings, which end with their owner.
func archivedSettingsValues(_ domain.UserID, s *domain.Settings) []any { return settingsValues(s) }

func learningSessionFields(l *domain.LearningSession) []any {
	return []any{(*string)(&l.Owner), (*string)(&l.ID), (*string)(&l.Deck), instant{&l.StartedAt}, instant{&l.FinishedAt}}
}

func learningSessionValues(owner domain.UserID, l *domain.LearningSession) []any {
	return []any{owner, l.ID, l.Deck, millis(l.StartedAt), millis(l.FinishedAt)}
}
