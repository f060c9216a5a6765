package simulation

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Person is a simulated learner.
type Person struct {
	// Number counts the people of a seed, from 1.
	Number int
	ID     domain.UserID
	Name   string
	Email  string
	// Calendar has the person's time zone.
	Calendar domain.Calendar
	// Buttons is how many ratings the person's client offers, 2 or 4.
	Buttons int
	// NewPerDay is how many new cards the person wants a day.
	NewPerDay int

	seed   uint64
	traits traits
	habits habits
}

// zones are where simulated people live: on both hemispheres, with and without daylight saving, with offsets that are
// not whole hours, on both sides of the date line.
var zones = []string{
	"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Asia/Tokyo", "America/Sao_Paulo", "Australia/Sydney",
	"Africa/Lagos", "America/Los_Angeles", "Pacific/Auckland", "Europe/London", "Asia/Kathmandu",
}

// NewPerson returns the person of a seed with a number, from 1. Two people of five have two buttons.
func NewPerson(seed uint64, number int) Person {
	chance := stream(seed, number, "person")
	id := domain.NameID("simulation", strconv.FormatUint(seed, 10), strconv.Itoa(number))
	calendar, err := domain.NewCalendar(zones[(number-1)%len(zones)], domain.DefaultRollover)
	if err != nil {
		calendar = domain.DefaultCalendar() // a system without the zone counts in UTC
	}
	buttons := 4
	if number%5 == 2 || number%5 == 4 {
		buttons = 2
	}
	return Person{
		Number: number, ID: domain.UserID(id), Name: fmt.Sprintf("Simulated %d", number),
		Email: fmt.Sprintf("simulated-%d-%d@example.org", seed, number), Calendar: calendar, Buttons: buttons,
		NewPerDay: 3 + chance.IntN(18), seed: seed, traits: newTraits(chance), habits: newHabits(chance),
	}
}

// stream returns a source of chance of its own for one purpose of one person, so that none depends on how often another
// is asked.
func stream(seed uint64, number int, purpose string) *rand.Rand {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%s", seed, number, purpose))
	//nolint:gosec // chance is repeatable here, and guards nothing
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
}

// between returns a number that is evenly spread between two others.
func between(chance *rand.Rand, low, high float64) float64 { return low + chance.Float64()*(high-low) }

// around returns a number whose logarithm is spread normally around that of a median: what people have much or little
// of, time and speed for example, is spread so.
func around(chance *rand.Rand, median, spread float64) float64 {
	return median * math.Exp(spread*chance.NormFloat64())
}

// seconds returns a duration in whole milliseconds.
func seconds(s float64) time.Duration { return time.Duration(s*1000) * time.Millisecond }
