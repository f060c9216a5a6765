package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// firstShowing finds the beginning of a day as a person would who watches the clock on the wall every 15 minutes: the first
// time at which it shows the rollover hour of the day, or anything later.
func firstShowing(t *testing.T, zone string, rollover int, day Day) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	for at := day.Date().Add(-30 * time.Hour); ; at = at.Add(15 * time.Minute) {
		local := at.In(location)
		if shown := dayOfDate(local.Date()); shown > day || shown == day && local.Hour() >= rollover {
			return at
		}
	}
}

func TestADayBeginsWhenTheClockFirstShowsTheRollover(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo",
		"America/New_York", "Atlantic/Azores", "America/Sao_Paulo", "Asia/Amman", "Pacific/Apia", "Africa/Casablanca", "Antarctica/Troll", "America/Asuncion"}
	for _, zone := range zones {
		for rollover := range 24 {
			c := calendar(t, zone, rollover)
			for _, change := range changes(t, zone) {
				for day := dayOfDate(change.Date()) - 2; day <= dayOfDate(change.Date())+2; day++ {
					require.Equal(t, firstShowing(t, zone, rollover, day), c.Start(day), "%s %d on %s", zone, rollover, day.Date().Format(time.DateOnly))
				}
			}
		}
	}
}

// changes returns when the clocks of a zone were changed between 2009 and 2027.
func changes(t *testing.T, zone string) []time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	var found []time.Time
	for at := time.Date(2009, 1, 1, 0, 0, 0, 0, location); at.Year() < 2027; {
		_, end := at.ZoneBounds()
		if end.IsZero() {
			break
		}
		found, at = append(found, end.UTC()), end
	}
	require.NotEmpty(t, found, zone)
	return found
}

func TestAMissingOrDoubledRolloverHasOneBeginning(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		rollover   int
		day        Day
		start      string
		hours      float64
	}{
		{"Berlin leaves 2 o'clock out", "Europe/Berlin", 2, dayOfDate(2026, 3, 29), "2026-03-29T01:00:00Z", 23},
		{"Berlin shows 2 o'clock twice", "Europe/Berlin", 2, dayOfDate(2026, 10, 25), "2026-10-25T00:00:00Z", 25},
		{"Havana leaves midnight out", "America/Havana", 0, dayOfDate(2026, 3, 8), "2026-03-08T05:00:00Z", 23},
		{"Havana shows midnight twice", "America/Havana", 0, dayOfDate(2026, 11, 1), "2026-11-01T04:00:00Z", 25},
		{"Beirut leaves midnight out", "Asia/Beirut", 0, dayOfDate(2026, 3, 29), "2026-03-28T22:00:00Z", 23},
		{"Lord Howe leaves half an hour out", "Australia/Lord_Howe", 2, dayOfDate(2026, 10, 4), "2026-10-03T15:30:00Z", 23.5},
		{"Lord Howe shows half an hour twice", "Australia/Lord_Howe", 2, dayOfDate(2026, 4, 4), "2026-04-03T15:00:00Z", 24.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			calendar := calendar(t, c.zone, c.rollover)
			start := calendar.Start(c.day)
			assert.Equal(t, c.start, start.Format(time.RFC3339))
			assert.Equal(t, c.day, calendar.DayOf(start))
			assert.Equal(t, c.day-1, calendar.DayOf(start.Add(-time.Millisecond)))
			assert.InDelta(t, c.hours, calendar.Start(c.day+1).Sub(start).Hours(), 0)
		})
	}
}

func TestACardLearnedOnTheNightOfAChangeIsDueOnTheNextDay(t *testing.T) {
	settings := DefaultSettings(someUser)
	settings.TimeZone, settings.RolloverHour = "Europe/Berlin", 2
	s := settings.Projector().Current()
	for at := time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 3, 29, 6, 0, 0, 0, time.UTC)); at = at.Add(10 * time.Minute) {
		entry := Entry{Kind: KindReview, Card: someCard, StartedAt: at, FinishedAt: at, Rating: Easy, Buttons: 4}
		e := NewEvent(someUser, entry, someDeck, nil, settings, at)
		m := s.Answer(NewMemory(), e)
		require.True(t, m.Due.After(at))
		require.Equal(t, e.Day+Day(s.fuzzed(m.Stability, e.Fuzz).Days), settings.Calendar().DayOf(m.Due))
	}
}
