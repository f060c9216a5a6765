package modelserver

import "strings"

// wordsFrom answers what is asked for in words, ok when it is. Of a "document" it says the first two sentences, each on a line; of "passages" it
// quotes the first one that holds a word of the "question", or says that none does. It follows orders like cardsFrom.
func wordsFrom(request Request) (words string, ok bool) {
	enclosed, ordered := map[string]string{}, false
	for _, message := range request.Messages {
		if name, inner, whole := nameAndText(message); whole {
			enclosed[name] = inner
		} else if strings.Contains(message.Content, Order) && (message.Role == "user" || message.Role == "system") {
			ordered = true
		}
	}
	document, summary := enclosed["document"]
	passages, reply := enclosed["passages"]
	switch {
	case !summary && !reply:
		return "", false
	case ordered:
		return Obeyed, true
	case summary:
		found := sentence.FindAllString(document, 2)
		for i := range found {
			found[i] = strings.TrimSpace(found[i])
		}
		return strings.Join(found, "\n"), true
	default:
		return replyFrom(passages, enclosed["question"]), true
	}
}

// minWord is the length, in bytes, of the shortest word by which a passage is found.
const minWord = 4

func replyFrom(passages, question string) string {
	for line := range strings.SplitSeq(passages, "\n") {
		number, passage, _ := strings.Cut(line, " ")
		for _, word := range strings.Fields(question) {
			word = strings.Trim(word, "?!.,")
			if len(word) >= minWord && strings.Contains(strings.ToLower(passage), strings.ToLower(word)) {
				return "“" + passage + "” " + number
			}
		}
	}
	return "The passages do not tell."
}
