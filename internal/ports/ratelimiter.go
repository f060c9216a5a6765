package ports

import "context"

// RateLimiter counts requests. Many processes may share what it counts.
type RateLimiter interface {
	// Take counts a request against each of the quotas, of which there is at least one, or against none when one of them is
	// used up. It returns the allowance that decides: see Allowance.Stricter. Of a key nothing is kept longer than
	// QuotaWindow after its last request that was granted.
	//
	// CodeUnavailable when it cannot be counted, or not before ctx ends.
	Take(ctx context.Context, quotas []Quota) (Allowance, error)
}
