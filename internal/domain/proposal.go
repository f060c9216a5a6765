package domain

// GenerationRequest asks for cards.
type GenerationRequest struct {
	// Text is what the cards are made from: plain text, of any language.
	Text string
	// Single asks for one card that says what the text says.
	Single bool
	// Max is how many cards there may be at most.
	Max int
}

// Proposal is a card that a generator proposes.
type Proposal struct {
	Question, Answer string
	// Quote is the part of the text that says so, word for word; white space may differ.
	Quote string
	// After is the byte of the text where to look for the quote first, if it stands there more than once.
	After int
}

// Generated is what a generator makes of a text.
type Generated struct {
	Proposals []Proposal
	// By says what made them: "extractive", or the name of a model.
	By string
	// Remarks are sentences for the person about what could not be done as asked.
	Remarks []string
}
