package moving

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// memory is a storage in memory, as far as copying needs one.
type memory struct {
	mu sync.Mutex
	// onRead and onWrite, if they are set, are called before something is read, or written; with an error it is not. After a
	// write of many a part may be there: onItem is called before each item.
	onRead, onWrite, onItem func(kind Kind, owner domain.UserID) error

	configs  *memoryShelf[domain.ConfigDocument]
	tokens   *memoryShelf[domain.OneTimeToken]
	users    *memoryShelf[domain.User]
	settings *memoryShelf[domain.Settings]
	sessions *memoryShelf[domain.Session]
	decks    *memoryShelf[ports.ArchivedDeck]
	cards    *memoryShelf[ports.ArchivedCard]
	sittings *memoryShelf[domain.LearningSession]

	apiTokens *memoryShelf[domain.APIToken]
	places    *memoryShelf[domain.SignInPlace]
	audits    *memoryShelf[domain.AuditEntry]
	deletions *memoryShelf[domain.Deletion]
	notes     *memoryShelf[domain.Note]
	contents  *memoryShelf[ports.ArchivedContent]
	blobs     *memoryShelf[domain.BlobPart]
	jobs      *memoryShelf[domain.Job]
	events    map[domain.UserID][]domain.Event
}

func newMemory() *memory {
	m := &memory{events: map[domain.UserID][]domain.Event{}}
	m.configs = newMemoryShelf(m, Configs, func(d *domain.ConfigDocument) string { return d.Name })
	m.tokens = newMemoryShelf(m, OneTimeTokens, func(t *domain.OneTimeToken) string { return t.Hash })
	m.users = newMemoryShelf(m, Accounts, func(u *domain.User) string { return string(u.ID) })
	m.settings = newMemoryShelf(m, LearningSettings, func(s *domain.Settings) string { return string(s.Owner) })
	m.sessions = newMemoryShelf(m, Sessions, func(s *domain.Session) string { return string(s.ID) })
	m.decks = newMemoryShelf(m, Decks, func(d *ports.ArchivedDeck) string { return string(d.ID) })
	m.cards = newMemoryShelf(m, Cards, func(c *ports.ArchivedCard) string { return string(c.ID) })
	m.sittings = newMemoryShelf(m, LearningSessions, func(s *domain.LearningSession) string { return string(s.ID) })
	m.apiTokens = newMemoryShelf(m, APITokens, func(t *domain.APIToken) string { return string(t.ID) })
	m.places = newMemoryShelf(m, SignInPlaces, func(p *domain.SignInPlace) string { return p.Network })
	m.audits = newMemoryShelf(m, Audits, func(e *domain.AuditEntry) string { return string(e.ID) })
	m.deletions = newMemoryShelf(m, Deletions, func(d *domain.Deletion) string { return string(d.Owner) })
	m.notes = newMemoryShelf(m, Notes, func(n *domain.Note) string { return string(n.Deck) })
	m.contents = newMemoryShelf(m, Contents, func(c *ports.ArchivedContent) string { return string(c.ID) })
	m.blobs = newMemoryShelf(m, Blobs, ports.BlobPartKey)
	m.jobs = newMemoryShelf(m, Jobs, ports.JobKey)
	return m
}

// Storage returns the ports that copying needs.
func (m *memory) Storage() ports.Storage {
	return ports.Storage{
		Users:     memoryUsers{m: m},
		ReviewLog: memoryLog{m: m},
		Archive: ports.Archive{
			Owners: memoryOwners{m}, Configs: m.configs, OneTimeTokens: m.tokens, Users: m.users, LearningSettings: m.settings,
			Sessions: m.sessions, Decks: m.decks, Cards: m.cards, LearningSessions: m.sittings, Events: memoryLog{m: m},
			APITokens: m.apiTokens, SignInPlaces: m.places, Audits: m.audits, Deletions: m.deletions, Notes: m.notes,
			Contents: m.contents, Blobs: m.blobs, Jobs: m.jobs,
		},
	}
}

// called calls one of the hooks.
func called(hook func(Kind, domain.UserID) error, kind Kind, owner domain.UserID) error {
	if hook == nil {
		return nil
	}
	return hook(kind, owner)
}

type memoryShelf[T any] struct {
	m     *memory
	kind  Kind
	key   func(*T) string
	items map[domain.UserID]map[string]T
}

func newMemoryShelf[T any](m *memory, kind Kind, key func(*T) string) *memoryShelf[T] {
	return &memoryShelf[T]{m, kind, key, map[domain.UserID]map[string]T{}}
}

// Page returns items in order of their keys.
func (s *memoryShelf[T]) Page(_ context.Context, owner domain.UserID, after string, limit int) ([]T, error) {
	if err := called(s.m.onRead, s.kind, owner); err != nil {
		return nil, err
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	page := []T{}
	for _, key := range slices.Sorted(maps.Keys(s.items[owner])) {
		if key > after && len(page) < limit {
			page = append(page, s.items[owner][key])
		}
	}
	return page, nil
}

// Put stores items.
func (s *memoryShelf[T]) Put(_ context.Context, owner domain.UserID, items []T) error {
	if err := called(s.m.onWrite, s.kind, owner); err != nil {
		return err
	}
	for i := range items {
		if err := called(s.m.onItem, s.kind, owner); err != nil {
			return err
		}
		s.m.mu.Lock()
		err := s.put(owner, items[i])
		s.m.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *memoryShelf[T]) put(owner domain.UserID, item T) error {
	if user, ok := any(item).(domain.User); ok {
		if holder := s.m.holder(domain.EmailKey(user.Email)); holder != nil && holder.ID != user.ID {
			return domain.NewError(domain.CodeEmailTaken, "The address is taken.")
		}
	}
	if s.items[owner] == nil {
		s.items[owner] = map[string]T{}
	}
	s.items[owner][s.key(&item)] = item
	return nil
}

// Remove removes items.
func (s *memoryShelf[T]) Remove(_ context.Context, owner domain.UserID, keys []string) error {
	if err := called(s.m.onWrite, s.kind, owner); err != nil {
		return err
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	for _, key := range keys {
		delete(s.items[owner], key)
	}
	if len(s.items[owner]) == 0 {
		delete(s.items, owner)
	}
	return nil
}

// edit changes an item where it lies.
func (s *memoryShelf[T]) edit(owner domain.UserID, key string, edit func(*T)) {
	item := s.items[owner][key]
	edit(&item)
	s.items[owner][key] = item
}

type memoryOwners struct{ m *memory }

// Owners returns everybody of whom something is stored.
func (o memoryOwners) Owners(_ context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	all := map[domain.UserID]bool{}
	for id := range o.m.events {
		all[id] = true
	}
	for _, ids := range [][]domain.UserID{
		slices.Collect(maps.Keys(o.m.users.items)), slices.Collect(maps.Keys(o.m.settings.items)), slices.Collect(maps.Keys(o.m.sessions.items)),
		slices.Collect(maps.Keys(o.m.decks.items)), slices.Collect(maps.Keys(o.m.cards.items)), slices.Collect(maps.Keys(o.m.sittings.items)),
		slices.Collect(maps.Keys(o.m.apiTokens.items)), slices.Collect(maps.Keys(o.m.places.items)),
		slices.Collect(maps.Keys(o.m.audits.items)), slices.Collect(maps.Keys(o.m.deletions.items)),
		slices.Collect(maps.Keys(o.m.notes.items)), slices.Collect(maps.Keys(o.m.contents.items)),
		slices.Collect(maps.Keys(o.m.blobs.items)), slices.Collect(maps.Keys(o.m.jobs.items)),
	} {
		for _, id := range ids {
			all[id] = true
		}
	}
	delete(all, "") // audit entries may be about nobody
	page := []domain.UserID{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if id > after && len(page) < limit {
			page = append(page, id)
		}
	}
	return page, nil
}

func (m *memory) holder(key string) *domain.User {
	for _, users := range m.users.items {
		for _, user := range users {
			if domain.EmailKey(user.Email) == key {
				return &user
			}
		}
	}
	return nil
}

type memoryUsers struct {
	ports.Users
	m *memory
}

// User returns an account.
func (u memoryUsers) User(_ context.Context, id domain.UserID) (domain.User, error) {
	u.m.mu.Lock()
	defer u.m.mu.Unlock()
	if user, ok := u.m.users.items[id][string(id)]; ok {
		return user, nil
	}
	return domain.User{}, domain.NotFound("account")
}

// UserByEmail returns the account with an e-mail address.
func (u memoryUsers) UserByEmail(_ context.Context, key string) (domain.User, error) {
	u.m.mu.Lock()
	defer u.m.mu.Unlock()
	if user := u.m.holder(key); user != nil {
		return *user, nil
	}
	return domain.User{}, domain.NotFound("account")
}

type memoryLog struct {
	ports.ReviewLog
	m *memory
}

// Head returns the newest number.
func (l memoryLog) Head(_ context.Context, owner domain.UserID, _ ...domain.CardID) (ports.Head, error) {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	return ports.Head{Seq: int64(len(l.m.events[owner]))}, nil
}

// Events returns a part of a log.
func (l memoryLog) Events(_ context.Context, owner domain.UserID, after int64, limit int) ([]domain.Event, error) {
	if err := called(l.m.onRead, Events, owner); err != nil {
		return nil, err
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	log := l.m.events[owner]
	from := min(after, int64(len(log)))
	return slices.Clone(log[from:min(from+int64(limit), int64(len(log)))]), nil
}

// PutEvents adds events.
func (l memoryLog) PutEvents(_ context.Context, owner domain.UserID, events []domain.Event) error {
	if err := called(l.m.onWrite, Events, owner); err != nil {
		return err
	}
	for _, event := range events {
		if err := called(l.m.onItem, Events, owner); err != nil {
			return err
		}
		l.m.mu.Lock()
		follows := event.Seq == int64(len(l.m.events[owner]))+1
		if follows {
			l.m.events[owner] = append(l.m.events[owner], event)
		}
		l.m.mu.Unlock()
		if !follows {
			return domain.NewError(domain.CodeSeqTaken, "The number is taken.")
		}
	}
	return nil
}
