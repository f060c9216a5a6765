package generationapi

import "github.com/moshrank/spacey-backend/internal/adapters/rest"

type generatedCard struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
	// The source is a range of the note's text, counted in UTF-16 code units.
	SourceStart int `json:"source_start_index" description:"Offset into the text in UTF-16 code units."`
	SourceEnd   int `json:"source_end_index" description:"Offset into the text in UTF-16 code units."`
}

type createNoteRequest struct {
	Body struct {
		Text   string `json:"text" validate:"required"`
		DeckID string `json:"deck_id" validate:"required,uuid"`
	}
}

type noteResponse struct {
	ID    string          `json:"id"`
	Text  string          `json:"text"`
	Cards []generatedCard `json:"cards"`
}

type noteCards struct {
	Cards []generatedCard `json:"cards"`
}

type changeNoteRequest struct {
	ID   string `path:"id"`
	Body noteCards
}

type addNoteCardsRequest struct {
	ID     string `path:"id"`
	DeckID string `query:"deck_id" format:"uuid" required:"true"`
	Body   rest.Empty
}

type addedCards struct {
	Cards []struct {
		ID       string `json:"id"`
		Question string `json:"question"`
		Answer   string `json:"answer"`
		DeckID   string `json:"deckID"`
	} `json:"cards"`
}

type createNoteCardRequest struct {
	ID   string `path:"id"`
	Body struct {
		Text        string `json:"text"`
		DeckID      string `json:"deck_id"`
		SourceStart int    `json:"source_start_index"`
		SourceEnd   int    `json:"source_end_index"`
	}
}

type noteCardResponse struct {
	ID   string        `json:"id"`
	Text string        `json:"text"`
	Card generatedCard `json:"card"`
}

type annotation struct {
	StartPath   []int  `json:"start_path"`
	StartOffset int    `json:"start_offset"`
	EndPath     []int  `json:"end_path"`
	EndOffset   int    `json:"end_offset"`
	Color       string `json:"color"`
	Comment     string `json:"comment"`
	Text        string `json:"text"`
}

type contentResponse struct {
	ID               string       `json:"id"`
	Source           string       `json:"source"`
	SourceType       string       `json:"source_type" enum:"url,pdf,doi"`
	ProcessingStatus string       `json:"processing_status" enum:"processing,processed,failed"`
	CreatedAt        rest.Time    `json:"created_at"`
	Title            string       `json:"title"`
	Summary          string       `json:"summary"`
	ViewText         string       `json:"view_text,omitempty" description:"Clean HTML."`
	RawText          string       `json:"raw_text"`
	StorageRef       string       `json:"storage_ref"`
	Image            string       `json:"image"`
	ReadStatus       bool         `json:"read_status"`
	Annotations      []annotation `json:"annotations"`
}

type contentPath struct {
	ID string `path:"id"`
}

type addContentRequest struct {
	Body struct {
		Source string `json:"source" validate:"required"`
	}
}

type changeContentRequest struct {
	ID   string `path:"id"`
	Body struct {
		ReadStatus bool `json:"read_status"`
	}
}

type annotateRequest struct {
	ID   string `path:"id"`
	Body struct {
		Annotations []annotation `json:"annotations"`
	}
}

type searchRequest struct {
	Query string `query:"query" required:"true"`
}

type searchResponse struct {
	SearchResults []struct {
		Type string   `json:"type"`
		IDs  []string `json:"ids"`
	} `json:"search_results"`
	Answer string `json:"answer"`
}
