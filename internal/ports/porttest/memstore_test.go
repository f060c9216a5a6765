package porttest_test

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/porttest"
)

// memstore is a store in memory that keeps the contract, unless it is told to have a fault.
type memstore struct {
	mu    sync.Mutex
	fault string
	// crash makes Append stop with an error; keepEvents says whether the events are stored by then.
	crash, keepEvents bool
	// connections is what a loop that is left early uses up, in a store with that fault.
	connections int
	sweeping    bool

	users    map[domain.UserID]domain.User
	sessions map[key]domain.Session
	tokens   map[string]domain.OneTimeToken
	configs  map[string]domain.ConfigDocument
	decks    map[key]deckRow
	cards    map[key]cardRow
	orphans  map[key]cardRow
	// buried are the cards of deleted decks, and reserved the e-mails that accounts had before, in stores with these faults.
	buried   map[key]cardRow
	reserved map[string]bool
	logs     map[domain.UserID][]domain.Event
	sittings map[key]domain.LearningSession
	settings map[domain.UserID]domain.Settings
	months   map[key]ports.CachedMonth
	inserted int

	apiTokens map[key]domain.APIToken
	places    map[key]domain.SignInPlace
	audits    map[key]domain.AuditEntry
	requests  map[key]domain.IdempotentRequest
	attempts  map[string]domain.Attempts
	deletions map[domain.UserID]domain.Deletion
	// notes are by deck, and usage, what people used on days, is by day.
	notes map[key]domain.Note
	usage map[key]int
	// contents have their texts with them; leftTexts are those of contents that are not there, in stores with that fault. blobs are by
	// BlobPartKey, jobs by JobKey, and index has the words by which things are found.
	contents  map[key]contentRow
	leftTexts map[key]domain.ContentTexts
	blobs     map[key]domain.BlobPart
	jobs      map[key]domain.Job
	index     map[found][]string
	// orders is in which order things were inserted, refusedUsers are accounts whose e-mail was taken, forgotten the revisions of
	// attempts that were forgotten, and erased what was erased before, in stores with these faults.
	orders       map[string]int
	refusedUsers []domain.User
	forgotten    map[string]int64
	erased       map[key]bool
}

// key names what a person owns.
type key struct {
	owner domain.UserID
	id    string
}

type deckRow struct {
	domain.Deck
	deleted, everPublished bool
	deletedAt              time.Time
	order                  int
}

type cardRow struct {
	domain.Card
	memory    domain.Memory
	suspended bool
	// queued is the memory by which the card is found when it is to be studied.
	queued domain.Memory
	// asked is whether the card is studied although it is suspended, in a store with that fault.
	asked bool
	born  domain.DeckID
	order int
}

func newMemstore(fault string) *memstore {
	return &memstore{
		fault: fault, connections: 10,
		users: map[domain.UserID]domain.User{}, sessions: map[key]domain.Session{}, tokens: map[string]domain.OneTimeToken{},
		configs: map[string]domain.ConfigDocument{}, decks: map[key]deckRow{}, cards: map[key]cardRow{},
		orphans: map[key]cardRow{}, buried: map[key]cardRow{}, reserved: map[string]bool{}, logs: map[domain.UserID][]domain.Event{}, sittings: map[key]domain.LearningSession{},
		settings: map[domain.UserID]domain.Settings{}, months: map[key]ports.CachedMonth{},
		apiTokens: map[key]domain.APIToken{}, places: map[key]domain.SignInPlace{}, audits: map[key]domain.AuditEntry{},
		requests: map[key]domain.IdempotentRequest{}, attempts: map[string]domain.Attempts{}, deletions: map[domain.UserID]domain.Deletion{},
		notes: map[key]domain.Note{}, usage: map[key]int{},
		contents: map[key]contentRow{}, leftTexts: map[key]domain.ContentTexts{}, blobs: map[key]domain.BlobPart{},
		jobs: map[key]domain.Job{}, index: map[found][]string{},
		orders: map[string]int{}, forgotten: map[string]int64{}, erased: map[key]bool{},
	}
}

func (s *memstore) storage() ports.Storage {
	return ports.Storage{
		Users: s, Sessions: s, OneTimeTokens: s, APITokens: s, SignInPlaces: s, SignInAttempts: s, Audits: s, Deletions: s,
		Erasure: s, Idempotency: s, Configs: s, Decks: s, PublishedDecks: s, Cards: s, ReviewLog: s,
		DayEvents: s, RecentEvents: s, Memories: s, Suspensions: s, StudyQueue: s, LearningSettings: s, Projections: s,
		EventFacts: s, Statistics: s, LearningSessions: s, Notes: s, GenerationUsage: s, Contents: s, ContentLists: s,
		Blobs: s, Jobs: s, CardSearch: s, Search: s, Sweeper: s, Archive: s.archive(),
	}
}

// engineOf returns an engine of stores with a fault; keepEvents makes it one without transactions.
func engineOf(fault string, keepEvents bool) porttest.Engine {
	return porttest.Engine{
		Open: func(*testing.T) ports.Storage { return withLateWrites(newMemstore(fault)) },
		OpenCrashing: func(*testing.T) ports.Storage {
			s := newMemstore(fault)
			s.crash, s.keepEvents = true, keepEvents
			return withLateWrites(s)
		},
	}
}

// is reports whether the store has a fault. A name that is not in the table is a mistake of this file.
func (s *memstore) is(fault string) bool {
	if !isFault()[fault] {
		panic("the table of faults lacks " + fault)
	}
	return s.fault == fault
}

// gap lets others in, in the middle of a method, where a store has the fault not to keep them out.
func (s *memstore) gap(fault string) {
	if s.is(fault) {
		s.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		s.mu.Lock()
	}
}

// enter locks the store for a method.
func (s *memstore) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil && !s.is("a cancelled context is ignored") {
		if s.is("a cancelled context is an error without its cause") {
			return domain.NewError(domain.CodeUnavailable, "The storage does not answer.")
		}
		return domain.WrapError(domain.CodeUnavailable, "The storage does not answer.", err)
	}
	s.mu.Lock()
	if s.connections <= 0 {
		s.mu.Unlock()
		return domain.NewError(domain.CodeUnavailable, "There is no connection left.")
	}
	return nil
}

// at returns a time as the store keeps it.
func (s *memstore) at(t time.Time) time.Time {
	switch {
	case t.IsZero():
		if s.is("no time becomes 1970") {
			return time.UnixMilli(0).UTC()
		}
		return time.Time{}
	case s.is("milliseconds are lost"):
		return t.UTC().Truncate(time.Second)
	case s.is("times come back in local time"):
		return t.In(time.FixedZone("local", 3600))
	case s.is("1970 becomes no time") && t.UnixMilli() == 0:
		return time.Time{}
	case s.is("times are counted in nanoseconds"):
		return time.Unix(0, t.UnixNano()).UTC()
	case s.is("time zones are dropped"):
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	return t.UTC().Truncate(time.Millisecond)
}

// text returns a text as the store keeps it.
func (s *memstore) text(t string) string {
	switch {
	case s.is("texts are trimmed"):
		return strings.TrimSpace(t)
	case s.is("texts are normalised"):
		return strings.ReplaceAll(t, "e\u0301", "\u00e9")
	case s.is("texts are cut at 65,535 bytes") && len(t) > 65535:
		return t[:65535]
	case s.is("texts lose what is beyond the basic plane"):
		return strings.Map(func(r rune) rune {
			if r > 0xffff {
				return '?'
			}
			return r
		}, t)
	case s.is("an empty text becomes null") && t == "":
		return "null"
	case s.is("quotes are escaped"):
		return strings.ReplaceAll(t, "'", "''")
	}
	return t
}

// changed returns the error of an edit function as the store reports it, and whether to store the change.
func (s *memstore) changed(err error) (bool, error) {
	switch {
	case err == nil:
		return true, nil
	case s.is("an edit function's error is wrapped"):
		return false, domain.WrapError(domain.CodeInternal, "The edit failed.", err)
	case s.is("a change is stored that its edit function refused"):
		return true, err
	}
	return false, err
}

// raised returns the revision after a change.
func (s *memstore) raised(before int64) int64 {
	if s.is("the revision is not raised") {
		return before
	}
	return before + 1
}

// lookup finds what a person owns. anyone is the fault to find other people's as well.
func lookup[V any](rows map[key]V, owner domain.UserID, id string, anyone bool) (key, V, bool) {
	k := key{owner, id}
	row, found := rows[k]
	if !found && anyone {
		for other, theirs := range rows {
			if other.id == id {
				return other, theirs, true
			}
		}
	}
	return k, row, found
}

// listing says how the rows of a list are ordered and numbered.
type listing[V any] struct {
	at    func(V) time.Time
	id    func(V) string
	order func(V) int
}

// part returns a page of a list.
func part[V any](s *memstore, rows []V, by listing[V], page ports.Page) []V {
	compare := func(row V, at time.Time, id string) int {
		if s.is("lists are in order of seconds") {
			at = at.Truncate(time.Second)
			return cmp.Or(by.at(row).Truncate(time.Second).Compare(at), cmp.Compare(by.id(row), id))
		}
		return cmp.Or(by.at(row).Compare(at), cmp.Compare(by.id(row), id))
	}
	slices.SortFunc(rows, func(a, b V) int {
		if s.is("lists are in order of insertion") {
			return cmp.Compare(by.order(a), by.order(b))
		}
		if s.is("ties of a list are in order of insertion") {
			return cmp.Or(by.at(a).Compare(by.at(b)), cmp.Compare(by.order(a), by.order(b)))
		}
		return compare(a, by.at(b), by.id(b))
	})
	begin := 0
	if !page.After.IsZero() {
		begin = s.behind(len(rows), page.After, func(i int) (int, time.Time, string) {
			return compare(rows[i], page.After.At, page.After.ID), by.at(rows[i]), by.id(rows[i])
		})
	}
	limit := page.Limit
	if s.is("a page has one row less than asked for") && limit > 1 {
		limit--
	}
	if s.is("the limit of a page is ignored") {
		limit = len(rows)
	}
	list := rows[begin:min(begin+limit, len(rows))]
	if len(list) == 0 {
		return none[V](s)
	}
	return slices.Clone(list)
}

// behind returns the index of the first row behind a cursor.
func (s *memstore) behind(n int, after ports.Cursor, row func(int) (int, time.Time, string)) int {
	gone := true
	begin := n
	for i := range n {
		order, at, id := row(i)
		gone = gone && id != after.ID
		switch {
		case s.is("a page skips the ties of its cursor"):
			order = at.Compare(after.At)
		case s.is("a page begins with the row of its cursor") && order == 0:
			order = 1
		}
		if order > 0 && begin == n {
			begin = i
		}
	}
	if gone && s.is("a cursor whose row is gone starts over") {
		return 0
	}
	return begin
}

// none returns an empty list.
func none[V any](s *memstore) []V {
	if s.is("an empty list is nil") {
		return nil
	}
	return []V{}
}

func (s *memstore) notFound(what string) error {
	if s.is("not found is an internal error") {
		return domain.NewError(domain.CodeInternal, "no rows in result set")
	}
	return domain.NotFound(what)
}

func (s *memstore) conflict(what string) error {
	if s.is("a taken id is an internal error") {
		return domain.NewError(domain.CodeInternal, "UNIQUE constraint failed")
	}
	return domain.NewError(domain.CodeConflict, "There is such a "+what+" already.")
}

// Sweep implements ports.Sweeper.
func (s *memstore) Sweep(ctx context.Context, now time.Time) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	if s.sweeping {
		return false, s.conflict("sweep")
	}
	s.sweeping = s.is("two sweeps at once fail")
	s.gap("two sweeps at once fail")
	s.sweeping = false
	for k, session := range s.sessions {
		expired := session.ExpiresAt.Before(now) && !s.is("a sweep leaves sign-ins")
		if expired || s.is("a sweep removes live sign-ins") {
			delete(s.sessions, k)
		}
	}
	for hash, token := range s.tokens {
		expired := token.ExpiresAt.Before(now) && !s.is("a sweep leaves tokens")
		if expired || s.is("a sweep removes live tokens") {
			delete(s.tokens, hash)
		}
	}
	for k, row := range s.decks {
		age := 24 * time.Hour
		if s.is("a sweep removes decks deleted within a day") {
			age = time.Hour
		}
		if row.deleted && row.deletedAt.Before(now.Add(-age)) && !s.is("a sweep leaves deleted decks") {
			delete(s.decks, k)
		}
	}
	s.sweepAccounts(now)
	s.sweepGeneration(now)
	s.sweepWrongly()
	return !s.is("a sweep never ends"), nil
}

func (s *memstore) sweepWrongly() {
	switch {
	case s.is("a sweep removes sittings"):
		clear(s.sittings)
	case s.is("a sweep removes events"):
		clear(s.logs)
	case s.is("a sweep brings deleted decks back"):
		for k, row := range s.decks {
			row.deleted = false
			s.decks[k] = row
		}
	case s.is("a sweep removes cards that moved"):
		for k, row := range s.cards {
			if row.born != row.Deck {
				delete(s.cards, k)
			}
		}
	}
}

// clone returns bytes that callers cannot change.
func (s *memstore) clone(b []byte) []byte {
	if s.is("bytes are shared with callers") {
		return b
	}
	return bytes.Clone(b)
}
