package domain

// BlobPart is a part of a file that storage keeps in parts.
type BlobPart struct {
	// Blob names the file, for example by the id of its content. It holds no slash.
	Blob string
	// N counts the parts from 0.
	N int
	// Data has MaxBlobPart bytes at most, and one at least.
	Data []byte
}

// MaxBlobPart is the size of the largest part of a blob, in bytes.
const MaxBlobPart = 256 << 10
