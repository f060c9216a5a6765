package ports

// Storage is all the storage ports of one engine. An engine's package has a method that returns it.
type Storage struct {
	Users            Users
	Sessions         Sessions
	OneTimeTokens    OneTimeTokens
	Configs          Configs
	Decks            Decks
	PublishedDecks   PublishedDecks
	Cards            Cards
	ReviewLog        ReviewLog
	RecentEvents     RecentEvents
	Memories         Memories
	LearningSessions LearningSessions
	Sweeper          Sweeper
}
