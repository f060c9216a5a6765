package domain

import (
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of an account, in characters. RFC 5321 allows an address 254.
const (
	MaxUserName      = 100
	MaxEmail         = 254
	MaxPassword      = 128
	DefaultMinLength = 6
)

// User is an account. Name and Email are never empty.
type User struct {
	ID            UserID
	Name          string
	Email         string
	PasswordHash  string
	EmailVerified bool
	Beta          bool
	// Disabled accounts cannot be used, and lose nothing.
	Disabled  bool
	CreatedAt time.Time
	UpdatedAt time.Time
	// Rev counts the changes; storage uses it to find out that somebody else was faster.
	Rev int64
}

// SignUp is what a person gives to get an account.
type SignUp struct {
	Name     string
	Email    string
	Password string
}

// Check says everything that is wrong with a sign-up. Lengths are in characters.
func (s SignUp) Check(minPassword int) error {
	var p problems
	p.userName(s.Name)
	p.add(!validEmail(s.Email), "email", "This is not a valid e-mail address.")
	p.password("password", s.Password, minPassword)
	return p.err()
}

// CheckUserName says what is wrong with the name of a person.
func CheckUserName(name string) error {
	var p problems
	p.userName(name)
	return p.err()
}

// CheckPassword says what is wrong with a password that is given in the named field. Whether it is a common one is not looked
// at. Lengths are in characters.
func CheckPassword(field, password string, minPassword int) error {
	var p problems
	p.password(field, password, minPassword)
	return p.err()
}

func (p *problems) userName(name string) {
	name = strings.TrimSpace(name)
	p.add(name == "", "name", "A name is required.")
	p.add(utf8.RuneCountInString(name) > MaxUserName, "name", "The name is too long: 100 characters at most.")
	p.storable("name", name)
}

func (p *problems) password(field, password string, least int) {
	length := utf8.RuneCountInString(password)
	p.add(length < least, field, "The password is too short: "+plural(least, "character")+" at least.")
	p.add(length > MaxPassword, field, "The password is too long: 128 characters at most.")
}

// NewUser returns the account for a checked sign-up.
func NewUser(id UserID, s SignUp, passwordHash string, now time.Time) User {
	return User{
		ID: id, Name: strings.TrimSpace(s.Name), Email: strings.TrimSpace(s.Email), PasswordHash: passwordHash,
		CreatedAt: now, UpdatedAt: now, Rev: 1,
	}
}

// Rename gives the account a checked name.
func (u *User) Rename(name string, now time.Time) { u.Name, u.UpdatedAt = strings.TrimSpace(name), now }

// EmailKey returns the form under which an e-mail address is unique: without surrounding space, in lower case.
func EmailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func validEmail(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > MaxEmail || strings.ContainsAny(text, "\r\n<>\"\x00") {
		return false
	}
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return false
	}
	_, host, _ := strings.Cut(text, "@")
	return host != ""
}
