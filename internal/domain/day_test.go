package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func calendar(t *testing.T, zone string, rollover int) Calendar {
	t.Helper()
	c, err := NewCalendar(zone, rollover)
	require.NoError(t, err)
	return c
}

func TestADayBeginsAtTheRolloverHour(t *testing.T) {
	c := calendar(t, "Europe/Berlin", 4)
	berlin, _ := time.LoadLocation("Europe/Berlin")
	before, after := time.Date(2026, 7, 2, 3, 59, 59, 0, berlin), time.Date(2026, 7, 2, 4, 0, 0, 0, berlin)
	assert.Equal(t, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), c.DayOf(before).Date())
	assert.Equal(t, time.Date(2026, 7, 2, 0, 0, 0, 0, time.UTC), c.DayOf(after).Date())
	assert.True(t, c.Start(c.DayOf(after)).Equal(after))
}

func TestDaysOfDaylightSavingAreShorterAndLonger(t *testing.T) {
	c := calendar(t, "Europe/Berlin", 0)
	length := func(year int, month time.Month, day int) time.Duration {
		d := dayOfDate(year, month, day)
		return c.Start(d + 1).Sub(c.Start(d))
	}
	assert.Equal(t, 23*time.Hour, length(2026, 3, 29))
	assert.Equal(t, 25*time.Hour, length(2026, 10, 25))
	assert.Equal(t, 24*time.Hour, length(2026, 10, 26))
}

func TestAMissingRolloverHourBeginsTheDayAfterTheGap(t *testing.T) {
	c := calendar(t, "Europe/Berlin", 2) // 2 to 3 o'clock is left out on 2026-03-29
	d := dayOfDate(2026, 3, 29)
	assert.Equal(t, time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), c.Start(d))
	santiago := calendar(t, "America/Santiago", 0) // midnight is left out on 2026-09-06
	assert.Equal(t, time.Date(2026, 9, 6, 4, 0, 0, 0, time.UTC), santiago.Start(dayOfDate(2026, 9, 6)))
}

func TestDoubledRolloverHourBeginsTheDayOnce(t *testing.T) {
	c := calendar(t, "Europe/Berlin", 2) // 2 to 3 o'clock comes twice on 2026-10-25
	d := dayOfDate(2026, 10, 25)
	assert.Equal(t, time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), c.Start(d))
	assert.Equal(t, d, c.DayOf(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)))
}

func TestDaysFollowEachOtherEverywhere(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/Santiago", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kathmandu",
		"Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca"}
	for _, zone := range zones {
		for rollover := range 24 {
			c := calendar(t, zone, rollover)
			for d := dayOfDate(2011, 11, 1); d < dayOfDate(2013, 1, 1); d++ {
				start := c.Start(d)
				next := c.Start(d + 1)
				require.False(t, next.Before(start), "%s %d %v", zone, rollover, start)
				if next.Equal(start) {
					continue // Apia left out a whole day in 2011
				}
				require.Equal(t, d, c.DayOf(start), "%s %d %v", zone, rollover, start)
				require.Equal(t, d, c.DayOf(next.Add(-time.Millisecond)), "%s %d %v", zone, rollover, start)
			}
		}
	}
}

func TestUnknownZonesAndHoursAreRefused(t *testing.T) {
	for _, c := range []struct {
		zone     string
		rollover int
		field    string
	}{{"Mars/Olympus", 4, "timeZone"}, {"Local", 4, "timeZone"}, {"UTC", 24, "rolloverHour"}, {"UTC", -1, "rolloverHour"}} {
		_, err := NewCalendar(c.zone, c.rollover)
		var problem *Error
		require.ErrorAs(t, err, &problem)
		assert.Equal(t, c.field, problem.Fields[0].Field)
	}
}

func TestOnlyNamesOfZonesAreZones(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"} {
		_, err := NewCalendar(name, 4)
		assert.NoError(t, err, name)
	}
	for _, name := range []string{"", "Local", "posixrules", "../etc/passwd", "Europe", "Middle/Earth"} {
		_, err := NewCalendar(name, 4)
		assert.Equal(t, CodeInvalid, CodeOf(err), "%q", name)
	}
}
