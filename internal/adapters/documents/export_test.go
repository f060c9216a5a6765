package documents

// Clean and Shortened are for tests: what they are given need not come from a child.
var (
	Clean     = clean
	Shortened = shortened
	LayPages  = layPages
)
