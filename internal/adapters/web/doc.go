// Package web gets documents from the web, and asks nothing that is not on it.
package web
