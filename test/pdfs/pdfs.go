// Package pdfs writes PDFs for tests: good ones, and ones that are made to hurt.
package pdfs

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"fmt"
	"strings"
)

// Text returns a PDF with so many pages. Each page says its number, in sentences.
func Text(pages int) []byte {
	w := newWriter()
	w.pages(pages, func(n int) string { return w.stream("", w.page(n)) })
	w.set(infoObject, "<< /Title (A paper of lighthouses) >>")
	return w.bytes("")
}

// Broken returns what begins like a PDF and ends in the middle.
func Broken() []byte {
	whole := Text(5)
	return append(bytes.Clone(whole[:len(whole)/2]), "\x00\xff garbage"...)
}

// unpacked is how many bytes the page of a Bomb unpacks to.
const unpacked = 1 << 30

// Bomb returns a small PDF whose page unpacks to a gigabyte, in two steps.
func Bomb() []byte {
	w := newWriter()
	packed := pack(pack(bytes.Repeat([]byte(" "), 1<<20), unpacked>>20), 1)
	w.pages(1, func(int) string { return w.stream("/Filter [/FlateDecode /FlateDecode]", string(packed)) })
	return w.bytes("")
}

// pack compresses a block so many times over.
func pack(block []byte, times int) []byte {
	var b bytes.Buffer
	packed, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed) // the level is one
	for range times {
		_, _ = packed.Write(block)
	}
	_ = packed.Close()
	return b.Bytes()
}

// Loop returns a PDF whose tree of pages leads back to itself.
func Loop() []byte {
	w := newWriter()
	w.set(pagesObject, fmt.Sprintf("<< /Type /Pages /Count 10 /Kids [%d 0 R %d 0 R] >>", pagesObject, pagesObject))
	return w.bytes("")
}

// TableLoop returns a PDF whose table of objects is said to go on where it begins, and which has no pages.
func TableLoop() []byte {
	w := newWriter()
	w.set(pagesObject, "<< /Type /Pages /Count 0 /Kids [] >>")
	file := w.bytes("/Prev 0000000000")
	start := bytes.LastIndex(file, []byte("xref\n0 "))
	return bytes.Replace(file, []byte("/Prev 0000000000"), fmt.Appendf(nil, "/Prev %010d", start), 1)
}

// Empty returns a PDF with so many pages on which there is nothing to read, as those that were scanned.
func Empty(pages int) []byte {
	w := newWriter()
	w.pages(pages, func(int) string { return w.stream("", "50 50 100 100 re f") })
	return w.bytes("")
}

// The objects that every file has.
const (
	catalogObject = iota + 1
	pagesObject
	fontObject
	infoObject
	firstFree
)

type writer struct {
	objects map[int]string
	next    int
}

func newWriter() *writer {
	w := &writer{map[int]string{}, firstFree}
	w.set(catalogObject, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", pagesObject))
	w.set(fontObject, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	w.set(infoObject, "<< >>")
	return w
}

func (w *writer) set(number int, object string) { w.objects[number] = object }

func (w *writer) add(object string) int {
	w.next++
	w.set(w.next-1, object)
	return w.next - 1
}

// stream returns a stream object.
func (w *writer) stream(entries, content string) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(content), entries, content)
}

// pages makes the pages.
func (w *writer) pages(count int, content func(n int) string) {
	var kids strings.Builder
	for n := 1; n <= count; n++ {
		text := w.add(content(n))
		page := w.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> >> >>",
			pagesObject, text, fontObject))
		fmt.Fprintf(&kids, "%d 0 R ", page)
	}
	w.set(pagesObject, fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", count, kids.String()))
}

// page returns the content of a page.
func (w *writer) page(n int) string {
	var b strings.Builder
	b.WriteString("BT /F1 11 Tf 50 780 Td 14 TL\n")
	fmt.Fprintf(&b, "(This is page %d of a paper about lighthouses.) Tj T*\n", n)
	for line := range 30 {
		fmt.Fprintf(&b, "(A lighthouse is a tower with a lamp, and line %d of page %d says so to every ship that) Tj T*\n", line+1, n)
	}
	b.WriteString("(passes the coast at night.) Tj\nET")
	return b.String()
}

// bytes returns the file. trailer is what stands in its trailer besides.
func (w *writer) bytes(trailer string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, w.next)
	for number := 1; number < w.next; number++ {
		offsets[number] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", number, w.objects[number])
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", w.next)
	for _, offset := range offsets[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", w.next, catalogObject, infoObject, trailer, table)
	return b.Bytes()
}

// padding fills passwords up (PDF 1.7 reference, algorithm 3.2).
const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// Encrypted returns a PDF that only a password opens: the standard handler of revision 2, with 40 bits.
func Encrypted() []byte {
	const password, id, permissions = "a password", "0123456789abcdef", int32(-4)
	owner := md5.Sum([]byte((password + padding)[:32]))
	o := encrypt(owner[:5], []byte((password + padding)[:32]))
	key := md5.New()
	key.Write([]byte((password + padding)[:32]))
	key.Write(o)
	_ = binary.Write(key, binary.LittleEndian, permissions)
	key.Write([]byte(id))
	secret := key.Sum(nil)[:5]

	w := newWriter()
	w.pages(1, func(n int) string {
		object := md5.Sum(append(bytes.Clone(secret), byte(w.next), byte(w.next>>8), byte(w.next>>16), 0, 0))
		return w.stream("", string(encrypt(object[:10], []byte(w.page(n)))))
	})
	return w.bytes(fmt.Sprintf("/ID [<%x> <%x>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <%x> /U <%x> /P %d >>",
		id, id, o, encrypt(secret, []byte(padding)), permissions))
}

func encrypt(key, text []byte) []byte {
	cipher, err := rc4.NewCipher(key)
	if err != nil {
		panic(err) // the keys are of a length that it takes
	}
	out := make([]byte, len(text))
	cipher.XORKeyStream(out, text)
	return out
}
