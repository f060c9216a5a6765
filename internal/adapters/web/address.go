package web

import "net/netip"

// notPublic is what of 0.0.0.0/0 and 2000::/3 is not the public web: the special-purpose registries of IANA for IPv4 and IPv6 (RFC 6890
// and what was entered since), multicast (RFC 5771), and one address that a provider uses within its cloud.
var notPublic = prefixes(
	"0.0.0.0/8",         // this network
	"10.0.0.0/8",        // private
	"100.64.0.0/10",     // shared with the provider; metadata of a cloud at 100.100.100.200
	"127.0.0.0/8",       // loopback
	"168.63.129.16/32",  // the host of a virtual machine in Azure
	"169.254.0.0/16",    // link-local; metadata of most clouds at 169.254.169.254
	"172.16.0.0/12",     // private
	"192.0.0.0/24",      // protocols of the IETF; metadata of a cloud at 192.0.0.192
	"192.0.2.0/24",      // documentation
	"192.88.99.0/24",    // relays of 6to4
	"192.168.0.0/16",    // private
	"198.18.0.0/15",     // benchmarks
	"198.51.100.0/24",   // documentation
	"203.0.113.0/24",    // documentation
	"224.0.0.0/4",       // multicast
	"240.0.0.0/4",       // reserved, and broadcast
	"2001::/23",         // protocols of the IETF: Teredo, benchmarks, ORCHID
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4, which holds any IPv4 address
	"2620:4f:8000::/48", // AS112, which answers for private addresses
	"3fff::/20",         // documentation
)

// globalUnicast is the only part of IPv6 that addresses of the public web are given out from. Outside lie loopback, mapped and translated
// IPv4 (::ffff:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48), local addresses (fc00::/7, fe80::/10, fec0::/10) and multicast.
var globalUnicast = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// isPublic reports whether an address belongs to the public web.
func isPublic(address netip.Addr) bool {
	if !address.IsValid() || address.Zone() != "" || !address.Is4() && !globalUnicast.Contains(address) {
		return false
	}
	for _, prefix := range notPublic {
		if prefix.Contains(address) {
			return false
		}
	}
	return true
}
