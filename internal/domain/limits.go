package domain

// Limits are how many cards a day may bring.
type Limits struct {
	// New is how many new cards, Reviews how many cards in review; nil when the person has not said.
	New, Reviews *int
}

// The limits of a person who has not said.
const (
	DefaultNewPerDay     = 20
	DefaultReviewsPerDay = 200
)

func (l Limits) check(prefix string, p *problems) {
	wrong := func(n *int) bool { return n != nil && (*n < 0 || *n > maxDaily) }
	p.add(wrong(l.New), prefix+"newPerDay", "The new cards a day must be between 0 and 9,999.")
	p.add(wrong(l.Reviews), prefix+"reviewsPerDay", "The reviews a day must be between 0 and 9,999.")
}

// Allowance is how many cards may still be asked today.
type Allowance struct{ New, Reviews int }

// Unlimited is the allowance of somebody who has set no limits where only those that were set count.
var Unlimited = Allowance{New: maxDaily, Reviews: maxDaily}

// Studied is what was studied on a day: cards that were new, and other cards, by deck.
type Studied struct {
	New, Reviews map[DeckID]int
}

// StudiedOf counts the events of one day, in order of arrival. A card counts once a day, and counts as new when it was.
// What was taken back does not count.
func StudiedOf(events []Event) Studied {
	type seen struct {
		deck DeckID
		new  bool
	}
	undone := undosOf(events)
	cards, late := map[CardID]seen{}, map[CardID][]int64{}
	for i := range events {
		e := &events[i]
		undo, gone := undone[e.ID]
		switch {
		case e.Kind != KindReview:
		case gone:
			late[e.Card] = append(late[e.Card], undo)
		default:
			reps := e.After.Reps
			for _, undo := range late[e.Card] {
				if undo > e.Seq {
					reps-- // taken back later, so it is among the answers that were counted
				}
			}
			cards[e.Card] = seen{e.Deck, cards[e.Card].new || reps == 1}
		}
	}
	studied := Studied{New: map[DeckID]int{}, Reviews: map[DeckID]int{}}
	for _, card := range cards {
		if card.new {
			studied.New[card.deck]++
		} else {
			studied.Reviews[card.deck]++
		}
	}
	return studied
}

// undosOf returns, for each event that some of the events take back, the number of the first undo.
func undosOf(events []Event) map[EventID]int64 {
	undos := map[EventID]int64{}
	for i := range events {
		if e := &events[i]; e.Kind == KindUndo {
			if _, known := undos[e.Undoes]; !known {
				undos[e.Undoes] = e.Seq
			}
		}
	}
	return undos
}

// Allowance returns what is left of the day for a deck with limits of its own, or, with an empty deck, for all decks that
// have none of their own. A limit that nobody set is the default; with onlySet it is none.
func (s Settings) Allowance(deck DeckID, studied Studied, onlySet bool) Allowance {
	limits := s.Limits
	own, has := s.Decks[deck]
	if has {
		if own.New != nil {
			limits.New = own.New
		}
		if own.Reviews != nil {
			limits.Reviews = own.Reviews
		}
	}
	counted := func(counts map[DeckID]int) int {
		if has {
			return counts[deck]
		}
		total := 0
		for id, n := range counts {
			if _, own := s.Decks[id]; !own {
				total += n
			}
		}
		return total
	}
	left := func(limit *int, fallback, used int) int {
		if limit == nil {
			if onlySet {
				return maxDaily
			}
			limit = &fallback
		}
		return max(*limit-used, 0)
	}
	return Allowance{
		New:     left(limits.New, DefaultNewPerDay, counted(studied.New)),
		Reviews: left(limits.Reviews, DefaultReviewsPerDay, counted(studied.Reviews)),
	}
}

// LimitsSet reports whether the person has set a limit that holds for the deck.
func (s Settings) LimitsSet(deck DeckID) bool {
	own := s.Decks[deck]
	return s.Limits.New != nil || s.Limits.Reviews != nil || own.New != nil || own.Reviews != nil
}
