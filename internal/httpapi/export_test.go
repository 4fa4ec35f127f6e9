package httpapi

import "sadi"

// StatusOf is the HTTP status of a code, 0 = none.
func StatusOf(code sadi.Code) int { return statuses[code] }
