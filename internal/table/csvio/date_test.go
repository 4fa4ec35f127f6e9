package csvio

import (
	"fmt"
	"testing"
	"time"
)

// TestDates compares every day of some centuries, and many times of the day, with package time.
func TestDates(t *testing.T) {
	for day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= 9999; day = day.AddDate(0, 0, 1+day.Day()%7*13) {
		y, m, d := day.Date()
		want := float64(day.Unix())
		for o, text := range [...]string{
			fmt.Sprintf("%04d-%02d-%02d", y, m, d), fmt.Sprintf("%d/%d/%04d", d, m, y), fmt.Sprintf("%02d.%02d.%04d", m, d, y),
		} {
			got := parseDate([]byte(text))
			if !got.orders.has(order(o)) || got.seconds(order(o)) != want {
				t.Fatalf("%s: got %+v, want %v", text, got, want)
			}
		}
	}
	zone := time.FixedZone("", -(3*3600 + 1800))
	for second := 0; second < 86400; second += 37 {
		at := time.Date(2024, 2, 29, 0, 0, second, 0, zone)
		for _, layout := range [...]string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05.000-07:00",
			"2006/01/02 3:04:05 PM -07:00"} {
			text := at.Format(layout)
			if got := parseDate([]byte(text)); got.orders != 1<<yearFirst || got.seconds(yearFirst) != float64(at.Unix()) {
				t.Fatalf("%s: got %+v", text, got)
			}
		}
	}
}

func TestNoDates(t *testing.T) {
	for _, text := range [...]string{
		"", "-", "2024", "2024-", "2024-1", "2024-13", "2024-00", "2024-01-", "2024-01-32", "2024-01-00", "2024-02-30", "2023-02-29",
		"1900-02-29", "0000-01-01", "10000-01-01", "2024-01/01", "24-01-01", "01-01-24", "1/1/20245", "2024.01", "13/13/2024",
		"2024-01-01T", "2024-01-01T24:00", "2024-01-01T1", "2024-01-01T10:60", "2024-01-01T10:10:60", "2024-01-01T10:10:10.",
		"2024-01-01x10:10", "2024-01-01 10:10 XM", "2024-01-01 13:10 PM", "2024-01-01 0:10 AM", "2024-01-01T10:10+1",
		"2024-01-01T10:10+20:00", "2024-01-01T10:10+02:60", "2024-01-01T10:10ZZ", "a/b/2024", "12:30",
		"123/01/2024", "2024-123-01", "2024-01-01T10:1", "2024-01-01T100:10", "20240101", "2024-01T10:00",
	} {
		if m := parseDate([]byte(text)); m.orders != noOrder {
			t.Errorf("%q: got %+v, want no date", text, m)
		}
	}
}

func TestPartsOfDates(t *testing.T) {
	for text, want := range map[string]float64{
		"1970-01":                          0,
		"1970-01-01T00:00:00.25Z":          0.25,
		"1970-01-01 00:00:00,5":            0.5,
		"1970-01-01T23:59:60":              86400,
		"1970-01-01 12:00 AM":              0,
		"1970-01-01 12:00 pm":              43200,
		"1970-01-01 00:00 UTC":             0,
		"1970-01-01T01:00+01":              0,
		"1970-01-01t01:00z":                3600,
		"1970-01-01T00:00:00.000000000123": 1.23e-10,
	} {
		if m := parseDate([]byte(text)); m.orders != 1<<yearFirst || m.seconds(yearFirst) != want {
			t.Errorf("%s: got %+v %v, want %v", text, m, m.seconds(yearFirst), want)
		}
	}
}
