//go:build race

package interleavings

// slowness is by how much fewer people there are with the race detector.
const slowness = 20
