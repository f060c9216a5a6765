package generationapi

import "github.com/moshrank/spacey-backend/internal/adapters/rest"

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
	File *rest.Upload
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
