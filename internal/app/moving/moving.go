// Package moving brings everything that one storage holds to another one, and compares the two. It keeps no notes of its
// own: what is to be done follows from what the two storages hold, so it can be stopped anywhere and started again, and a
// second run brings over only what has changed.
package moving

import (
	"cmp"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Kind is a kind of things that are stored.
type Kind string

// The kinds. Those of nobody come first, then those of people in the order in which they are copied. Audit entries are about
// people or about nobody.
//
// An account comes after everything it leads to, so that nobody can sign in at the target and find half of what is theirs, or
// use an account that is to be deleted.
// An event comes before the memory that follows from it: storage mends a memory that lags behind the log, but not one that
// is ahead of it. And while the source is in use, what refers to something is read before what it refers to: cards and notes
// before decks, events before the settings with the schedule versions that they name, contents before their files. Jobs come after
// both: a job is there before its content and its file are, and ends what is left half done of them, or removes it. So whatever is
// copied while they change has its job at the target, unless that was finished meanwhile, which the next run brings over.
const (
	Configs          Kind = "configurations"
	OneTimeTokens    Kind = "one-time tokens"
	Events           Kind = "events"
	Cards            Kind = "cards"
	Notes            Kind = "notes"
	Decks            Kind = "decks"
	Contents         Kind = "contents"
	Blobs            Kind = "files"
	Jobs             Kind = "jobs"
	LearningSessions Kind = "learning sessions"
	LearningSettings Kind = "learning settings"
	SignInPlaces     Kind = "sign-in places"
	Audits           Kind = "audit entries"
	Deletions        Kind = "deletions"
	Accounts         Kind = "accounts"
	Sessions         Kind = "sign-ins"
	APITokens        Kind = "API tokens"
)

// Kinds returns all kinds in the order in which they are copied.
func Kinds() []Kind {
	return []Kind{
		Configs, OneTimeTokens, Events, Cards, Notes, Decks, Contents, Blobs, Jobs, LearningSessions, LearningSettings, SignInPlaces, Audits,
		Deletions, Accounts, Sessions, APITokens,
	}
}

// Options are how a Copier works.
type Options struct {
	// Workers is how many people are copied at the same time, 4 when it is 0.
	Workers int
	// User is the only person to be copied; "" stands for everybody, and for what belongs to nobody.
	User domain.UserID
	// Progress, if it is set, is called every Interval, 2 seconds when that is 0, and at the end of each stage; never twice at
	// the same time.
	Progress func(Progress)
	Interval time.Duration
}

const (
	defaultWorkers  = 4
	defaultInterval = 2 * time.Second
	// tries is how often a person is copied when storage is busy or does not answer, and pause how long it waits the first
	// time; each time it is twice as long.
	tries = 4
	pause = time.Second
)

// Copier makes a target hold what a source holds. Make one with NewCopier.
type Copier struct {
	from, to ports.Storage
	options  Options
	pause    time.Duration
	// ofNobody and ofPerson are the kinds that belong to nobody and to a person, in order.
	ofNobody, ofPerson []work
}

// NewCopier returns a copier from one storage to another.
func NewCopier(from, to ports.Storage, o Options) *Copier {
	o.Workers = cmp.Or(max(o.Workers, 0), defaultWorkers)
	o.Interval = cmp.Or(max(o.Interval, 0), defaultInterval)
	c := &Copier{from: from, to: to, options: o, pause: pause}
	log := &eventLog{from: from.ReviewLog, to: to.ReviewLog, shelf: to.Archive.Events}
	c.ofNobody = worksOfNobody(from.Archive, to.Archive)
	c.ofPerson = slices.Concat([]work{log}, worksOfCards(from.Archive, to.Archive, log), worksOfContents(from.Archive, to.Archive),
		worksOfLearning(from.Archive, to.Archive), c.worksOfAccounts())
	return c
}

// worksOfNobody returns the works on what belongs to nobody.
func worksOfNobody(a, b ports.Archive) []work {
	return []work{
		newShelf(Configs, a.Configs, b.Configs, func(d *domain.ConfigDocument) string { return d.Name }, configAhead),
		newShelf(OneTimeTokens, a.OneTimeTokens, b.OneTimeTokens, func(t *domain.OneTimeToken) string { return t.Hash }, nil),
		audits(a, b),
	}
}

func audits(a, b ports.Archive) work {
	return newShelf(Audits, a.Audits, b.Audits, func(e *domain.AuditEntry) string { return string(e.ID) }, nil)
}

// worksOfCards returns the works on cards and what they were made of.
func worksOfCards(a, b ports.Archive, log *eventLog) []work {
	cards := newShelf(Cards, a.Cards, b.Cards, func(c *ports.ArchivedCard) string { return string(c.ID) }, cardAhead)
	cards.page, cards.before = cardPage, log.before
	notes := newShelf(Notes, a.Notes, b.Notes, func(n *domain.Note) string { return string(n.Deck) }, noteAhead)
	notes.page = notePage
	return []work{
		cards,
		notes,
		newShelf(Decks, a.Decks, b.Decks, func(d *ports.ArchivedDeck) string { return string(d.ID) }, deckAhead),
	}
}

// worksOfContents returns the works on contents, their files, and the work that is to be done on them.
func worksOfContents(a, b ports.Archive) []work {
	contents := newShelf(Contents, a.Contents, b.Contents, func(c *ports.ArchivedContent) string { return string(c.ID) }, archivedContentAhead)
	contents.page = contentPage
	blobs := newShelf(Blobs, a.Blobs, b.Blobs, ports.BlobPartKey, nil)
	blobs.page = blobPage
	return []work{contents, blobs, newShelf(Jobs, a.Jobs, b.Jobs, ports.JobKey, jobAhead)}
}

// worksOfLearning returns the works on what belongs to learning cards.
func worksOfLearning(a, b ports.Archive) []work {
	return []work{
		newShelf(LearningSessions, a.LearningSessions, b.LearningSessions, func(s *domain.LearningSession) string { return string(s.ID) }, nil),
		newShelf(LearningSettings, a.LearningSettings, b.LearningSettings, func(s *domain.Settings) string { return string(s.Owner) }, settingsAhead),
	}
}

// worksOfAccounts returns the works on accounts and what belongs to using them.
func (c *Copier) worksOfAccounts() []work {
	a, b := c.from.Archive, c.to.Archive
	holders := &accounts{Shelf: b.Users, from: c.from.Users, to: c.to.Users, alone: c.options.User != ""}
	return []work{
		newShelf(SignInPlaces, a.SignInPlaces, b.SignInPlaces, func(p *domain.SignInPlace) string { return p.Network }, nil),
		audits(a, b),
		newShelf(Deletions, a.Deletions, b.Deletions, func(d *domain.Deletion) string { return string(d.Owner) }, deletionAhead),
		newShelf(Accounts, a.Users, ports.Shelf[domain.User](holders), func(u *domain.User) string { return string(u.ID) }, userAhead),
		newShelf(Sessions, a.Sessions, b.Sessions, func(s *domain.Session) string { return string(s.ID) }, nil),
		newShelf(APITokens, a.APITokens, b.APITokens, func(t *domain.APIToken) string { return string(t.ID) }, nil),
	}
}

// works returns what is to be done for an owner; "" is nobody.
func (c *Copier) works(owner domain.UserID) []work {
	if owner == "" {
		return c.ofNobody
	}
	return c.ofPerson
}
