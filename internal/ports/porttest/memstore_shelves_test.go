package porttest_test

import (
	"context"
	"maps"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// shelfOf returns the shelf of a map.
func shelfOf[V any](s *memstore, rows map[key]V, id func(V) string, keep func(V) V) *memshelf[V] {
	return &memshelf[V]{
		store: s, key: id, rows: func() map[key]V { return rows }, remove: func(k key) { delete(rows, k) },
		put: func(k key, item V) error { rows[k] = keep(item); return nil },
	}
}

func (s *memstore) archive() ports.Archive {
	return ports.Archive{
		Owners: s, Events: s, Users: s.userShelf(), Configs: s.configShelf(), OneTimeTokens: s.tokenShelf(),
		LearningSettings: s.settingsShelf(), Decks: s.deckShelf(), Cards: s.cardShelf(),
		Sessions:         shelfOf(s, s.sessions, func(s domain.Session) string { return string(s.ID) }, s.keepSession),
		APITokens:        shelfOf(s, s.apiTokens, func(a domain.APIToken) string { return string(a.ID) }, s.keepAPIToken),
		SignInPlaces:     shelfOf(s, s.places, func(p domain.SignInPlace) string { return p.Network }, s.keepPlace),
		Audits:           shelfOf(s, s.audits, func(a domain.AuditEntry) string { return string(a.ID) }, s.keepAudit),
		Deletions:        s.deletionShelf(),
		Notes:            s.noteShelf(),
		Contents:         s.contentShelf(),
		Blobs:            s.blobShelf(),
		Jobs:             s.jobShelf(),
		LearningSessions: shelfOf(s, s.sittings, func(l domain.LearningSession) string { return string(l.ID) }, s.keepSitting),
	}
}

func (s *memstore) userShelf() *memshelf[domain.User] {
	return &memshelf[domain.User]{
		store: s, key: func(u domain.User) string { return string(u.ID) }, rev: func(u *domain.User) *int64 { return &u.Rev },
		rows: func() map[key]domain.User {
			rows := map[key]domain.User{}
			for id, user := range s.users {
				rows[key{id, string(id)}] = user
			}
			return rows
		},
		remove: func(k key) {
			if s.is("an e-mail stays taken when its account is removed") {
				s.reserved[s.emailKey(s.users[k.owner].Email)] = true
			}
			delete(s.users, k.owner)
		},
		put: func(_ key, user domain.User) error {
			other, taken := s.emailOwner(s.emailKey(user.Email))
			if taken && other.ID != user.ID && !s.is("Put takes a taken e-mail") || s.reserved[s.emailKey(user.Email)] {
				return emailTaken
			}
			if taken && other.ID == user.ID && user.Email != other.Email && s.is("Put finds the e-mail of the account itself taken") {
				return emailTaken
			}
			if was, there := s.users[user.ID]; there && s.is("an e-mail stays taken when Put changes it") {
				s.reserved[s.emailKey(was.Email)] = true
			}
			s.users[user.ID] = s.keepUser(user)
			return nil
		},
	}
}

func (s *memstore) deletionShelf() *memshelf[domain.Deletion] {
	return &memshelf[domain.Deletion]{
		store: s, key: func(d domain.Deletion) string { return string(d.Owner) }, rev: func(d *domain.Deletion) *int64 { return &d.Rev },
		rows: func() map[key]domain.Deletion {
			rows := map[key]domain.Deletion{}
			for owner, deletion := range s.deletions {
				rows[key{owner, string(owner)}] = s.copyDeletion(deletion)
			}
			return rows
		},
		remove: func(k key) { delete(s.deletions, k.owner) },
		put:    func(k key, d domain.Deletion) error { s.deletions[k.owner] = s.keepDeletion(d); return nil },
	}
}

func (s *memstore) configShelf() *memshelf[domain.ConfigDocument] {
	return &memshelf[domain.ConfigDocument]{
		store: s, key: func(d domain.ConfigDocument) string { return d.Name },
		rev: func(d *domain.ConfigDocument) *int64 { return &d.Rev },
		rows: func() map[key]domain.ConfigDocument {
			rows := map[key]domain.ConfigDocument{}
			for name, document := range s.configs {
				rows[key{"", name}] = document
			}
			return rows
		},
		remove: func(k key) { delete(s.configs, k.id) },
		put: func(k key, document domain.ConfigDocument) error {
			document.UpdatedAt, document.Value = s.at(document.UpdatedAt), s.clone(document.Value)
			s.configs[k.id] = document
			return nil
		},
	}
}

func (s *memstore) tokenShelf() *memshelf[domain.OneTimeToken] {
	return &memshelf[domain.OneTimeToken]{
		store: s, key: func(t domain.OneTimeToken) string { return t.Hash },
		rows: func() map[key]domain.OneTimeToken {
			rows := map[key]domain.OneTimeToken{}
			for hash, token := range s.tokens {
				rows[key{"", hash}] = token
			}
			return rows
		},
		remove: func(k key) { delete(s.tokens, k.id) },
		put: func(k key, token domain.OneTimeToken) error {
			token.CreatedAt, token.ExpiresAt = s.at(token.CreatedAt), s.at(token.ExpiresAt)
			s.tokens[k.id] = token
			return nil
		},
	}
}

func (s *memstore) settingsShelf() *memshelf[domain.Settings] {
	return &memshelf[domain.Settings]{
		store: s, key: func(settings domain.Settings) string { return string(settings.Owner) },
		rev: func(settings *domain.Settings) *int64 { return &settings.Rev },
		rows: func() map[key]domain.Settings {
			rows := map[key]domain.Settings{}
			for owner, settings := range s.settings {
				rows[key{owner, string(owner)}] = copySettings(settings)
			}
			return rows
		},
		remove: func(k key) { delete(s.settings, k.owner) },
		put: func(k key, settings domain.Settings) error {
			settings = s.keepSettings(settings)
			settings.Pending = settings.Pending && !s.is("settings that are put are never pending")
			s.settings[k.owner] = settings
			return nil
		},
	}
}

func (s *memstore) deckShelf() *memshelf[ports.ArchivedDeck] {
	return &memshelf[ports.ArchivedDeck]{
		store: s, key: func(d ports.ArchivedDeck) string { return string(d.ID) },
		rev: func(d *ports.ArchivedDeck) *int64 { return &d.Rev },
		rows: func() map[key]ports.ArchivedDeck {
			rows := map[key]ports.ArchivedDeck{}
			for k, row := range s.decks {
				deck := ports.ArchivedDeck{Deck: row.Deck, DeletedAt: row.deletedAt}
				if row.deleted && !s.is("a deleted deck keeps its texts on the shelf") {
					deck.Name, deck.Description, deck.Color, deck.PublishedAt = "", "", "", time.Time{}
				}
				if !row.deleted || !s.is("deleted decks are not on the shelf") {
					rows[k] = deck
				}
			}
			return rows
		},
		remove: func(k key) { delete(s.decks, k) },
		put:    s.putDeck,
	}
}

func (s *memstore) putDeck(k key, deck ports.ArchivedDeck) error {
	was := s.decks[k]
	s.inserted++
	row := s.keepDeck(deck.Deck, deckRow{order: s.inserted})
	row.deletedAt = s.at(deck.DeletedAt)
	row.deleted = !row.deletedAt.IsZero()
	switch {
	case s.is("deleted decks are put as if they were there"):
		row.deleted, row.deletedAt = false, time.Time{}
	case row.deleted && s.is("a deck that is put was deleted just now"):
		row.deletedAt = time.Now().UTC().Truncate(time.Millisecond)
	case was.deleted && s.is("a deck that was deleted stays so when it is put"):
		row.deleted, row.deletedAt = true, was.deletedAt
	case !was.PublishedAt.IsZero() && s.is("a deck that is put stays published"):
		row.PublishedAt = was.PublishedAt
	case !was.CreatedAt.IsZero() && s.is("a deck that is put again keeps its place"):
		row.CreatedAt = was.CreatedAt
	}
	s.decks[k] = row
	return nil
}

func (s *memstore) cardShelf() *memshelf[ports.ArchivedCard] {
	return &memshelf[ports.ArchivedCard]{
		store: s, key: func(c ports.ArchivedCard) string { return string(c.ID) },
		rev: func(c *ports.ArchivedCard) *int64 { return &c.Rev },
		rows: func() map[key]ports.ArchivedCard {
			rows := map[key]ports.ArchivedCard{}
			all := maps.Clone(s.cards)
			if s.is("cards of deleted decks are on the shelf") || s.is("a page of a shelf counts cards of deleted decks") {
				maps.Copy(all, s.buried)
			}
			for k, row := range all {
				suspended := row.suspended && !s.is("the shelf of cards forgets suspensions")
				rows[k] = ports.ArchivedCard{Card: row.Card, Memory: row.memory, Suspended: suspended}
			}
			return rows
		},
		remove: func(k key) { delete(s.cards, k) },
		put:    s.putCard,
	}
}

func (s *memstore) putCard(k key, card ports.ArchivedCard) error {
	was, there := s.cards[k]
	s.inserted++
	row := cardRow{
		Card: s.keepCard(card.Card), memory: s.keepMemory(card.Memory), suspended: card.Suspended, born: card.Deck, order: s.inserted,
	}
	row.queued = row.memory
	switch {
	case s.is("Put forgets memories"):
		row.memory = domain.NewMemory()
	case there && s.is("Put leaves the memory that is there"):
		row.memory, row.queued = was.memory, was.queued
	case there && was.memory.Seq > row.memory.Seq && s.is("Put leaves a memory of a higher number"):
		row.memory, row.queued = was.memory, was.queued
	case s.is("Put forgets suspensions"):
		row.suspended = false
	case there && s.is("a card that is put stays suspended"):
		row.suspended = row.suspended || was.suspended
	case s.is("the queue does not see what is put"):
		row.queued = domain.NewMemory()
	case there && s.is("the queue does not see what is put again"):
		row.queued = was.queued
	case there && s.is("a card that is put stays in its deck"):
		row.Deck = was.Deck
	case there && s.is("a card that is put again keeps its place"):
		row.CreatedAt = was.CreatedAt
	}
	s.cards[k] = row
	if !s.is("what is put is not found") {
		s.findCard(row.Card)
	}
	return nil
}

func (s *memstore) PutEvents(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if len(events) == 0 {
		if s.is("putting no events is an error") {
			return domain.NewError(domain.CodeInternal, "must provide at least one element in input slice")
		}
		return nil
	}
	if err := s.refused(owner, events); err != nil && !s.putsAnyway(owner, events, err) {
		if domain.CodeOf(err) == domain.CodeConflict && s.is("PutEvents keeps the first ones on a conflict") && len(events) > 1 {
			s.logs[owner] = append(s.logs[owner], s.keepEvent(events[0]))
		}
		return err
	}
	s.gap("PutEvents looks for the number, then writes")
	switch {
	case s.is("PutEvents replaces the log"):
		delete(s.logs, owner)
	case s.is("PutEvents stores 500 events at most"):
		events = events[:min(len(events), 500)]
	}
	for i, event := range events {
		if s.is("PutEvents numbers events again") {
			event.Seq = int64(i) + 1
		}
		if event.Kind != domain.KindReview && s.is("PutEvents stores answers only") {
			continue
		}
		s.logs[owner] = append(s.logs[owner], s.keepEvent(event))
		if s.is("PutEvents gives cards their memories") {
			s.follow(owner, event)
		}
	}
	return nil
}

// putsAnyway reports whether the store puts what it should refuse.
func (s *memstore) putsAnyway(owner domain.UserID, events []domain.Event, err error) bool {
	newest := int64(len(s.logs[owner]))
	switch {
	case s.is("PutEvents may leave a gap"):
		return events[0].Seq > newest+1
	case s.is("PutEvents gives a taken number again"):
		return events[0].Seq <= newest
	case s.is("PutEvents takes a taken id again"):
		return domain.CodeOf(err) == domain.CodeConflict
	}
	return false
}
