package simulation

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// traits are how a person's memory and ways differ from those of others.
type traits struct {
	// first is the strength, in days, that a card of usual ease has after it was seen for the first time.
	first float64
	// growth is how much a recall adds to the strength, and kept the share of it that a failure leaves.
	growth, kept float64
	// known is the share of cards that the person knew before.
	known float64
	// slip is the probability to err about what is known, guess the one to be right by luck.
	slip, guess float64
	// pace is the usual time for an answer, in seconds.
	pace float64
	// hardBelow and easyAbove are how sure the person has to feel not to press Hard, or to press Easy. Many never do that.
	hardBelow, easyAbove float64
}

func newTraits(chance *rand.Rand) traits {
	return traits{
		first: around(chance, 14, 0.35), growth: around(chance, 2.2, 0.25), kept: between(chance, 0.12, 0.4),
		known: between(chance, 0.05, 0.35), slip: between(chance, 0.005, 0.03), guess: between(chance, 0, 0.04),
		pace: min(max(around(chance, 5, 0.35), 2), 15), hardBelow: between(chance, 0.5, 0.85), easyAbove: between(chance, 0.94, 1.2),
	}
}

// mind is what a person remembers: the truth that a scheduler can only guess from the answers.
//
// A memory fades exponentially: after t days it is recalled with the probability exp(-t/strength), the oldest of the
// forgetting curves, where FSRS-6 has a power of the time. Strengths and ease differ between people, cards and days, so
// that the mean over many cards falls like a power all the same, as has been measured (Anderson and Tweney 1997, Murre
// and Chessa 2011: averaged exponential curves look like power curves). A recall adds to the strength, more so the
// less likely it was (the spacing effect; Bjork and Bjork 1992: what is hardly retrievable gains most); so a repetition
// within minutes adds little. A failure leaves a share of the strength: relearning is faster than learning (Ebbinghaus
// 1885, "savings"). The numbers are chosen so that people recall some 80 to 90 % of the cards that FSRS-6 asks at a
// desired retention of 0.9: it is off for each of them, but not absurdly. None is taken from its weights.
type mind struct {
	person Person
	traces map[domain.CardID]*trace
	chance *rand.Rand
	// form is how well the person remembers today, 1 as usual.
	form float64
}

// trace is what is left of a card in a mind.
type trace struct {
	// ease is the card's own, 1 for a usual one; a strength grows and begins in proportion to it.
	ease float64
	// strength is the time after which recall falls to 1/e, in days; 0 for a card that was never seen.
	strength float64
	seen     time.Time
}

// maxStrength is the longest strength, in days.
const maxStrength = 20_000

// newMind returns a mind that has seen none of the cards.
func newMind(person Person, cards []domain.CardID) *mind {
	m := &mind{person: person, traces: make(map[domain.CardID]*trace, len(cards)), form: 1}
	ease := stream(person.seed, person.Number, "cards")
	for _, card := range cards {
		m.traces[card] = &trace{ease: min(max(around(ease, 1, 0.45), 0.25), 3)}
	}
	m.chance = stream(person.seed, person.Number, "mind")
	return m
}

// wake begins a day: on some a person remembers better than on others.
func (m *mind) wake() { m.form = min(max(1+0.12*m.chance.NormFloat64(), 0.6), 1.4) }

// answer asks for a card at a time, and returns the rating that the person gives, and how long it takes. The trace is
// what it is after the right answer was seen.
func (m *mind) answer(card domain.CardID, at time.Time) (domain.Rating, time.Duration) {
	t, found := m.traces[card]
	if !found {
		t = &trace{ease: 1} // a card from elsewhere
		m.traces[card] = t
	}
	traits := m.person.traits
	recall := m.recall(t, at)
	right := m.chance.Float64() < recall*(1-traits.slip)+(1-recall)*traits.guess
	took := traits.pace * math.Exp(0.4*m.chance.NormFloat64()) * (1 + 0.8*(1-recall))
	if !right {
		took *= 1.5
	}
	rating := m.rate(right, recall, took)
	if m.chance.Float64() < 0.01 {
		took += between(m.chance, 20, 240) // the telephone rang
	}
	duration := seconds(took)
	m.learn(t, right, recall, at.Add(duration))
	return rating, duration
}

// recall returns the probability that a card is recalled. Of a card that was never seen it is all or nothing mostly.
func (m *mind) recall(t *trace, at time.Time) float64 {
	if t.strength == 0 {
		if m.chance.Float64() < m.person.traits.known*t.ease {
			return 0.9
		}
		return 0.02
	}
	return math.Exp(-at.Sub(t.seen).Hours() / 24 / (t.strength * m.form))
}

// learn notes that a card was asked for, and its answer seen.
func (m *mind) learn(t *trace, right bool, recall float64, at time.Time) {
	traits := m.person.traits
	first := traits.first * t.ease
	switch {
	case t.strength == 0 && right:
		t.strength = 3 * first
	case t.strength == 0:
		t.strength = first
	case right:
		t.strength *= 1 + traits.growth*t.ease*(0.05+6*min(1-recall, 0.35))
	default:
		t.strength = max(t.strength*traits.kept, min(first/2, t.strength))
	}
	t.strength = min(t.strength*around(m.chance, 1, 0.1), maxStrength)
	t.seen = at
}

// rate returns the button that the person presses. With two buttons there is right and wrong. With four, an answer that
// was right feels as sure as the recall was likely, more or less: who feels unsure, or needed much longer than usual,
// presses Hard; who feels very sure and was quick, Easy.
func (m *mind) rate(right bool, recall, took float64) domain.Rating {
	traits := m.person.traits
	feels := recall + 0.08*m.chance.NormFloat64()
	switch {
	case !right:
		return domain.Again
	case m.person.Buttons == 2:
		return domain.Good
	case feels < traits.hardBelow || took > 2.5*traits.pace:
		return domain.Hard
	case feels > traits.easyAbove && took < traits.pace:
		return domain.Easy
	default:
		return domain.Good
	}
}
