package domain

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// journey answers a card at times in places, and returns the log.
func journey(t *testing.T, places []string, times []time.Time) []Event {
	t.Helper()
	settings := DefaultSettings(someUser)
	p := settings.Projector()
	var log []Event
	for i, at := range times {
		settings.TimeZone = places[i]
		entry := Entry{Kind: KindReview, Card: someCard, StartedAt: at, FinishedAt: at, Rating: Good, Buttons: 2}
		e, err := p.Append(NewEvent(someUser, entry, someDeck, nil, settings, at), placeAfter(log))
		require.NoError(t, err)
		log = append(log, e)
	}
	return log
}

func TestDaysAreCountedWhereTheyWereLived(t *testing.T) {
	auckland, honolulu := "Pacific/Auckland", "Pacific/Honolulu" // 23 hours apart in March
	for _, c := range []struct {
		name    string
		places  []string
		hours   []int
		elapsed int
	}{
		{"at home a night is a day", []string{auckland, auckland}, []int{0, 20}, 1},
		{"the same hour is a day earlier in Honolulu", []string{auckland, honolulu}, []int{0, 1}, 0},
		{"a day later it is the same date again", []string{auckland, honolulu}, []int{0, 24}, 0},
		{"two days later it is the next date", []string{auckland, honolulu}, []int{0, 48}, 1},
		{"back home the date jumps ahead", []string{honolulu, auckland}, []int{0, 1}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := []time.Time{noon.Add(time.Duration(c.hours[0]) * time.Hour), noon.Add(time.Duration(c.hours[1]) * time.Hour)}
			log := journey(t, c.places, at)
			assert.Equal(t, c.elapsed, elapsedDays(log[0].After, &log[1]))
		})
	}
}

func TestTravelChangesNoPast(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 1))
	zones := []string{"Pacific/Auckland", "Pacific/Honolulu", "Pacific/Kiritimati", "Europe/Berlin", "UTC"}
	settings := DefaultSettings(someUser)
	for range 2000 {
		var places []string
		var times []time.Time
		at := noon
		for range 2 + random.IntN(6) {
			at = at.Add(time.Duration(1+random.IntN(72*60)) * time.Minute)
			places, times = append(places, zones[random.IntN(len(zones))]), append(times, at)
		}
		log := journey(t, places, times)
		for i, e := range log {
			require.True(t, e.After.Due.After(e.AnsweredAt), "answered %v, due %v", e.AnsweredAt, e.After.Due)
			require.Equal(t, places[i], e.Zone)
			require.Equal(t, calendar(t, places[i], DefaultRollover).DayOf(e.AnsweredAt), e.Day)
			require.Equal(t, log[i].After, journey(t, places[:i+1], times[:i+1])[i].After, "what comes later does not matter")
			if i > 0 {
				require.GreaterOrEqual(t, elapsedDays(log[i-1].After, &e), 0)
			}
		}
		settings.TimeZone = zones[random.IntN(len(zones))]
		replayed, err := settings.Projector().Replay(log)
		require.NoError(t, err)
		require.Equal(t, last(log), replayed, "a replay at another place gives the same")
	}
}

func TestADueDayBeginsAtTheRolloverOfItsPlace(t *testing.T) {
	for _, zone := range []string{"Pacific/Auckland", "Pacific/Honolulu", "Europe/Berlin"} {
		due := last(journey(t, []string{zone}, []time.Time{noon})).Due
		location, err := time.LoadLocation(zone)
		require.NoError(t, err)
		assert.Equal(t, "04:00:00", due.In(location).Format(time.TimeOnly), zone)
	}
}
