package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestEachPartIsRemovedAtOnceAndOnceMore(t *testing.T) {
	later := noon.Add(DeletionGrace)
	for _, part := range Parts() {
		d := NewDeletion("u", noon)
		assert.True(t, d.Due(part, noon), "at once")
		d.Removed(part, noon)
		assert.False(t, d.Due(part, later.Add(-1)), "not again while nothing new can have come")
		assert.True(t, d.Due(part, later), "again when calls that were under way are over")
		assert.Empty(t, d.Finished)
		d.Removed(part, later)
		assert.False(t, d.Due(part, later.Add(time.Hour)), "and never again")
		assert.Equal(t, []Part{part}, d.Cleared)
		assert.Equal(t, []Part{part}, d.Finished)
	}
}

func TestADeletionIsDoneWhenAllPartsAre(t *testing.T) {
	d := NewDeletion("u", noon)
	for _, part := range Parts() {
		assert.False(t, d.Done())
		d.Removed(part, noon)
	}
	assert.False(t, d.Done(), "all are removed once only")
	for _, part := range Parts() {
		assert.False(t, d.Done())
		d.Removed(part, noon.Add(DeletionGrace))
	}
	assert.True(t, d.Done())
}

func TestWorkThatWasLateDoesForBothTimes(t *testing.T) {
	d := NewDeletion("u", noon)
	d.Removed(PartDecks, noon.Add(DeletionGrace))
	assert.Equal(t, []Part{PartDecks}, d.Cleared)
	assert.Equal(t, []Part{PartDecks}, d.Finished)
	assert.True(t, d.Due(PartLearning, noon.Add(DeletionGrace)), "of other parts that says nothing")
}

func TestWorkThatBeganTooEarlyIsNotTheLast(t *testing.T) {
	d := NewDeletion("u", noon)
	d.Removed(PartDecks, noon)
	d.Removed(PartDecks, noon.Add(DeletionGrace-1))
	assert.Equal(t, []Part{PartDecks}, d.Cleared, "each is noted once")
	assert.Empty(t, d.Finished)
}

func TestAnIdentityIsOverWhenAPartIsRemovedForGood(t *testing.T) {
	assert.Greater(t, DeletionGrace, IdentityLifetime)
}
