package searching

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// How many things of a kind an answer is made from, the best ones; and how many passages of them a model reads, and a person without one.
const (
	answeringCards    = 10
	answeringNotes    = 5
	answeringContents = 3
	maxPassages       = 12
	maxQuotes         = 3
	// maxQuoted is the length of the longest quote of a card, and of the longest title, in characters.
	maxQuoted = 300
)

// The answers where there is nothing to quote.
const (
	nothingFound  = "Nothing of yours matches."
	nothingQuoted = "Something of yours matches, but there is no sentence in it to quote."
)

// sources are the texts that an answer is made from.
type sources struct {
	texts []domain.SearchText
	// whole are the texts of cards, by their id: they are quoted as a whole.
	whole map[string]string
}

// sources reads the texts of the best things that were found. What was deleted meanwhile is left out.
func (s *Service) sources(ctx context.Context, owner domain.UserID, cards []domain.Card, found *Found) (sources, error) {
	from := sources{whole: map[string]string{}}
	for _, card := range cards[:min(len(cards), answeringCards)] {
		from.addCard(card)
	}
	for _, id := range found.Notes[:min(len(found.Notes), answeringNotes)] {
		note, err := s.Storage.Notes.Note(ctx, owner, id)
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue
		}
		if err != nil {
			return sources{}, err
		}
		from.texts = append(from.texts, domain.SearchText{Kind: domain.SearchNotes, ID: string(id), Text: note.Text})
	}
	for _, id := range found.Contents[:min(len(found.Contents), answeringContents)] {
		text, err := s.contentText(ctx, owner, id)
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue
		}
		if err != nil {
			return sources{}, err
		}
		from.texts = append(from.texts, text)
	}
	return from, nil
}

func (s *Service) contentText(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.SearchText, error) {
	content, err := s.Storage.Contents.Content(ctx, owner, id)
	if err != nil {
		return domain.SearchText{}, err
	}
	texts, err := s.Storage.ContentLists.ContentTexts(ctx, owner, id)
	return domain.SearchText{Kind: domain.SearchContents, ID: string(id), Title: content.Title, Text: texts.Raw}, err
}

// stops are the characters at which a text would be taken apart into sentences.
var stops = strings.NewReplacer(".", " ", "!", " ", "?", " ", "。", " ", "！", " ", "？", " ")

// addCard adds a card. Its question and answer tell something only together, so they count as one sentence.
func (from *sources) addCard(card domain.Card) {
	whole := oneLine(domain.PlainText(card.Question)) + " " + oneLine(domain.PlainText(card.Answer))
	from.whole[string(card.ID)] = whole
	from.texts = append(from.texts, domain.SearchText{Kind: domain.SearchCards, ID: string(card.ID), Text: stops.Replace(whole)})
}

// quote is a passage, and where it comes from.
type quote struct {
	domain.Passage
	from string
}

// quotes returns the best passages of the texts.
func (from *sources) quotes(query domain.SearchQuery) []quote {
	titles := map[string]string{}
	for _, text := range from.texts {
		if text.Kind == domain.SearchContents {
			titles[text.ID] = domain.Clip(oneLine(text.Title), maxQuoted)
		}
	}
	var quotes []quote
	for _, passage := range domain.BestPassages(query, from.texts, maxPassages) {
		of := string(passage.Kind)
		switch {
		case passage.Kind == domain.SearchCards:
			passage.Text = domain.Clip(from.whole[passage.ID], maxQuoted)
		case passage.Kind == domain.SearchContents && titles[passage.ID] != "":
			of = titles[passage.ID]
		}
		quotes = append(quotes, quote{passage, of})
	}
	return quotes
}

// answer answers a query from passages: by the model, where there is one and the person has not used up their day, and else by quotes.
func (s *Service) answer(ctx context.Context, owner domain.UserID, query string, quotes []quote, found bool) string {
	switch {
	case !found:
		return nothingFound
	case len(quotes) == 0:
		return nothingQuoted
	}
	if s.Answerer != nil {
		answer, err := s.byModel(ctx, owner, query, quotes)
		if err == nil && answer != "" {
			return answer
		}
		s.Logger.WarnContext(ctx, "the language model could not be used for an answer", "code", domain.CodeOf(err), "error", err)
	}
	lines := make([]string, min(len(quotes), maxQuotes))
	for i := range lines {
		lines[i] = fmt.Sprintf("“%s” (%s)", quotes[i].Text, quotes[i].from)
	}
	return strings.Join(lines, "\n")
}

// byModel returns the model's answer with the sources of the passages that it names by their numbers.
func (s *Service) byModel(ctx context.Context, owner domain.UserID, query string, quotes []quote) (string, error) {
	passages, characters := make([]domain.Passage, len(quotes)), utf8.RuneCountInString(query)
	for i := range quotes {
		passages[i] = quotes[i].Passage
		characters += utf8.RuneCountInString(passages[i].Text)
	}
	granted, limit, err := s.Budget.Grant(ctx, owner, characters)
	if err != nil {
		return "", err
	}
	if !granted {
		return "", fmt.Errorf("the model has read the %d characters of the day", limit)
	}
	ctx, cancel := context.WithTimeout(ctx, modelTimeout)
	defer cancel()
	answer, err := s.Answerer.Answer(ctx, query, passages)
	if err != nil || answer == "" {
		return "", err
	}
	lines := []string{answer}
	for i := range quotes {
		if number := "[" + strconv.Itoa(i+1) + "]"; strings.Contains(answer, number) {
			lines = append(lines, number+" "+quotes[i].from)
		}
	}
	return strings.Join(lines, "\n"), nil
}

// oneLine returns a text with single spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
