package openai

import "unicode/utf8"

// Tokens are estimated, not counted. The endpoint may serve any model, each with its own vocabulary, so an exact count would be
// exact for one of them only; the vocabularies of the known ones would make the program 12 MB larger. The estimate is on the
// safe side for prose and code in every script that was tried; only random letters have more tokens.

// The weights of characters, in tenths of a token.
const (
	weightLetter  = 4 // a letter without accents: words have two to five letters a token
	weightSpace   = 2 // a space belongs to the word behind it
	weightOther   = 10
	weightTwoByte = 11 // what takes two bytes in UTF-8: accents, Greek, Russian, Arabic, Hebrew
	weightHan     = 15 // three bytes: Chinese, Japanese, Korean, Hindi, Thai
	weightEmoji   = 30 // four bytes
)

// tenths returns the estimated tokens of a character, in tenths.
func tenths(r rune) int {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return weightLetter
	case r == ' ':
		return weightSpace
	case r < utf8.RuneSelf:
		return weightOther
	}
	switch utf8.RuneLen(r) {
	case 2:
		return weightTwoByte
	case 3:
		return weightHan
	default:
		return weightEmoji
	}
}

// weight returns about how many tokens a text has, in tenths, rather too many than too few.
func weight(text string) int {
	sum := 0
	for _, r := range text {
		sum += tenths(r)
	}
	return sum
}
