package postgres

import "slices"

// keys returns ids as an array parameter: each once and in order, never NULL.
func keys[T ~string](ids []T) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
