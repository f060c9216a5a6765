package domain

// LeechAction is what happens to a leech.
type LeechAction string

// The actions.
const (
	// LeechTag only says that the card is a leech.
	LeechTag LeechAction = "tag"
	// LeechSuspend suspends the card as well.
	LeechSuspend LeechAction = "suspend"
)

// Leech says when a card counts as a leech: one that is forgotten again and again, and had better be rewritten.
type Leech struct {
	// Threshold is the number of lapses that makes a leech, 1..99.
	Threshold int
	Action    LeechAction
}

// leechAgain is after how many more lapses a leech is noticed again.
const leechAgain = 4

// DefaultLeech returns what holds for a person who has not said.
func DefaultLeech() Leech { return Leech{Threshold: 8, Action: LeechTag} }

func (l Leech) check(p *problems) {
	p.add(l.Threshold < 1 || l.Threshold > 99, "leechThreshold", "The number of lapses must be between 1 and 99.")
	p.add(l.Action != LeechTag && l.Action != LeechSuspend, "leechAction", "The action must be tag or suspend.")
}

// Is reports whether a card is a leech.
func (l Leech) Is(m Memory) bool { return m.Lapses >= l.Threshold }

// Noticed reports whether an answer that led from one memory to another makes the card a leech, or is one of the later
// lapses at which it is noticed again.
func (l Leech) Noticed(before, after Memory) bool {
	return after.Lapses > before.Lapses && l.Is(after) && (after.Lapses-l.Threshold)%leechAgain == 0
}
