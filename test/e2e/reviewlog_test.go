package e2e

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

type outcome struct {
	ID, Status, CardID string
	Seq                int64
	Error              *struct{ Code string }
}

// review returns an item of a batch: an answer with four buttons.
func review(cardID string, at time.Time, rating int) map[string]any {
	return map[string]any{
		"id": uuid.NewString(), "cardID": cardID, "rating": rating, "startedAt": iso(at.Add(-3 * time.Second)), "finishedAt": iso(at),
	}
}

func (c *client) reviews(items ...map[string]any) []outcome {
	c.t.Helper()
	return data[[]outcome](c.t, c.must(http.StatusOK, http.MethodPost, "/learning/reviews", items))
}

// The engine that stands in for MongoDB takes some 10 ms a document and reads the whole log for each question, so there
// the devices give fewer answers.
func TestTwoDevicesAnswerADeckAtOnce(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		s.answerFromTwoDevices(t, 20, sized(s.storage.engine, 200, 50))
	})
}

func TestADeviceThatWasOfflineSendsEverythingAtOnce(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(3)
		now := time.Now()
		items := []map[string]any{
			review(d.Cards[0].ID, now.Add(-50*time.Hour), 3),
			review(d.Cards[1].ID, now.Add(-49*time.Hour), 1),
			review(d.Cards[0].ID, now.Add(-20*time.Hour), 4),
		}
		c.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, d.Cards[0].ID, "", now.Add(-time.Hour), true))
		wrong := review(d.Cards[2].ID, now, 7)
		for round, status := range []string{"recorded", "repeated"} {
			outcomes := c.reviews(append(items, wrong)...)
			require.Len(t, outcomes, 4)
			for i, item := range items {
				assert.Equal(t, status, outcomes[i].Status, "round %d", round)
				assert.Equal(t, item["id"], outcomes[i].ID)
				assert.Equal(t, int64(i+2), outcomes[i].Seq)
			}
			assert.Equal(t, "rejected", outcomes[3].Status)
			require.NotNil(t, outcomes[3].Error)
			assert.Equal(t, "invalid_input", outcomes[3].Error.Code)
		}
		c.must(http.StatusOK, http.MethodPost, fmt.Sprintf("/learning/reviews/%s/undo", items[2]["id"]), nil)
		feed := data[struct {
			Items []struct {
				Seq  int64
				Kind string
			}
		}](t, c.must(http.StatusOK, http.MethodGet, "/learning/log?after=3", nil)).Items
		require.Len(t, feed, 2)
		assert.Equal(t, []any{int64(4), "review", int64(5), "undo"}, []any{feed[0].Seq, feed[0].Kind, feed[1].Seq, feed[1].Kind})
		s.kill()
		log := s.readLog(t, c)
		log.requireGapless(t)
		log.requireMemoriesEqualReplay(t)
	})
}

type settings struct {
	Settings struct {
		TimeZone, Algorithm string
		ScheduleVersion     int
		Pending             bool
	}
	Forecast *struct{ Moved int }
}

func TestAChangeOfTheScheduleReachesEveryCardAndCanBeUndone(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(6)
		now := time.Now()
		for i, card := range d.Cards[:5] {
			c.reviews(review(card.ID, now.Add(-90*24*time.Hour), 3), review(card.ID, now.Add(-80*24*time.Hour), 1+i%4))
		}
		before := s.readLog(t, c).memories
		change := map[string]any{"algorithm": "SM-2", "timeZone": "Pacific/Auckland"}
		preview := data[settings](t, c.must(http.StatusOK, http.MethodPatch, "/learning/settings?preview=true", change))
		require.NotNil(t, preview.Forecast)
		assert.Equal(t, 5, preview.Forecast.Moved)
		assert.Equal(t, before, s.readLog(t, c).memories, "a preview changes nothing")

		changed := data[settings](t, c.must(http.StatusOK, http.MethodPatch, "/learning/settings", change))
		assert.Equal(t, "SM-2", changed.Settings.Algorithm)
		assert.Equal(t, 2, changed.Settings.ScheduleVersion)
		assert.False(t, changed.Settings.Pending)
		log := s.readLog(t, c)
		log.requireGapless(t)
		log.requireMemoriesEqualReplay(t)
		require.NotEqual(t, before, log.memories)

		undone := data[settings](t, c.must(http.StatusOK, http.MethodPost, "/learning/settings/undo", nil))
		assert.Equal(t, "FSRS-6", undone.Settings.Algorithm)
		assert.Equal(t, "Pacific/Auckland", undone.Settings.TimeZone, "only the schedule is undone")
		for card, memory := range s.readLog(t, c).memories {
			memory.Seq = before[card].Seq
			assert.Equal(t, before[card], memory)
		}
		failure(t, c.must(http.StatusBadRequest, http.MethodPatch, "/learning/settings", map[string]any{"timeZone": "Middle/Earth"}))
	})
}

type audit struct {
	Cards, Differing, Mended int
	Clean                    bool
	Differences              []struct{ CardID, Field string }
}

func TestAMemoryThatWasChangedByHandIsFoundAndMended(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(3)
		for _, card := range d.Cards {
			c.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, card.ID, "", time.Now(), true))
		}
		require.True(t, data[audit](t, c.must(http.StatusOK, http.MethodPost, "/learning/verify", nil)).Clean)
		storage, owner, victim := s.storage.open(t), domain.UserID(c.user), domain.CardID(d.Cards[1].ID)
		forge := func() {
			memory, err := storage.Memories.Memory(t.Context(), owner, victim)
			require.NoError(t, err)
			forged := memory.Memory
			forged.Due = forged.Due.AddDate(0, 3, 0)
			done, err := storage.Projections.Restore(t.Context(), owner, victim, memory.Memory.Seq, forged)
			require.NoError(t, err)
			require.True(t, done)
		}
		forge()
		for _, path := range []string{"/learning/verify", "/learning/rebuild"} {
			found := data[audit](t, c.must(http.StatusOK, http.MethodPost, path, nil))
			assert.Equal(t, []int{3, 1}, []int{found.Cards, found.Differing})
			require.Len(t, found.Differences, 1)
			assert.Equal(t, d.Cards[1].ID, found.Differences[0].CardID)
			assert.Equal(t, "due", found.Differences[0].Field)
		}
		require.True(t, data[audit](t, c.must(http.StatusOK, http.MethodPost, "/learning/verify", nil)).Clean)

		forge()
		said, code := s.spacey(t, "verify")
		assert.Equal(t, 1, code, said)
		assert.Contains(t, said, "card "+d.Cards[1].ID+": due is ")
		said, code = s.spacey(t, "rebuild")
		assert.Equal(t, 0, code, said)
		said, code = s.spacey(t, "verify")
		assert.Equal(t, 0, code, said)
		assert.Contains(t, said, "0 cards differ")
		_, code = s.spacey(t, "verify", "-speed", "9")
		assert.Equal(t, 2, code)
	})
}

// spacey runs a command of the program on the storage of the system, and returns what it said and its exit code.
func (s *system) spacey(t *testing.T, args ...string) (string, int) {
	t.Helper()
	command := exec.Command(filepath.Join(binaries, "spacey"), args...)
	command.Dir, command.Env = t.TempDir(), s.storage.environment
	said, err := command.CombinedOutput()
	if command.ProcessState == nil {
		require.NoError(t, err)
	}
	return strings.TrimSpace(string(said)), command.ProcessState.ExitCode()
}

func TestTheQueueAndTheListOfCardsToLearnAgree(t *testing.T) {
	onEverySystem(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := c.newDeck(6)
		type queue struct {
			Counts struct{ Learning, Review, New int }
			Cards  []struct{ ID, Question string }
		}
		ask := func() queue {
			return data[queue](t, c.must(http.StatusOK, http.MethodGet, "/learning/queue?deckID="+d.ID, nil))
		}
		agree := func(q queue) {
			var listed, queued []string
			for _, recall := range c.due(d) {
				listed = append(listed, recall.CardID)
			}
			for _, card := range q.Cards {
				queued = append(queued, card.ID)
			}
			assert.ElementsMatch(t, queued, listed)
		}
		c.must(http.StatusOK, http.MethodPatch, "/learning/settings", map[string]any{"newPerDay": 4})
		q := ask()
		assert.Equal(t, 4, q.Counts.New)
		assert.Equal(t, d.Cards[0].Question, q.Cards[0].Question)
		agree(q)
		c.reviews(review(d.Cards[0].ID, time.Now().Add(-time.Hour), 1), review(d.Cards[1].ID, time.Now(), 4))
		c.must(http.StatusOK, http.MethodPost, "/learning/cards/"+d.Cards[2].ID+"/suspend", nil)
		q = ask()
		assert.Equal(t, 1, q.Counts.Learning)
		assert.Equal(t, d.Cards[0].ID, q.Cards[0].ID, "the card in a learning step comes first")
		assert.NotContains(t, fmt.Sprint(q.Cards), d.Cards[2].ID)
		agree(q)
	})
}
