package generationapi_test

import (
	"testing"

	"github.com/stretchr/testify/mock"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/generationapi"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

const (
	deck  = "0198f0a0-0000-7000-8000-00000000000d"
	other = "0198f0a0-0000-7000-8000-00000000000e"
)

// newWorld serves card generation with a generator that proposes one card for each text, and decks that take every card.
func newWorld(t *testing.T) *apitest.World {
	t.Helper()
	w := apitest.New(t)
	w.Person(t, "Ada", true, true)
	w.Person(t, "Bob", true, true)
	generator, decks := mocks.NewCardGenerator(t), mocks.NewRemoteDecks(t)
	generator.EXPECT().Generate(mock.Anything, mock.Anything).Return(domain.Generated{By: "extractive", Proposals: []domain.Proposal{
		{Question: "Where is Köln?", Answer: "On the Rhine", Quote: "Köln lies on the Rhine."},
	}}, nil).Maybe()
	decks.EXPECT().DeckTexts(mock.Anything, w.Value("token:Ada"), domain.DeckID(deck)).Return(nil, nil).Maybe()
	decks.EXPECT().DeckTexts(mock.Anything, mock.Anything, mock.Anything).Return(nil, domain.NotFound("deck")).Maybe()
	decks.EXPECT().AddCards(mock.Anything, w.Value("token:Ada"), domain.DeckID(deck), mock.Anything, mock.Anything).Return([]domain.Card{
		{ID: "0198f0a0-0000-7000-8000-0000000000c1", Deck: deck, Question: "Where is Köln?", Answer: "On the Rhine"},
	}, nil).Maybe()
	w.Serve(generationapi.Routes(generation.New(generation.Needs{
		Storage: w.Storage, Configs: w.Storage.Configs, Extractive: generator, Decks: decks, Clock: w.Clock, IDs: w.IDs, MaxText: 100,
	}), nil, nil)...)
	return w
}

func TestNotes(t *testing.T) {
	w := newWorld(t)
	const (
		card = `{"question":"Where is Köln?","answer":"On the Rhine","source_start_index":3,"source_end_index":26}`
		body = `{"text":"🚢 Köln lies on the Rhine.","deck_id":"` + deck + `"}`
	)
	w.Keep(t,
		apitest.Promise{Name: "there are none at first", As: "Ada", Call: "GET /notes", Status: 200, Answer: `{"message":"Success","data":{}}`},
		apitest.Promise{
			Name: "cards are made of a text, with their place in it", As: "Ada", Call: "POST /notes", Body: body, Status: 200,
			Answer: `{"message":"Success","data":{"id":"<id:note>","text":"🚢 Köln lies on the Rhine.","cards":[` + card + `],` +
				`"generator":"extractive","left_out":{"in_text":0,"in_deck":0,"empty":0},"remarks":[]}}`,
		},
		apitest.Promise{
			Name: "they wait", As: "Ada", Call: "GET /notes", Status: 200,
			Answer: `{"message":"Success","data":{"` + deck + `":{"id":"<id:note>","text":"🚢 Köln lies on the Rhine.","cards":[` + card + `]}}}`,
		},
		apitest.Promise{Name: "others do not see them", As: "Bob", Call: "GET /notes", Status: 200, Answer: `{"message":"Success","data":{}}`},
		apitest.Promise{Name: "others cannot change them", As: "Bob", Call: "PUT /notes/<id:note>", Body: `{"cards":[]}`, Status: 404},
		apitest.Promise{Name: "others cannot add them", As: "Bob", Call: "POST /notes/<id:note>/cards?deck_id=" + deck, Body: `{}`, Status: 404},
		apitest.Promise{Name: "a text for the deck of somebody else is refused", As: "Bob", Call: "POST /notes", Body: body, Status: 404},
		apitest.Promise{
			Name: "a text is needed, and no longer than it may be", As: "Ada", Call: "POST /notes", Status: 400,
			Body: `{"text":" ","deck_id":"` + deck + `"}`, Contains: []string{`"field":"text"`},
		},
		apitest.Promise{
			Name: "a deck is needed", As: "Ada", Call: "POST /notes", Body: `{"text":"t","deck_id":"x"}`, Status: 400, Contains: []string{`"field":"deck_id"`},
		},
		apitest.Promise{
			Name: "the cards are changed, and a source beyond the text becomes none", As: "Ada", Call: "PUT /notes/<id:note>", Status: 200,
			Body:   `{"cards":[` + card + `,{"question":"Q","answer":"A","source_start_index":-1,"source_end_index":99}]}`,
			Answer: `{"message":"Success","data":{"cards":[` + card + `,{"question":"Q","answer":"A","source_start_index":0,"source_end_index":0}]}}`,
		},
		apitest.Promise{
			Name: "a card without an answer is refused", As: "Ada", Call: "PUT /notes/<id:note>", Body: `{"cards":[{"question":"Q"}]}`, Status: 400,
			Contains: []string{"cards[0].answer"},
		},
		apitest.Promise{
			Name: "one more card is made of a part", As: "Ada", Call: "POST /notes/<id:note>/card", Status: 200,
			Body:   `{"text":"🚢 Köln lies on the Rhine.","deck_id":"` + deck + `","source_start_index":3,"source_end_index":26}`,
			Answer: `{"message":"Success","data":{"id":"<id:note>","text":"🚢 Köln lies on the Rhine.","card":` + card + `,"remarks":[]}}`,
		},
		apitest.Promise{Name: "another deck is refused", As: "Ada", Call: "POST /notes/<id:note>/cards?deck_id=" + other, Body: `{}`, Status: 400},
		apitest.Promise{
			Name: "the cards are added", As: "Ada", Call: "POST /notes/<id:note>/cards?deck_id=" + deck, Body: `{}`, Status: 200,
			Answer: `{"message":"Success","data":{"cards":[{"id":"<id>","question":"Where is Köln?","answer":"On the Rhine","deckID":"` + deck + `"}]}}`,
		},
		apitest.Promise{Name: "once", As: "Ada", Call: "POST /notes/<id:note>/cards?deck_id=" + deck, Body: `{}`, Status: 409, Contains: []string{"conflict"}},
		apitest.Promise{Name: "then the note is gone", As: "Ada", Call: "GET /notes", Status: 200, Answer: `{"message":"Success","data":{}}`},
	)
}
