package web

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// ParseAllowHosts returns the entries of a list by commas: hosts, or hosts with ports, as wiki.example.org, 10.1.2.3:8080 or [::1]:8080.
func ParseAllowHosts(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var entries []string
	for entry := range strings.SplitSeq(text, ",") {
		parsed, err := parseAllowed(strings.TrimSpace(entry))
		if err != nil {
			return nil, err
		}
		entries = append(entries, parsed.String())
	}
	return entries, nil
}

// allowed is a host that may be asked though it is not on the public web. With port 0 that holds for each port that any host may be
// asked at, else for this one.
type allowed struct {
	host string
	port int
}

// String writes an entry as it is read.
func (a allowed) String() string {
	if a.port != 0 {
		return net.JoinHostPort(a.host, strconv.Itoa(a.port))
	}
	return a.host
}

func parseAllowed(entry string) (allowed, error) {
	fault := fmt.Errorf("%q is neither a host like wiki.example.org nor one with a port like wiki.example.org:8080", entry)
	host, port := entry, 0
	bare := entry
	if strings.HasPrefix(entry, "[") && strings.HasSuffix(entry, "]") {
		bare = entry[1 : len(entry)-1]
	}
	if _, err := netip.ParseAddr(bare); err == nil {
		host = bare
	} else if strings.Contains(entry, ":") {
		var text string
		if host, text, err = net.SplitHostPort(entry); err != nil {
			return allowed{}, fault
		}
		if port, err = strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
			return allowed{}, fault
		}
	}
	host = hostName(host)
	if address, err := netip.ParseAddr(host); err == nil {
		if address.Zone() != "" {
			return allowed{}, fault
		}
	} else if !isName(host) {
		return allowed{}, fault
	}
	return allowed{host, port}, nil
}

// isName reports whether a text can be the name of a host. Numbers that resolvers take for addresses are none.
func isName(host string) bool {
	return host != "" && len(host) <= 253 && !endsInNumber(host) && !strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
	})
}

// hostName writes the name of a host in the one way in which names are compared.
func hostName(host string) string {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.String()
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	return strings.ToLower(host)
}

// endsInNumber reports whether the last label of a name is a number, decimal, octal or hexadecimal: resolvers may take 2130706433,
// 0x7f.1 or 127.1 for an address, and no name of the public web ends so.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if digits, ok := strings.CutPrefix(strings.ToLower(last), "0x"); ok {
		_, err := strconv.ParseUint(digits, 16, 64)
		return digits == "" || err == nil
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}
