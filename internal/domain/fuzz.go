package domain

import (
	"encoding/binary"
	"hash/fnv"
	"math"
)

// fuzzRange returns the first and the last day that an ideal interval, in days, may be moved to. Cards learned together
// would otherwise stay together for good.
//
// Source of the constants: the interval fuzz of Anki and FSRS, 15 % of what lies between 2.5 and 7 days, 10 % up to
// 20 days and 5 % beyond, and a day more.
func fuzzRange(ideal float64) (low, high int) {
	if ideal < 2.5 {
		day := max(int(math.Round(ideal)), 1)
		return day, day
	}
	delta := 1 + 0.15*(math.Min(ideal, 7)-2.5) + 0.10*math.Max(0, math.Min(ideal, 20)-7) + 0.05*math.Max(0, ideal-20)
	return max(int(math.Round(ideal-delta)), 1), int(math.Round(ideal + delta))
}

// fuzzFraction returns a fraction 0 <= u < 1 that depends on nothing but the card and the number of its answers, so
// that the same answer always has the same fuzz.
func fuzzFraction(card CardID, reps int) float64 {
	hash := fnv.New64a()
	hash.Write([]byte(card))
	var count [8]byte
	binary.LittleEndian.PutUint64(count[:], uint64(max(reps, 0)))
	hash.Write(count[:])
	return float64(mix(hash.Sum64())>>11) / (1 << 53)
}

// mix spreads the bits of a hash (the finaliser of MurmurHash3): FNV leaves the high ones of similar inputs alike.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
