package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatisticsOfOtherReviewsEndARow(t *testing.T) {
	require.NoError(t, hasTotal(12)([]byte(`{"total":{"reviews":12,"correct":1}}`)))
	require.Error(t, hasTotal(12)([]byte(`{"total":{"reviews":120,"correct":1}}`)))
	require.Error(t, hasTotal(12)([]byte(`{"days":[{"reviews":12,"correct":1}]}`)))
}

func TestAScoreOfOtherCardsEndsARow(t *testing.T) {
	require.NoError(t, hasCards([]byte(`{"data":{"score":0.5,"cards":10000}}`)))
	require.Error(t, hasCards([]byte(`{"data":{"score":0.5,"cards":9999}}`)))
}

func TestAMetricIsFoundByItsWholeName(t *testing.T) {
	text := []byte("# HELP heap in bytes\nheap_idle 7\nheap 2.5e+07\nVmRSS:\t  98304 kB\n")
	heap, err := metric(text, "heap")
	require.NoError(t, err)
	assert.InDelta(t, 25e6, heap, 1e-9)
	resident, err := metric(text, "VmRSS:")
	require.NoError(t, err)
	assert.InDelta(t, 98304, resident, 1e-9)
	_, err = metric(text, "hea")
	require.Error(t, err)
}
