// Package porttest is the contract of every storage port as a test suite. Each storage engine calls Run from a test of
// its own; whoever changes a storage port adds a case here first.
package porttest

import (
	"testing"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// Engine opens fresh, empty stores of one storage engine. Stores are used at the same time by tests that run in
// parallel, and do not see each other's data.
type Engine struct {
	// Open returns a fresh and empty store that is closed by t.Cleanup.
	Open func(t *testing.T) ports.Storage
	// OpenCrashing is like Open, but ReviewLog.Append stops with an error after the events are written and before the
	// memories are. An engine with transactions then stores nothing.
	OpenCrashing func(t *testing.T) ports.Storage
}

// Run checks every storage port of an engine against its contract.
func Run(t *testing.T, engine Engine) {
	for _, suite := range suites {
		suite.start(t, engine)
	}
}

// RunSuite checks one storage port of an engine, which is named as in ports.Storage. It serves an engine that is being
// built, and has some of the ports: the others are not touched. The contract is kept when Run passes.
func RunSuite(t *testing.T, name string, engine Engine) {
	t.Helper()
	for _, suite := range suites {
		if suite.name == name {
			suite.start(t, engine)
			return
		}
	}
	t.Fatalf("there is no suite %q", name)
}

// suite is the contract of one port.
type suite struct {
	name string
	run  func(*testing.T, Engine)
}

// start runs a suite at the same time as others.
func (s suite) start(t *testing.T, engine Engine) {
	t.Run(s.name, func(t *testing.T) {
		t.Parallel()
		s.run(t, engine)
	})
}

// suites has one suite for each field of ports.Storage.
var suites = []suite{
	{"Users", testUsers},
	{"Sessions", testSessions},
	{"OneTimeTokens", testOneTimeTokens},
	{"APITokens", testAPITokens},
	{"SignInPlaces", testSignInPlaces},
	{"SignInAttempts", testSignInAttempts},
	{"Audits", testAudits},
	{"Deletions", testDeletions},
	{"Erasure", testErasure},
	{"Idempotency", testIdempotency},
	{"Configs", testConfigs},
	{"Decks", testDecks},
	{"PublishedDecks", testPublishedDecks},
	{"Cards", testCards},
	{"ReviewLog", testReviewLog},
	{"DayEvents", testDayEvents},
	{"RecentEvents", testRecentEvents},
	{"Memories", testMemories},
	{"Suspensions", testSuspensions},
	{"StudyQueue", testStudyQueue},
	{"LearningSettings", testLearningSettings},
	{"Projections", testProjections},
	{"EventFacts", testEventFacts},
	{"Statistics", testStatistics},
	{"LearningSessions", testLearningSessions},
	{"Notes", testNotes},
	{"GenerationUsage", testGenerationUsage},
	{"Contents", testContents},
	{"ContentLists", testContentLists},
	{"Blobs", testBlobs},
	{"Jobs", testJobs},
	{"CardSearch", testCardSearch},
	{"Search", testSearch},
	{"Sweeper", testSweeper},
	{"Archive", testArchive},
}

type testCase struct {
	name string
	run  func(*testing.T, Engine)
}

// runCases runs cases that each open a store of their own, and so may run at the same time.
func runCases(t *testing.T, engine Engine, cases []testCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, engine)
		})
	}
}
