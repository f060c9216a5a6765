package mongo

import "go.mongodb.org/mongo-driver/v2/bson"

// The collections.
const (
	usersName            = "users"
	sessionsName         = "sessions"
	tokensName           = "one_time_tokens"
	apiTokensName        = "api_tokens"
	placesName           = "sign_in_places"
	attemptsName         = "sign_in_attempts"
	auditsName           = "audit_entries"
	deletionsName        = "deletions"
	requestsName         = "idempotent_requests"
	configsName          = "configs"
	decksName            = "decks"
	cardsName            = "cards"
	intentsName          = "card_intents"
	eventsName           = "review_events"
	learningSessionsName = "learning_sessions"
	learningSettingsName = "learning_settings"
	cachedMonthsName     = "cached_months"
	notesName            = "notes"
	usageName            = "generation_usage"
	contentsName         = "contents"
	contentTextsName     = "content_texts"
	blobsName            = "blob_parts"
	jobsName             = "jobs"
	schemasName          = "schema"
)

// collections are all that people's data are in.
var collections = []string{
	usersName, sessionsName, tokensName, apiTokensName, placesName, attemptsName, auditsName, deletionsName, requestsName,
	configsName, decksName, cardsName, intentsName, eventsName, learningSessionsName, learningSettingsName, cachedMonthsName,
	notesName, usageName, contentsName, contentTextsName, blobsName, jobsName,
}

// index is an index of a collection beside the one on _id.
type index struct {
	collection string
	name       string
	// keys are the fields, all ascending: every query can read them in either direction.
	keys   []string
	unique bool
}

// document returns the fields as the server wants them.
func (i index) document() bson.D {
	document := bson.D{}
	for _, field := range i.keys {
		document = append(document, bson.E{Key: field, Value: 1})
	}
	return document
}

// indexes are all that there are. Those of what people own begin with the owner; the others are for accounts by e-mail,
// one-time tokens, published decks, lists for operators, jobs, recovery and sweeps. A document is in the index of its terms once
// for each of them. An index that changes gets a new name, and the old one goes to droppedIndexes.
var indexes = []index{
	{usersName, "email_key", []string{"email_key"}, true},
	{usersName, "listed", []string{"created_at", "_id"}, false},
	{sessionsName, "of_owner", []string{"user_id", "created_at", "id"}, false},
	{sessionsName, "expiry", []string{"expires_at"}, false},
	{tokensName, "of_owner", []string{"user_id"}, false},
	{tokensName, "expiry", []string{"expires_at"}, false},
	{apiTokensName, "of_owner", []string{"user_id", "created_at", "id"}, false},
	{apiTokensName, "expiry", []string{"expires_at"}, false},
	{placesName, "expiry", []string{"last_seen"}, false},
	{attemptsName, "expiry", []string{"expires_at"}, false},
	{auditsName, "of_subject", []string{"user_id", "at", "id"}, false},
	{auditsName, "listed", []string{"at", "id"}, false},
	{deletionsName, "listed", []string{"requested_at", "user_id"}, false},
	{requestsName, "expiry", []string{"expires_at"}, false},
	{decksName, "of_owner", []string{"user_id", "created_at", "id"}, false},
	{decksName, "published", []string{"published_at", "id"}, false},
	{decksName, "tombstones", []string{"deleted_at"}, false},
	{cardsName, "of_owner", []string{"user_id", "created_at", "id"}, false},
	{cardsName, "of_deck", []string{"user_id", "deck_id", "created_at", "id"}, false},
	// It covers DeckMemories, which then reads no card with its texts.
	{cardsName, "deck_memories", append([]string{"user_id", "deck_id", "id", "suspended"}, memoryFields...), false},
	// They cover StudyIDs and DueTimes. A new card has null in due.
	{cardsName, "study", []string{"user_id", "suspended", "phase", "due", "created_at", "id", "deck_id"}, false},
	{cardsName, "study_of_deck", []string{"user_id", "deck_id", "suspended", "phase", "due", "created_at", "id"}, false},
	{intentsName, "due", []string{"sweep_at"}, false},
	{eventsName, "numbers", []string{"user_id", "seq"}, true},
	{eventsName, "of_card", []string{"user_id", "card_id", "seq"}, false},
	{eventsName, "of_day", []string{"user_id", "day", "seq"}, false},
	{eventsName, "recent", []string{"recorded_at", "id"}, false},
	{notesName, "ids", []string{"user_id", "id"}, true},
	{cardsName, "of_terms", []string{"user_id", "terms"}, false},
	{notesName, "of_terms", []string{"user_id", "terms"}, false},
	{contentsName, "of_terms", []string{"user_id", "terms"}, false},
	{contentsName, "of_owner", []string{"user_id", "created_at", "id"}, false},
	{contentTextsName, "due", []string{"sweep_at"}, false},
	{jobsName, "due", []string{"kind", "due_at"}, false},
	{usageName, "expiry", []string{"day"}, false},
	{learningSettingsName, "pending", []string{"pending", "updated_at"}, false},
}

// droppedIndexes are those of earlier schema versions that nothing needs any more.
var droppedIndexes = []index{
	{collection: cardsName, name: "memories"},
}

// memoryFields are the fields of memoryRecord.
var memoryFields = []string{
	"phase", "step", "stability", "difficulty", "due", "last_review", "last_day", "reps", "lapses", "seq",
}
