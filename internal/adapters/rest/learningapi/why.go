package learningapi

import (
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// why says in a sentence what an event did, and why the card fell due when it did.
func why(step domain.Explained) string {
	e := step.Event
	if step.Undone {
		return what(e) + " was taken back: it does not count."
	}
	switch e.Kind {
	case domain.KindReview:
		return fmt.Sprintf("%s %s: %s, %s.", what(e), circumstances(step), stability(step), wait(step.Interval))
	case domain.KindUndo:
		return "The event " + string(e.Undoes) + " was taken back."
	case domain.KindReset:
		return "The card was made new again."
	case domain.KindImport:
		if step.Interval.Bound == domain.BoundImported {
			return fmt.Sprintf("A memory was imported with stability %.1f days and the due time that came with it.", step.After.Stability)
		}
		return fmt.Sprintf("A memory was imported with stability %.1f days, %s.", step.After.Stability, wait(step.Interval))
	case domain.KindReschedule:
		if step.Interval.Bound == domain.BoundMoved {
			return fmt.Sprintf("Schedule version %d took effect, and the card was moved to %s so that no day has too many.",
				e.ScheduleVersion, date(e.DueDay))
		}
		return fmt.Sprintf("Schedule version %d took effect.", e.ScheduleVersion)
	}
	return ""
}

// what names an event.
func what(e domain.Event) string {
	switch e.Kind {
	case domain.KindReview:
		return [...]string{"", "Again", "Hard", "Good", "Easy"}[e.Rating]
	case domain.KindReset:
		return "The reset"
	case domain.KindReschedule:
		return "The change of the schedule"
	case domain.KindImport:
		return "The import"
	case domain.KindUndo:
		return "The undo"
	}
	return ""
}

// circumstances says when an answer was given, and how likely it was.
func circumstances(step domain.Explained) string {
	switch {
	case step.Before.IsNew():
		return "on a new card"
	case step.Elapsed == 0:
		return fmt.Sprintf("on the same day with recall %.2f", step.Retrievability)
	default:
		return fmt.Sprintf("after %s with recall %.2f", days(step.Elapsed), step.Retrievability)
	}
}

func stability(step domain.Explained) string {
	if step.Before.IsNew() {
		return fmt.Sprintf("stability %.1f days", step.After.Stability)
	}
	return fmt.Sprintf("stability %.1f to %.1f days", step.Before.Stability, step.After.Stability)
}

// wait says how long a card waits, and which rule decided.
func wait(i domain.Interval) string {
	if i.Pause > 0 {
		return "asked again after " + pause(i.Pause)
	}
	choice := fmt.Sprintf("chosen %d of %d..%d", i.Days, i.Low, i.High)
	switch i.Bound {
	case domain.BoundWorse:
		choice = fmt.Sprintf("%s to be longer than after a worse rating", days(i.Days))
	case domain.BoundMaximum:
		choice = fmt.Sprintf("%s as the longest interval", days(i.Days))
	case domain.BoundMoved, domain.BoundImported, "": // decided elsewhere, or by fuzz alone
	}
	return fmt.Sprintf("ideal %.1f days, %s", i.Ideal, choice)
}

func days(n int) string { return count(n, "day") }

// pause writes a learning step in the largest unit that it is whole in.
func pause(step time.Duration) string {
	switch {
	case step%time.Hour == 0:
		return count(int(step/time.Hour), "hour")
	case step%time.Minute == 0:
		return count(int(step/time.Minute), "minute")
	default:
		return count(int(step/time.Second), "second")
	}
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
