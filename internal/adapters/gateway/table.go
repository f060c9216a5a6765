package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

// route is one line of the table of routes.
type route struct {
	spec rest.Spec
	// segments are the parts of the path; an empty one stands for a parameter.
	segments []string
	// own answers a route that the gateway serves itself; nil means that it is forwarded.
	own func(*exchange) error
}

// limited reports whether calls are counted. Most of what the gateway answers itself is for probes and costs nothing.
func (r *route) limited() bool { return r.own == nil || r.spec.Throttled }

// table finds the route of a request. It compares literals as they were sent, byte for byte, so there is nothing to
// normalise and nothing to trick.
type table struct{ root node }

// node is a place in the tree of paths.
type node struct {
	literals map[string]*node
	param    *node
	routes   map[string]*route // by method, empty where no path ends
	allow    string            // the methods, for the header Allow
}

func (t *table) add(r *route) error {
	at := &t.root
	parts := strings.Split(strings.TrimPrefix(r.spec.Path, "/"), "/")
	for _, part := range parts {
		if strings.HasPrefix(part, "{") {
			part = ""
			if at.param == nil {
				at.param = &node{}
			}
			at = at.param
		} else {
			if at.literals == nil {
				at.literals = make(map[string]*node)
			}
			if at.literals[part] == nil {
				at.literals[part] = &node{}
			}
			at = at.literals[part]
		}
		r.segments = append(r.segments, part)
	}
	if at.routes[r.spec.Method] != nil {
		return fmt.Errorf("the route %s %s is declared twice", r.spec.Method, r.spec.Path)
	}
	if at.routes == nil {
		at.routes = make(map[string]*route)
	}
	at.routes[r.spec.Method] = r
	at.listMethods()
	return nil
}

func (n *node) listMethods() {
	methods := []string{http.MethodOptions}
	for method := range n.routes {
		if methods = append(methods, method); method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	sort.Strings(methods)
	n.allow = strings.Join(methods, ", ")
}

// find returns the place of a path and the values of its parameters, unescaped, or nil. A literal wins over a
// parameter, and a value that could leave its place is no parameter.
func (t *table) find(path string) (*node, []string) {
	return t.root.find(path, nil)
}

func (n *node) find(rest string, params []string) (*node, []string) {
	if rest == "" {
		if n.routes == nil {
			return nil, nil
		}
		return n, params
	}
	segment, rest := cutSegment(rest)
	if next := n.literals[segment]; next != nil {
		if found, values := next.find(rest, params); found != nil {
			return found, values
		}
	}
	value, err := url.PathUnescape(segment)
	if n.param == nil || err != nil || !stays(value) {
		return nil, nil
	}
	return n.param.find(rest, append(params, value))
}

// methods returns those of a path for the header Allow, and all that there are where no path is, "*" included.
func (t *table) methods(path string) string {
	if strings.HasPrefix(path, "/") {
		if place, _ := t.find(path); place != nil {
			return place.allow
		}
	}
	return corsMethods
}

// cutSegment returns the first segment of a path that begins with a slash, and what follows it.
func cutSegment(path string) (segment, rest string) {
	path = path[1:]
	if end := strings.IndexByte(path, '/'); end >= 0 {
		return path[:end], path[end:]
	}
	return path, ""
}

// build makes the path to ask a service for, from the literals of the route and the values of its parameters.
func (r *route) build(params []string) string {
	var b strings.Builder
	for _, segment := range r.segments {
		b.WriteByte('/')
		if segment != "" {
			b.WriteString(segment)
			continue
		}
		b.WriteString(url.PathEscape(params[0]))
		params = params[1:]
	}
	return b.String()
}

// stays reports whether a value is one segment of a path wherever it is read. An empty one is a doubled or a trailing
// slash.
func stays(value string) bool {
	if value == "" || value == "." || value == ".." {
		return false
	}
	return strings.IndexFunc(value, func(r rune) bool { return r == '/' || r == '\\' || r < ' ' || r == 0x7f }) < 0
}

// splitTarget takes the target of a request line (RFC 9112, section 3.2) apart. Of the absolute form only path and query
// count. ok is false for what is no path.
func splitTarget(target string) (path, query string, ok bool) {
	if hash := strings.IndexByte(target, '#'); hash >= 0 {
		target = target[:hash]
	}
	path, query, _ = strings.Cut(target, "?")
	if scheme, rest, found := strings.Cut(path, "://"); found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")) {
		slash := strings.IndexByte(rest, '/')
		if slash < 0 {
			return "", "", false
		}
		path = rest[slash:]
	}
	return path, query, strings.HasPrefix(path, "/")
}
