package domain

import (
	"math"
	"time"
)

// Statistics count answers as the log stood when they arrived: what was known of the card then is in the event. So an
// answer belongs to its own day, and nothing that arrives later changes it but an undo, which carries that day.

const (
	// MaxAnswerTime is the longest time that counts for one answer: people leave the desk.
	MaxAnswerTime = time.Minute
	// MatureDays is the interval, in days, from which on a card counts as mature.
	MatureDays = 21
	// CalibrationBins is how many bins of equal width the predicted probability of recall is counted in.
	CalibrationBins = 20
	// millionths is the unit of a sum of probabilities: whole numbers, so that taking one back leaves nothing.
	millionths = 1e6
)

// Count is a number of answers, and how many of them were right: any rating but Again.
type Count struct{ Reviews, Correct int }

func (c *Count) add(correct bool, sign int) {
	c.Reviews += sign
	if correct {
		c.Correct += sign
	}
}

// Plus returns the sum of two counts.
func (c Count) Plus(other Count) Count {
	return Count{c.Reviews + other.Reviews, c.Correct + other.Correct}
}

// Share returns the share of the answers that was right, 0..1; 0 without answers.
func (c Count) Share() float64 {
	if c.Reviews == 0 {
		return 0
	}
	return float64(c.Correct) / float64(c.Reviews)
}

// Bin is the answers whose predicted probability of recall lay in one bin.
type Bin struct {
	Count
	// Predicted is the sum of the predictions, in millionths.
	Predicted int64
}

// MeanPredicted returns the mean of the predictions, 0..1; 0 without answers.
func (b Bin) MeanPredicted() float64 {
	if b.Reviews == 0 {
		return 0
	}
	return float64(b.Predicted) / millionths / float64(b.Reviews)
}

// Tally is what was counted of some answers.
type Tally struct {
	Count
	// Millis is how long the answers took together, in milliseconds; each counts for a minute at most.
	Millis int64
	// New is how many answers were the first of a card.
	New int
	// Young and Mature are answers to cards in review, by interval: below MatureDays, and from there on. The share that was
	// right is true retention.
	Young, Mature Count
	// Hours are the answers by the hour of the person's clock; Bins are those to cards in review by predicted probability of
	// recall, the bin i from i/CalibrationBins on. What has no answers is not there.
	Hours map[int]Count
	Bins  map[int]Bin
}

// Add counts an answer, or with sign -1 takes it back.
func (t *Tally) Add(e *Event, sign int) {
	correct := e.Rating != Again
	t.Count.add(correct, sign)
	t.Millis += int64(sign) * min(max(e.FinishedAt.Sub(e.StartedAt), 0), MaxAnswerTime).Milliseconds()
	if e.Asked.Phase == PhaseNew {
		t.New += sign
	}
	if t.Hours == nil {
		t.Hours, t.Bins = map[int]Count{}, map[int]Bin{}
	}
	hour := e.calendar().HourOf(e.AnsweredAt)
	count := t.Hours[hour]
	count.add(correct, sign)
	put(t.Hours, hour, count, count.Reviews)
	if e.Asked.Phase != PhaseReview {
		return
	}
	if e.Asked.Interval < MatureDays {
		t.Young.add(correct, sign)
	} else {
		t.Mature.add(correct, sign)
	}
	index := min(int(e.Asked.Recall*CalibrationBins), CalibrationBins-1)
	bin := t.Bins[index]
	bin.add(correct, sign)
	bin.Predicted += int64(sign) * int64(math.Round(e.Asked.Recall*millionths))
	put(t.Bins, index, bin, bin.Reviews)
}

func put[T any](counts map[int]T, index int, value T, reviews int) {
	if reviews == 0 {
		delete(counts, index)
		return
	}
	counts[index] = value
}

// Merge adds what another tally counted.
func (t *Tally) Merge(other *Tally) {
	if t.Hours == nil {
		t.Hours, t.Bins = map[int]Count{}, map[int]Bin{}
	}
	t.Count = t.Plus(other.Count)
	t.Millis += other.Millis
	t.New += other.New
	t.Young, t.Mature = t.Young.Plus(other.Young), t.Mature.Plus(other.Mature)
	for hour, count := range other.Hours {
		t.Hours[hour] = t.Hours[hour].Plus(count)
	}
	for index, bin := range other.Bins {
		sum := t.Bins[index]
		t.Bins[index] = Bin{sum.Plus(bin.Count), sum.Predicted + bin.Predicted}
	}
}

// MonthTally is what was counted of the days of one month.
type MonthTally map[Day]map[DeckID]*Tally

// Add counts an answer on its day and for its deck, or with sign -1 takes it back.
func (m MonthTally) Add(e *Event, sign int) {
	decks := m[e.Day]
	if decks == nil {
		decks = map[DeckID]*Tally{}
		m[e.Day] = decks
	}
	tally := decks[e.Deck]
	if tally == nil {
		tally = &Tally{}
		decks[e.Deck] = tally
	}
	tally.Add(e, sign)
	if tally.Reviews == 0 {
		delete(decks, e.Deck)
	}
	if len(decks) == 0 {
		delete(m, e.Day)
	}
}

// Of returns what was counted of a day: for a deck, or with an empty deck for all of them.
func (m MonthTally) Of(day Day, deck DeckID) Tally {
	var sum Tally
	for id, tally := range m[day] {
		if deck == "" || id == deck {
			sum.Merge(tally)
		}
	}
	return sum
}

// MonthOf returns the month of a day: year*12 + month, 1..12.
func MonthOf(day Day) int {
	date := day.Date()
	return date.Year()*12 + int(date.Month())
}
