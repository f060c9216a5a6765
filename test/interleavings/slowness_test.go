//go:build !race

package interleavings

// slowness is by how much fewer people there are where everything is slow.
const slowness = 1
