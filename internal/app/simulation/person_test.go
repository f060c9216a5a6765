package simulation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestPeople(t *testing.T) {
	t.Run("are the same for the same seed, and others for another", func(t *testing.T) {
		assert.Equal(t, NewPerson(1, 3), NewPerson(1, 3))
		assert.NotEqual(t, NewPerson(1, 3).ID, NewPerson(2, 3).ID)
		assert.NotEqual(t, NewPerson(1, 3).traits, NewPerson(2, 3).traits)
		assert.NotEqual(t, NewPerson(1, 3).traits, NewPerson(1, 4).traits)
	})
	t.Run("live in all of the time zones, and two of five have two buttons", func(t *testing.T) {
		lived, two := map[string]bool{}, 0
		for number := 1; number <= 60; number++ {
			person := NewPerson(1, number)
			lived[person.Calendar.Zone()] = true
			if person.Buttons == 2 {
				two++
			}
		}
		assert.Len(t, lived, len(zones))
		assert.Equal(t, 24, two)
	})
	t.Run("sit down within their day, with time to finish", func(t *testing.T) {
		for number := 1; number <= 30; number++ {
			person := NewPerson(1, number)
			chance := stream(1, number, "test")
			for day := domain.Day(20089); day < 20089+365; day++ { // daylight saving begins and ends meanwhile
				at := person.sitsDown(day, chance)
				require.Equal(t, day, person.Calendar.DayOf(at))
				after := at.Sub(person.Calendar.Start(day))
				require.True(t, time.Hour <= after && after <= 18*time.Hour, "%s after the day began", after)
			}
		}
	})
}

func TestPlans(t *testing.T) {
	const year = 365
	rests, skips, runs, alone := 0, 0, 0, 0
	for number := 1; number <= 50; number++ {
		plan := NewPerson(1, number).Plan(20089, year)
		assert.Equal(t, plan[:100], NewPerson(1, number).Plan(20089, 100), "a shorter plan is the beginning of a longer one")
		length := 0
		for i, doing := range plan {
			switch {
			case doing == Rests:
				rests++
				length++
			case length > 0:
				require.True(t, i == length || minHoliday <= length && length <= maxHoliday, "%d days of holiday", length)
				length = 0
			}
			if doing == Skips {
				skips++
				if i > 0 && plan[i-1] == Skips {
					runs++
				} else {
					alone++
				}
			}
		}
	}
	t.Run("have some weeks of holiday a year", func(t *testing.T) {
		assert.InDelta(t, 32, float64(rests)/50, 12)
	})
	t.Run("have days that are skipped, more often after another one", func(t *testing.T) {
		skipped := float64(skips) / (50 * year)
		assert.InDelta(t, 0.13, skipped, 0.06)
		assert.Greater(t, float64(runs)/float64(runs+alone), 1.5*skipped)
	})
}
