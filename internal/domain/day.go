package domain

import (
	"regexp"
	"sync"
	"time"
)

// Day is a day of a person's own calendar, counted from 1970-01-01 as day 0. A day may last 23 or 25 hours.
type Day int32

// Date returns the day as a date, at midnight UTC.
func (d Day) Date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// DefaultRollover is the hour at which a person's day begins.
const DefaultRollover = 4

// Calendar tells which day it is for a person: their time zone, and the hour at which their day begins.
type Calendar struct {
	zone     *time.Location
	rollover int
}

// zones keeps loaded time zones: loading one reads a file, and an answer needs one.
var zones sync.Map

// NewCalendar returns the calendar of an IANA time zone and a rollover hour 0..23.
func NewCalendar(zone string, rollover int) (Calendar, error) {
	var p problems
	p.add(rollover < 0 || rollover > 23, "rolloverHour", "The rollover hour must be between 0 and 23.")
	location, err := loadZone(zone)
	p.add(err != nil, "timeZone", "There is no time zone of this name.")
	return Calendar{location, rollover}, p.err()
}

// zoneName is what names of zones look like. Systems keep other files beside them.
var zoneName = regexp.MustCompile(`^[A-Z][A-Za-z0-9+/_-]*$`)

func loadZone(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	location, err := time.LoadLocation(name)
	if err != nil || !zoneName.MatchString(name) || name == "Local" {
		return nil, Invalid("timeZone", "There is no time zone of this name.")
	}
	zones.Store(name, location)
	return location, nil
}

// DefaultCalendar returns the calendar of a person who has not set one: UTC, days beginning at 4 o'clock.
func DefaultCalendar() Calendar { return Calendar{time.UTC, DefaultRollover} }

// Zone returns the IANA name of the time zone.
func (c Calendar) Zone() string { return c.zone.String() }

// Rollover returns the hour at which a day begins.
func (c Calendar) Rollover() int { return c.rollover }

// HourOf returns the hour that the person's clock shows at an instant, 0..23.
func (c Calendar) HourOf(at time.Time) int { return at.In(c.zone).Hour() }

// DayOf returns the day that an instant belongs to: the one whose Start is the last not after it.
func (c Calendar) DayOf(at time.Time) Day {
	local := at.In(c.zone)
	day := dayOfDate(local.Date())
	if at.Before(c.Start(day)) {
		return day - 1
	}
	return day
}

func dayOfDate(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Start returns the instant at which a day begins: the first whose wall clock shows the rollover hour, or, where
// daylight saving leaves that hour out, the first after the gap.
func (c Calendar) Start(day Day) time.Time {
	year, month, date := day.Date().Date()
	start := time.Date(year, month, date, c.rollover, 0, 0, 0, c.zone)
	from, until := start.ZoneBounds()
	switch shown := dayOfDate(start.Date()); {
	case shown < day || shown == day && start.Hour() < c.rollover:
		return until.UTC() // the hour is left out, and Date answered with the one before the gap
	case shown > day || start.Hour() > c.rollover:
		return from.UTC() // left out too, answered with the one after the gap
	case from.IsZero():
		return start.UTC()
	}
	_, offset := start.Zone()
	_, before := from.Add(-time.Nanosecond).Zone()
	if first := start.Add(time.Duration(offset-before) * time.Second); first.Before(from) {
		return first.UTC() // the hour comes twice, and the first one counts
	}
	return start.UTC()
}
