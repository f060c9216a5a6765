package domain

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A learner keeps the log of one card, as the use cases do, and moves on in time and between schedule versions.
type learner struct {
	random   *rand.Rand
	settings Settings
	now      time.Time
	events   []Event
}

func newLearner(seed uint64) *learner {
	return &learner{random: rand.New(rand.NewPCG(seed, 77)), settings: DefaultSettings(someUser), now: noon}
}

// wait lets seconds, hours or days pass, and sometimes nothing at all: two events may have the same time.
func (l *learner) wait() {
	units := []time.Duration{0, time.Second, time.Hour, 24 * time.Hour}
	l.now = l.now.Add(time.Duration(l.random.IntN(30)) * units[l.random.IntN(len(units))])
}

// when returns a time for an entry: now, or up to ten days ago, to the hour so that ties come about.
func (l *learner) when() time.Time {
	if l.random.IntN(3) > 0 {
		return l.now
	}
	return l.now.Add(-time.Duration(l.random.IntN(240)) * time.Hour)
}

// entry returns a random entry, and the event that it takes back, nil for other kinds than an undo.
func (l *learner) entry() (Entry, *Event) {
	at := l.when()
	entry := Entry{ID: EventID(fmt.Sprintf("e%03d", l.random.IntN(1000))), Card: someCard, FinishedAt: at}
	switch n := l.random.IntN(20); {
	case n < 4 && len(l.events) > 0:
		if target := &l.events[l.random.IntN(len(l.events))]; target.Kind != KindUndo {
			entry.Kind, entry.Undoes = KindUndo, target.ID
			return entry, target
		}
		fallthrough
	case n < 14:
		entry.Kind, entry.StartedAt = KindReview, at.Add(-time.Second)
		entry.Rating, entry.Buttons = Rating(1+l.random.IntN(4)), 2+2*l.random.IntN(2)
	case n == 14:
		entry.Kind = KindReset
	case n < 17:
		entry.Kind = KindImport
		entry.Imported = Imported{Stability: 1 + 50*l.random.Float64(), Difficulty: 1 + 9*l.random.Float64(), Reps: 5, Lapses: 2}
		if l.random.IntN(2) == 0 {
			entry.Imported.Due = at.AddDate(0, 0, l.random.IntN(90))
		}
	default:
		entry.Kind = KindReschedule
		if l.random.IntN(2) == 0 {
			entry.DueDay = l.settings.Calendar().DayOf(l.now) + Day(1+l.random.IntN(60))
		}
	}
	return entry, nil
}

// switchSchedule adds a schedule version now and then, of any algorithm.
func (l *learner) switchSchedule(t *testing.T) {
	if l.random.IntN(5) > 0 {
		return
	}
	require.NoError(t, l.settings.Change(func(_ *Settings, draft *Schedule) {
		draft.Algorithm = Algorithms()[l.random.IntN(3)]
		draft.Retention = 0.7 + 0.29*l.random.Float64()
		draft.LearningSteps = draft.LearningSteps[:l.random.IntN(2)]
	}, l.now))
}

// live appends one random entry. An entry that the log has already is not appended again.
func (l *learner) live(t *testing.T) {
	l.wait()
	l.switchSchedule(t)
	entry, target := l.entry()
	if known := slices.IndexFunc(l.events, func(e Event) bool { return e.ID == entry.EventID(someUser) }); known >= 0 {
		return
	}
	e, err := l.settings.Projector().Append(NewEvent(someUser, entry, someDeck, target, l.settings, l.now), placeAfter(l.events))
	require.NoError(t, err)
	l.events = append(l.events, e)
}

// slowReplay is the definition of a replay, written as plainly as can be: what was taken back is left out, the rest is put
// in order, and applied one after another under the schedule version of the newest event.
func slowReplay(settings Settings, events []Event) (memory Memory, latest time.Time) {
	var newest Event
	undone := map[EventID]bool{}
	for _, e := range events {
		if e.Seq > newest.Seq {
			newest = e
		}
		if e.Kind == KindUndo {
			undone[e.Undoes] = true
		}
	}
	var history []Event
	for _, e := range events {
		if e.Kind != KindUndo && !undone[e.ID] {
			history = append(history, e)
		}
	}
	slices.SortFunc(history, func(a, b Event) int {
		return cmp.Or(a.AnsweredAt.Compare(b.AnsweredAt), cmp.Compare(a.ID, b.ID))
	})
	s := NewScheduler(settings.Schedules[newest.ScheduleVersion-1])
	memory = NewMemory()
	var natural time.Time // the due time that follows from the schedule
	for _, e := range history {
		latest = e.AnsweredAt
		switch e.Kind {
		case KindReview:
			memory = s.Answer(memory, e)
			natural = memory.Due
		case KindReset:
			memory, natural = NewMemory(), time.Time{}
		case KindImport:
			natural = e.Imported.Due
			if natural.IsZero() {
				natural = e.calendar().Start(e.Day + Day(s.fuzzed(e.Imported.Stability, e.Fuzz).Days))
			}
			memory = Memory{
				Phase: PhaseReview, Stability: e.Imported.Stability, Difficulty: e.Imported.Difficulty, Due: natural,
				LastReview: e.AnsweredAt, LastDay: e.Day, Reps: e.Imported.Reps, Lapses: e.Imported.Lapses,
			}
		case KindReschedule:
			memory.Due = natural
			if e.DueDay > 0 && memory.Phase == PhaseReview {
				memory.Due = e.calendar().Start(e.DueDay)
			}
		}
	}
	memory.Seq = newest.Seq
	return memory, latest
}

// lives lets many learners live at once, in a few subtests, and checks after each of their events.
func lives(t *testing.T, count, length int, check func(t *testing.T, l *learner)) {
	const groups = 4
	for group := range groups {
		t.Run(fmt.Sprintf("lives %d", group+1), func(t *testing.T) {
			t.Parallel()
			for i := range count / groups {
				l := newLearner(uint64(group*count + i))
				for range 1 + l.random.IntN(length) {
					before := len(l.events)
					l.live(t)
					if len(l.events) > before {
						check(t, l)
					}
				}
			}
		})
	}
}

func TestTheMemoryAfterEachEventIsTheReplayOfTheLogSoFar(t *testing.T) {
	lives(t, 10_000, 16, func(t *testing.T, l *learner) {
		e := l.events[len(l.events)-1]
		slow, latest := slowReplay(l.settings, l.events)
		replayed, err := l.settings.Projector().Replay(l.events)
		require.NoError(t, err)
		if e.After != replayed || replayed != slow || !e.Latest.Equal(latest) || e.After.Seq != e.Seq || e.Seq != int64(len(l.events)) {
			require.Equal(t, slow, replayed, "%+v", l.events)
			require.Equal(t, replayed, e.After, "%+v", l.events)
			require.Equal(t, latest, e.Latest, "%+v", l.events)
			require.Equal(t, e.Seq, e.After.Seq)
			require.Equal(t, int64(len(l.events)), e.Seq)
		}
	})
}

func TestTheOrderOfArrivalDoesNotMatterToAReplay(t *testing.T) {
	lives(t, 1_000, 12, func(t *testing.T, l *learner) {
		p := l.settings.Projector()
		want, err := p.Replay(l.events)
		require.NoError(t, err)
		shuffled := slices.Clone(l.events)
		l.random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got, err := p.Replay(shuffled)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestAnUndoGivesTheMemoryOfTheLogWithoutTheEvent(t *testing.T) {
	undos := 0
	l := newLearner(5)
	for len(l.events) < 3_000 && undos < 400 {
		if len(l.events) == 30 {
			l = newLearner(l.random.Uint64())
		}
		before := len(l.events)
		l.live(t)
		if len(l.events) == before || l.events[before].Kind != KindUndo {
			continue
		}
		undos++
		undo := l.events[before]
		without := slices.DeleteFunc(slices.Clone(l.events), func(e Event) bool { return e.ID == undo.Undoes || e.Undoes == undo.Undoes })
		s, err := l.settings.Projector().Scheduler(undo.ScheduleVersion)
		require.NoError(t, err)
		require.Equal(t, s.Replay(without, undo.Seq), undo.After)
	}
	require.Equal(t, 400, undos)
}
