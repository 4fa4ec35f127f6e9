package modeltest

import (
	"fmt"
	"slices"
	"time"

	"sadi/internal/dataset"
	"sadi/internal/model"
)

var persistenceChecks = []check{
	{name: "roundtrip", run: (*suite).checkRoundTrip},
	{name: "truncated", run: (*suite).checkTruncated},
	{name: "flipped", run: (*suite).checkFlipped},
}

// decode reads a model as the caller of Decode does.
func (s *suite) decode(payload []byte) (model.Fitted, error) { return decodeWhole(s.m, payload) }

func (s *suite) checkRoundTrip() {
	d := s.data("roundtrip", 200)
	f := s.fit(d)
	payload := Encode(f)
	g, err := s.decode(slices.Clone(payload))
	if err != nil {
		s.fatalf("Decode: %v", err)
	}
	if g.Features() != f.Features() || g.Outputs() != f.Outputs() {
		s.errorf("decoded: %d features, %d outputs; want %d, %d", g.Features(), g.Outputs(), f.Features(), f.Outputs())
	}
	if string(Encode(g)) != string(payload) {
		s.errorf("a decoded model is encoded to other bytes")
	}
	x := s.data("roundtrip/new", 200).X
	s.same("decoded", s.predict(g, x), s.predict(f, x), 0)
	if a, ok := f.(model.Iterated); ok {
		if b, ok := g.(model.Iterated); !ok || a.Rounds() != b.Rounds() {
			s.errorf("the rounds are lost")
		}
	}
	if a, ok := f.(model.Importance); ok {
		b, ok := g.(model.Importance)
		if !ok {
			s.fatalf("the importance is lost")
		}
		s.same("importance", b.Importance(), a.Importance(), 0)
	}
	buf := slices.Clone(payload)
	g, _ = s.decode(buf)
	clear(buf)
	s.same("after the bytes were wiped", s.predict(g, x), s.predict(f, x), 0)
}

// foreign decodes bytes that no Encode wrote. If a model comes out it must predict or refuse, without panic and end.
func (s *suite) foreign(what string, payload []byte, x *dataset.Matrix) (err error) {
	done := make(chan string, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Sprintf("%s: panic: %v", what, r)
			}
			close(done)
		}()
		var g model.Fitted
		if g, err = s.decode(payload); err != nil || g == nil {
			return
		}
		if n := g.Outputs(); n >= 0 && n < 1000 {
			_ = g.Predict(make([]float64, x.Rows*n), x)
		}
	}()
	select {
	case failure := <-done:
		if failure != "" {
			s.errorf("%s", failure)
		}
	case <-time.After(20 * time.Second): // only a hang gets here
		s.fatalf("%s: Decode or Predict does not end", what)
	}
	return err
}

func (s *suite) checkTruncated() {
	d := s.data("truncated", 60)
	payload := Encode(s.fit(d))
	for n := 0; n < len(payload); n += 1 + n/64 {
		if err := s.foreign(fmt.Sprintf("the first %d bytes of %d", n, len(payload)), payload[:n], d.X); err == nil {
			s.errorf("the first %d bytes of %d are taken for a model", n, len(payload))
		}
	}
	if err := s.foreign("one byte more", append(slices.Clone(payload), 0), d.X); err == nil {
		s.errorf("one byte more is taken for a model")
	}
}

func (s *suite) checkFlipped() {
	d := s.data("flipped", 60)
	payload := Encode(s.fit(d))
	for i := 0; i < len(payload); i += 1 + i/64 {
		for _, mask := range []byte{0x01, 0x10, 0x80, 0xff} {
			b := slices.Clone(payload)
			b[i] ^= mask
			_ = s.foreign(fmt.Sprintf("byte %d of %d changed by %#x", i, len(payload), mask), b, d.X)
		}
	}
	if v := payload[0]; v != 0 { // the version comes first
		b := slices.Clone(payload)
		b[0] = 0xee
		if err := s.foreign("version 238", b, d.X); err == nil {
			s.errorf("a version that does not exist is read")
		}
	}
}
