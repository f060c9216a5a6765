package ports

// Storage is all the storage ports of one engine. An engine's package has a method that returns it.
type Storage struct {
	Users            Users
	Sessions         Sessions
	OneTimeTokens    OneTimeTokens
	APITokens        APITokens
	SignInPlaces     SignInPlaces
	SignInAttempts   SignInAttempts
	Audits           Audits
	Deletions        Deletions
	Erasure          Erasure
	Idempotency      Idempotency
	Configs          Configs
	Decks            Decks
	PublishedDecks   PublishedDecks
	Cards            Cards
	ReviewLog        ReviewLog
	DayEvents        DayEvents
	RecentEvents     RecentEvents
	Memories         Memories
	Suspensions      Suspensions
	StudyQueue       StudyQueue
	LearningSettings LearningSettings
	Projections      Projections
	EventFacts       EventFacts
	Statistics       Statistics
	LearningSessions LearningSessions
	Notes            Notes
	GenerationUsage  GenerationUsage
	Contents         Contents
	ContentLists     ContentLists
	Blobs            Blobs
	Jobs             Jobs
	CardSearch       CardSearch
	Search           Search
	Sweeper          Sweeper
	Archive          Archive
}
