package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// batchSize is how many answers a batch has: one to each card of a student.
const batchSize = studentCards

// compareBatches sends answers in batches, and one by one. Both are counted in answers.
func compareBatches(ctx context.Context, l *lab) ([]comparison, error) {
	s, err := l.newStand()
	if err != nil {
		return nil, err
	}
	defer s.close()
	spacey, err := s.service(ctx, []string{"STORAGE=sqlite"}, "spacey", "serve")
	if err != nil {
		return nil, err
	}
	people, err := signUpMany(ctx, spacey.address, 2*students, studentCards)
	if err != nil {
		return nil, err
	}
	batches := answeringInBatches(spacey.address, people[students:])
	return s.against(ctx, target{},
		column{"POST /learning/event, an answer a call (SQLite)", answering(spacey.address, people[:students]).work},
		column{"POST /learning/reviews, 100 answers a call", func(ctx context.Context, d time.Duration) (float64, error) {
			calls, err := batches.work(ctx, d)
			return calls * batchSize, err
		}})
}

// answeringInBatches is people who answer all of their cards in each call, at a gateway.
func answeringInBatches(gateway string, people []*person) *load {
	turns := make([]int, len(people))
	return &load{address: gateway, status: fasthttp.StatusOK, check: allRecorded, prepare: func(client int, request *fasthttp.Request) {
		p, turn := people[client], turns[client]
		turns[client]++
		if turn == 0 {
			request.SetRequestURI("http://" + gateway + "/learning/reviews")
			request.Header.SetMethod(fasthttp.MethodPost)
			request.Header.SetContentType("application/json")
			request.Header.Set("Authorization", "Bearer "+p.Token)
		}
		request.SetBodyString(batchOf(p, client, turn, time.Now()))
	}}
}

// batchOf returns an answer to each of a person's cards, given now, some of them wrong.
func batchOf(p *person, client, turn int, now time.Time) string {
	const layout = "2006-01-02T15:04:05.000Z"
	now = now.UTC()
	var b strings.Builder
	for i, card := range p.Cards {
		rating := 3
		if (turn+i)%5 == 0 {
			rating = 1
		}
		separator := ","
		if i == 0 {
			separator = "["
		}
		fmt.Fprintf(&b, `%s{"cardID":%q,"learningSessionID":%q,"startedAt":%q,"finishedAt":%q,"rating":%d,"buttons":2}`,
			separator, card, sitting(client), now.Add(-answerTime).Format(layout), now.Format(layout), rating)
	}
	b.WriteByte(']')
	return b.String()
}

// allRecorded makes sure that every answer of a batch is a new event of the log.
func allRecorded(body []byte) error {
	if n := bytes.Count(body, []byte(`"status":"recorded"`)); n != batchSize {
		return fmt.Errorf("%d answers of a batch were recorded: %.500s", n, body)
	}
	return nil
}
