package domain

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v4"
)

// The target is that a rebuild costs at most twice what the memory formulas cost alone: compare
//
//	go test -run '^$' -bench 'Rebuild|NextState' -count 5 ./internal/domain

const benchmarkEvents, benchmarkHistory = 1_000_000, 15

// benchmarkLog returns the histories of cards, 15 answers each, as a log would give them: a few of the first day, then by
// when the cards fell due.
func benchmarkLog(b *testing.B, histories int) [][]Event {
	b.Helper()
	random := rand.New(rand.NewPCG(13, 13))
	p := DefaultSettings(someUser).Projector()
	logs := make([][]Event, histories)
	for i := range logs {
		log := make([]Event, 0, benchmarkHistory)
		for at := noon; len(log) < benchmarkHistory; {
			rating := []Rating{Again, Hard, Good, Good, Good, Good, Good, Good, Easy}[random.IntN(9)]
			e := answered(at, rating, 4)
			e.ID, e.Card = EventID(fmt.Sprintf("%06d-%02d", i, len(log))), CardID(fmt.Sprintf("%06d", i))
			e, err := p.Append(e, placeAfter(log))
			if err != nil {
				b.Fatal(err)
			}
			log = append(log, e)
			at = e.After.Due.Add(time.Duration(random.IntN(36*60)) * time.Minute)
		}
		logs[i] = log
	}
	return logs
}

// BenchmarkRebuild replays 1,000,000 events, card by card.
func BenchmarkRebuild(b *testing.B) {
	logs := benchmarkLog(b, 2000)
	p := DefaultSettings(someUser).Projector()
	b.ReportAllocs()
	for b.Loop() {
		for n := 0; n < benchmarkEvents; n += benchmarkHistory {
			if _, err := p.Replay(logs[n/benchmarkHistory%len(logs)]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkNextState moves memory states by the same ratings and days with go-fsrs alone.
func BenchmarkNextState(b *testing.B) {
	type answer struct {
		days   uint64
		rating fsrs.Rating
	}
	logs := benchmarkLog(b, 2000)
	histories := make([][]answer, len(logs))
	for i, log := range logs {
		for j, e := range log {
			days := 0
			if j > 0 {
				days = int(e.Day - log[j-1].Day)
			}
			histories[i] = append(histories[i], answer{uint64(days), fsrs.Rating(e.Rating)})
		}
	}
	parameters := fsrs.DefaultParam()
	for b.Loop() {
		for n := 0; n < benchmarkEvents; n += benchmarkHistory {
			var state *fsrs.MemoryState
			for _, a := range histories[n/benchmarkHistory%len(histories)] {
				next := parameters.NextState(state, 0.9, a.days, a.rating).Memory
				state = &next
			}
		}
	}
}
