package rest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"strconv"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// sealPurpose binds the keys that answers are sealed with to what they are for.
const sealPurpose = "spacey: the answer to an idempotent request"

// seal encrypts the body of an answer (AES-256-GCM) with a key that follows (HKDF-SHA-256) from the key that the client
// has chosen and the database does not hold: an answer may be the only place where a secret is ever shown.
func seal(request domain.IdempotentRequest, key string, body []byte) ([]byte, error) {
	aead, err := sealer(request, key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, body, sealed(request)), nil //nolint:gosec // this cipher makes its nonce itself
}

// unseal decrypts what seal has encrypted.
func unseal(request domain.IdempotentRequest, key string) ([]byte, error) {
	aead, err := sealer(request, key)
	if err != nil {
		return nil, err
	}
	body, err := aead.Open(nil, nil, request.Answer, sealed(request))
	if err != nil {
		return nil, fmt.Errorf("opening the answer that was kept: %w", err)
	}
	return body, nil
}

// sealer returns the cipher of a request. It puts a random nonce before what it encrypts.
func sealer(request domain.IdempotentRequest, key string) (cipher.AEAD, error) {
	secret, err := hkdf.Key(sha256.New, []byte(key), []byte(request.Owner), sealPurpose, 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of an answer: %w", err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("making the cipher of an answer: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// sealed is what an answer belongs to: it cannot be put elsewhere.
func sealed(request domain.IdempotentRequest) []byte {
	return []byte(string(request.Owner) + "\n" + request.Key + "\n" + request.Fingerprint + "\n" + strconv.Itoa(request.Status))
}
