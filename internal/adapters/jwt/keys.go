// Package jwt signs and checks the tokens of spacey: JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037). There is
// one algorithm, and a token can only pick one of the keys that its verifier knows.
package jwt

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// GenerateKey returns a new signing key.
func GenerateKey() (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInternal, "A signing key could not be made.", err)
	}
	return key, nil
}

// EncodePrivateKey returns a signing key as PEM text with a PKCS#8 block (RFC 5958).
func EncodePrivateKey(key ed25519.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInvalid, "The signing key cannot be written.", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: der}), nil
}

// ParsePrivateKey reads what EncodePrivateKey wrote. CodeInvalid for anything but one Ed25519 key; the error never holds
// the text.
func ParsePrivateKey(text []byte) (ed25519.PrivateKey, error) {
	der, err := onlyBlock(text, privateBlock)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInvalid, "The signing key cannot be read.", err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInvalid, "The signing key is not PKCS#8.", err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, domain.NewError(domain.CodeInvalid, "The signing key is not an Ed25519 key.")
	}
	return private, nil
}

// EncodePublicKey returns a verification key as PEM text with a SubjectPublicKeyInfo block (RFC 5280).
func EncodePublicKey(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInvalid, "The verification key cannot be written.", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: der}), nil
}

// ParsePublicKey reads what EncodePublicKey wrote. CodeInvalid for anything but one Ed25519 key.
func ParsePublicKey(text []byte) (ed25519.PublicKey, error) {
	der, err := onlyBlock(text, publicBlock)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInvalid, "The verification key cannot be read.", err)
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInvalid, "The verification key is not a public key.", err)
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, domain.NewError(domain.CodeInvalid, "The verification key is not an Ed25519 key.")
	}
	return public, nil
}

// KeyID returns the id of a key: its thumbprint (RFC 7638, with the members that RFC 8037 names), so that equal keys
// have equal ids wherever they are configured.
func KeyID(key ed25519.PublicKey) string {
	// The members stand in lexicographic order and without white space, as the thumbprint demands.
	member := `{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(key) + `"}`
	sum := sha256.Sum256([]byte(member))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// publicOf returns the public half of a signing key; ok is false for a key of the wrong length.
func publicOf(key ed25519.PrivateKey) (public ed25519.PublicKey, ok bool) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, false
	}
	public, ok = key.Public().(ed25519.PublicKey)
	return public, ok
}

func onlyBlock(text []byte, kind string) ([]byte, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("this is not PEM text")
	}
	if block.Type != kind {
		return nil, errors.New("the PEM block is not a " + kind)
	}
	return block.Bytes, nil
}
