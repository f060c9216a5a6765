package domain

import (
	"fmt"
	"math"
	"time"
)

// Difference is a field in which a stored memory is not what the log says.
type Difference struct {
	Card             CardID
	Field            string
	Stored, Replayed string
}

// tolerance is how far stability and difficulty may be apart, relatively: compilers fuse multiplications and additions
// differently.
const tolerance = 1e-9

// SameMemory reports whether two memories have no difference.
func SameMemory(a, b Memory) bool { return len(Differences("", a, b)) == 0 }

// Differences compares the stored memory of a card with what the log says: phase, step, times, days, counts and number
// exactly, stability and difficulty to 1e-9 relative.
func Differences(card CardID, stored, replayed Memory) []Difference {
	var found []Difference
	differ := func(field string, differs bool, stored, replayed any) {
		if differs {
			found = append(found, Difference{card, field, fmt.Sprint(stored), fmt.Sprint(replayed)})
		}
	}
	differ("phase", stored.Phase != replayed.Phase, stored.Phase, replayed.Phase)
	differ("step", stored.Step != replayed.Step, stored.Step, replayed.Step)
	differ("stability", apart(stored.Stability, replayed.Stability), stored.Stability, replayed.Stability)
	differ("difficulty", apart(stored.Difficulty, replayed.Difficulty), stored.Difficulty, replayed.Difficulty)
	differ("due", !stored.Due.Equal(replayed.Due), clockText(stored.Due), clockText(replayed.Due))
	differ("lastReview", !stored.LastReview.Equal(replayed.LastReview), clockText(stored.LastReview), clockText(replayed.LastReview))
	differ("lastDay", stored.LastDay != replayed.LastDay, stored.LastDay, replayed.LastDay)
	differ("reps", stored.Reps != replayed.Reps, stored.Reps, replayed.Reps)
	differ("lapses", stored.Lapses != replayed.Lapses, stored.Lapses, replayed.Lapses)
	differ("seq", stored.Seq != replayed.Seq, stored.Seq, replayed.Seq)
	return found
}

// apart reports whether two numbers differ by more than the tolerance. What is no finite
// number differs from everything.
func apart(a, b float64) bool {
	distance := math.Abs(a - b)
	return !(distance <= tolerance*math.Max(math.Abs(a), math.Abs(b))) || math.IsInf(distance, 0)
}

func clockText(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format(time.RFC3339Nano)
}
