package generationapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/searching"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) searchRoute() rest.Endpoint {
	search := spec(http.MethodGet, "/search", "Search cards, notes and content")
	search.Deadline, search.PassesIdentity = slow, true
	search.Description = "The best are first, 50 of a kind at most; kinds of which nothing is found are left out. All words must be there; when " +
		"nothing has them all, longer words that begin with them count, and then one of them is enough. `answer` quotes what fits best."
	return rest.Route(search, a.find)
}

type searchRequest struct {
	Query string `query:"query" required:"true" maxLength:"1000"`
}

type searchResponse struct {
	SearchResults []searchResult `json:"search_results"`
	Answer        string         `json:"answer"`
	Remarks       []string       `json:"remarks" description:"What could not be done as asked."`
}

type searchResult struct {
	Type domain.SearchKind `json:"type" enum:"card,note,content"`
	IDs  []string          `json:"ids"`
}

func (a *api) find(ctx context.Context, caller domain.Identity, r searchRequest) (searchResponse, error) {
	found, err := a.search.Search(ctx, searching.Caller(personOf(ctx, caller)), r.Query)
	if err != nil {
		return searchResponse{}, err
	}
	response := searchResponse{SearchResults: []searchResult{}, Answer: found.Answer, Remarks: found.Remarks}
	for _, result := range []searchResult{
		{domain.SearchCards, texts(found.Cards)}, {domain.SearchNotes, texts(found.Notes)}, {domain.SearchContents, texts(found.Contents)},
	} {
		if len(result.IDs) > 0 {
			response.SearchResults = append(response.SearchResults, result)
		}
	}
	return response, nil
}

func texts[ID ~string](ids []ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return list
}
