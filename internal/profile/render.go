package profile

import (
	"fmt"
	"io"
)

// TextOptions say how to write for a terminal. The zero value: 100 columns, no colour.
type TextOptions struct {
	Width int  // columns; 0 = 100; at least 60
	Color bool // ANSI colours; for terminals only
}

// Text writes the profile for people.
func Text(w io.Writer, p *Profile, opt TextOptions) error {
	_, err := fmt.Fprintf(w, "%d rows, %d columns\n", p.Rows, len(p.Columns))
	return err
}
