// Package extractive makes cards from a text by rules: without a model, without a network, the same cards each time. It looks for
// what a text says in a form that can be asked: definitions, terms with their meaning, lists, causes, dates, numbers, questions
// with their answers. English and German are known; in other languages the forms that are the same everywhere are found.
//
// Sentences are those of Unicode's annex 29 by clipperhouse/uax29, which is small, kept up and linear, and works for every script,
// put together again at abbreviations, initials and ordinals by lists of our own. The alternative was Punkt (neurosnap/sentences),
// a trained model: of twenty sentences with "e.g.", "Dr.", "z. B.", "3. Oktober" and the like it got nine wrong, and its
// German data are 1.4 MB that take a third of a second to load.
package extractive

import (
	"context"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Name is what says that cards were made here, as domain.Generated.By.
const Name = "extractive"

// Generator is a ports.CardGenerator and a ports.Summarizer that needs nothing. The zero Generator is ready.
type Generator struct{}

var _ ports.CardGenerator = (*Generator)(nil)

// New returns a Generator.
func New() *Generator { return &Generator{} }

// Generate makes cards from a text, or one. The time is linear in the length of the text; the only error is CodeUnavailable, when
// ctx has ended.
func (*Generator) Generate(ctx context.Context, request domain.GenerationRequest) (domain.Generated, error) {
	made := domain.Generated{By: Name}
	d := parse(request.Text)
	var candidates []candidate
	for i := range d.blocks {
		if err := ctx.Err(); err != nil {
			return domain.Generated{}, domain.WrapError(domain.CodeUnavailable, "The cards could not be made in time.",
				fmt.Errorf("make cards from a text: %w", err))
		}
		candidates = append(candidates, d.find(i)...)
	}
	limit := request.Max
	if request.Single {
		limit = min(limit, 1)
	}
	chosen, of := choose(candidates, limit)
	if request.Single && limit == 1 && of == 0 {
		chosen, _ = choose(d.fallback(), limit)
	}
	for _, c := range chosen {
		made.Proposals = append(made.Proposals, d.proposal(c))
	}
	switch {
	case len(chosen) == 0 && limit > 0:
		made.Remarks = append(made.Remarks, "Nothing in the text could be made a card.")
	case of > len(chosen) && !request.Single:
		made.Remarks = append(made.Remarks, fmt.Sprintf("Of %d cards that could be made, the %d best ones were.", of, len(chosen)))
	}
	return made, nil
}

// find returns the cards of a block.
func (d *document) find(i int) []candidate {
	b := &d.blocks[i]
	if b.kind == code {
		return nil
	}
	if pairs, ok := d.pairs(i); ok {
		return pairs
	}
	if b.kind == list {
		return d.listCards(b)
	}
	if terms, ok := d.termLines(b); ok {
		return terms
	}
	if b.kind == verse {
		return nil
	}
	return d.sentenceCards(d.paragraphSentences(b))
}
