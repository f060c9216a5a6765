package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// mongoURIVariable names the variable with the connection string of a server whose data may be lost.
const mongoURIVariable = "MONGO_TEST_URI"

// compareEventsMongo sends answers to spacey on MongoDB, and writes the same documents by the driver.
func compareEventsMongo(ctx context.Context, l *lab) ([]comparison, error) {
	s, err := l.newStand()
	if err != nil {
		return nil, err
	}
	defer s.close()
	uri, err := s.mongo(ctx)
	if err != nil {
		return nil, err
	}
	// Each database is dropped at the end, for a server that stays.
	names := [2]string{"spacey_bench_" + strconv.Itoa(os.Getpid()), "spacey_bench_floor_" + strconv.Itoa(os.Getpid())}
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return nil, err
	}
	defer dropDatabases(ctx, client, names[:]...)
	engine := func(database string) []string {
		return []string{"STORAGE=mongo", "MONGO_DB_CONNECTION=" + uri, "DB_NAME=" + database}
	}
	spacey, err := s.service(ctx, engine(names[0]), "spacey", "serve")
	if err != nil {
		return nil, err
	}
	people, err := signUpMany(ctx, spacey.address, students, studentCards)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, engine(names[1])); err != nil {
		return nil, err
	}
	floor := newMongoFloor(client.Database(names[1]), people)
	if err := floor.addCards(ctx); err != nil {
		return nil, err
	}
	return s.against(ctx, target{atLeast: eventTarget},
		column{"MongoDB by the driver: insert of the event, update of the memory, majority and journal", floor.work},
		column{"POST /learning/event of spacey serve on MongoDB", answering(spacey.address, people).work})
}

// mongo returns the connection string of a server: that of MONGO_TEST_URI, else of a mongod that is started.
func (s *stand) mongo(ctx context.Context) (string, error) {
	if uri := os.Getenv(mongoURIVariable); uri != "" {
		return uri, nil
	}
	path, err := exec.LookPath("mongod")
	if err != nil {
		return "", &notMeasured{"not measured: there is no " + mongoURIVariable + " and no mongod on the path"}
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(s.data, "mongod")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	p := &process{name: "mongod", address: address, ready: func(ctx context.Context) bool {
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		return err == nil && connection.Close() == nil
	}}
	p.command = exec.Command(path, "--dbpath", folder, "--bind_ip", "127.0.0.1", "--port", strconv.Itoa(port))
	return "mongodb://" + address + "/", s.start(ctx, p)
}

func dropDatabases(ctx context.Context, client *mongo.Client, names ...string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTime)
	defer cancel()
	for _, name := range names {
		_ = client.Database(name).Drop(ctx) // the name is of this process alone, so nothing depends on it
	}
	_ = client.Disconnect(ctx)
}

// mongoFloor writes events and memories by the driver alone.
type mongoFloor struct {
	events, cards *mongo.Collection
	writes        *floorWrites
}

func newMongoFloor(database *mongo.Database, people []*person) *mongoFloor {
	journal := true
	durable := options.Collection().SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal})
	return &mongoFloor{
		events: database.Collection("review_events", durable), cards: database.Collection("cards", durable), writes: newFloorWrites(people),
	}
}

// addCards gives the floor the cards of the people.
func (f *mongoFloor) addCards(ctx context.Context) error {
	for _, p := range f.writes.people {
		cards := make([]bson.D, len(p.Cards))
		for i, id := range p.Cards {
			cards[i] = append(bson.D{
				{Key: "_id", Value: p.ID + ":" + id}, {Key: "user_id", Value: p.ID}, {Key: "id", Value: id}, {Key: "deck_id", Value: p.Deck},
				{Key: "question", Value: "Question"}, {Key: "answer", Value: "Answer"}, {Key: "created_at", Value: time.Now()},
				{Key: "updated_at", Value: time.Now()}, {Key: "rev", Value: int64(1)},
				{Key: "suspended", Value: false},
			}, memoryFields(domain.NewMemory())...)
		}
		if _, err := f.cards.InsertMany(ctx, cards); err != nil {
			return err
		}
	}
	return nil
}

func (f *mongoFloor) work(ctx context.Context, d time.Duration) (float64, error) {
	return inParallel(ctx, d, func(client int) error {
		e := f.writes.next(client)
		if _, err := f.events.InsertOne(ctx, eventDocument(e)); err != nil {
			return err
		}
		result, err := f.cards.UpdateOne(ctx, bson.D{{Key: "_id", Value: string(e.User) + ":" + string(e.Card)}, {Key: "user_id", Value: e.User}},
			bson.D{{Key: "$set", Value: memoryFields(e.After)}})
		if err == nil && result.MatchedCount != 1 {
			err = errors.New("the card of the floor is not there")
		}
		return err
	})
}

func eventDocument(e domain.Event) bson.D {
	return bson.D{
		{Key: "_id", Value: string(e.User) + ":" + string(e.ID)}, {Key: "user_id", Value: e.User}, {Key: "id", Value: e.ID},
		{Key: "seq", Value: e.Seq}, {Key: "kind", Value: e.Kind}, {Key: "card_id", Value: e.Card}, {Key: "deck_id", Value: e.Deck},
		{Key: "session_id", Value: e.Session}, {Key: "rating", Value: e.Rating}, {Key: "started_at", Value: e.StartedAt},
		{Key: "finished_at", Value: e.FinishedAt}, {Key: "recorded_at", Value: e.RecordedAt}, {Key: "answered_at", Value: e.AnsweredAt},
		{Key: "day", Value: e.Day}, {Key: "zone", Value: e.Zone}, {Key: "rollover", Value: e.Rollover}, {Key: "buttons", Value: e.Buttons},
		{Key: "schedule_version", Value: e.ScheduleVersion}, {Key: "fuzz", Value: e.Fuzz}, {Key: "undoes", Value: e.Undoes},
		{Key: "due_day", Value: e.DueDay}, {Key: "latest", Value: e.Latest}, {Key: "after", Value: memoryFields(e.After)},
	}
}

func memoryFields(m domain.Memory) bson.D {
	return bson.D{
		{Key: "phase", Value: m.Phase}, {Key: "step", Value: m.Step}, {Key: "stability", Value: m.Stability},
		{Key: "difficulty", Value: m.Difficulty}, {Key: "due", Value: m.Due}, {Key: "last_review", Value: m.LastReview},
		{Key: "last_day", Value: m.LastDay}, {Key: "reps", Value: m.Reps}, {Key: "lapses", Value: m.Lapses}, {Key: "seq", Value: m.Seq},
	}
}
