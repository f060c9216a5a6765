package jwt

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func FuzzVerifier(f *testing.F) {
	now := newClock()
	key, err := GenerateKey()
	if err != nil {
		f.Fatal(err)
	}
	signer := NewSigner(key, now)
	verifier := NewVerifier(signer.Keys(), now)
	session, _ := signer.IssueSession(domain.SessionClaims{User: "u1", Session: "s1", ExpiresAt: now.Now().Add(time.Hour)})
	identity, _ := signer.IssueIdentity(domain.Identity{User: "u1", Token: "t1", Scopes: []domain.Scope{domain.ScopeDecksRead}})
	parts := strings.Split(session, ".")
	// What is changed in a token is chosen by place, so that most of it stays what it was.
	f.Add("", 0, 0)
	f.Add("x.y.z", 0, len(session))
	f.Add("eyJhbGciOiJub25lIn0", 0, len(parts[0]))
	f.Add("", len(parts[0])+1+len(parts[1])+1, len(session))
	f.Add("=", len(session), len(session))
	f.Add("\n", 10, 10)
	f.Add("\r", len(session)-9, len(session)-9)
	f.Fuzz(func(t *testing.T, patch string, from, to int) {
		for _, good := range []string{session, identity} {
			from := min(max(from, 0), len(good))
			to := min(max(to, from), len(good))
			token := good[:from] + patch + good[to:]
			_, err := verifier.VerifySession(context.Background(), token)
			if (err == nil) != (token == session) {
				t.Fatalf("%q, made from %q, as a session: %v", token, good, err)
			}
			_, err = verifier.VerifyIdentity(context.Background(), token)
			if (err == nil) != (token == identity) {
				t.Fatalf("%q, made from %q, as an identity: %v", token, good, err)
			}
			if err != nil && domain.CodeOf(err) != domain.CodeUnauthenticated {
				t.Fatalf("%q is refused with %v", token, err)
			}
		}
	})
}

func FuzzKeyFile(f *testing.F) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public, _ := publicOf(key)
	private, _ := EncodePrivateKey(key)
	verifying, _ := EncodePublicKey(public)
	for _, seed := range [][]byte{nil, private, verifying, private[:60], append([]byte("secret words\n"), private...), bytes.ReplaceAll(private, []byte("\n"), []byte("\r\n"))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if key, err := ParsePrivateKey(text); err == nil {
			written, err := EncodePrivateKey(key)
			again, readErr := ParsePrivateKey(written)
			if err != nil || readErr != nil || !again.Equal(key) {
				t.Fatalf("the key of %q is not read as it was written: %v, %v", text, err, readErr)
			}
			if _, err := ParsePublicKey(text); err == nil {
				t.Fatalf("%q is a secret key and a public one", text)
			}
		} else if secret := bytes.TrimSpace(text); len(secret) > 40 && strings.Contains(err.Error(), string(secret)) {
			t.Fatalf("the error says the text: %v", err)
		}
		if key, err := ParsePublicKey(text); err == nil {
			written, err := EncodePublicKey(key)
			again, readErr := ParsePublicKey(written)
			if err != nil || readErr != nil || !again.Equal(key) || KeyID(again) != KeyID(key) {
				t.Fatalf("the key of %q is not read as it was written: %v, %v", text, err, readErr)
			}
		}
	})
}

func FuzzKeySet(f *testing.F) {
	public, _ := publicOf(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)))
	good := encodeKeySet([]ed25519.PublicKey{public})
	for _, seed := range [][]byte{nil, []byte(`{"keys":[]}`), good, bytes.Replace(good, []byte("sig"), []byte("enc"), 1), bytes.Replace(good, []byte(`"kid":"`), []byte(`"kid":"x`), 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := parseKeySet(text)
		if err != nil {
			if domain.CodeOf(err) != domain.CodeUnavailable || set != nil {
				t.Fatalf("%q is refused with %v", text, err)
			}
			return
		}
		if len(set) == 0 || len(set) > maxKeys {
			t.Fatalf("%q has %d keys", text, len(set))
		}
		var keys []ed25519.PublicKey
		for id, key := range set {
			if len(key) != ed25519.PublicKeySize || id != KeyID(key) {
				t.Fatalf("%q gives a key of %d bytes the id %q", text, len(key), id)
			}
			keys = append(keys, key)
		}
		again, err := parseKeySet(encodeKeySet(keys))
		if err != nil || len(again) != len(set) {
			t.Fatalf("the keys of %q are not read as they were written: %v", text, err)
		}
	})
}
