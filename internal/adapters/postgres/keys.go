package postgres

import "slices"

// keys returns ids as an array parameter: each once and in order, never NULL.
func keys[T ~string](ids []T) []string {
	texts := array(ids)
	slices.Sort(texts)
	return slices.Compact(texts)
}

// array returns texts as an array parameter: as they are, never NULL.
func array[T ~string](texts []T) []string {
	plain := make([]string, len(texts))
	for i, text := range texts {
		plain[i] = string(text)
	}
	return plain
}
