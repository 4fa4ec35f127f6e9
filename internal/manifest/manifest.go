// Package manifest is the record of a job: what was asked, what was found, what was decided and what was left behind.
//
// A manifest has a header that other programs read, a determined part that the same data, request and program give
// again byte for byte, an observed part that is different in every run (times, host), and a digest: the SHA-256 of the
// canonical JSON (RFC 8785) of the determined part. docs/FORMATS/manifest.md describes the file.
package manifest

import (
	"sadi"
	"sadi/internal/artifact"
)

// Schema is the version of the file format that this program writes, and the only one that it reads.
const Schema = "sadi.manifest/1"

// Name is the name of the manifest in a job's folder. The file is written last: a folder without it is no result.
const Name = artifact.Manifest

// Manifest is the record of a finished job. The order of the fields is the order in the file.
type Manifest struct {
	// The version of this format: sadi.manifest/1.
	Schema string `json:"schema"`
	// The name of the job, unique within a data root.
	JobID string `json:"job_id"`
	// How the job ended.
	Status sadi.State `json:"status"`
	// When the manifest was written, in UTC.
	Created Time `json:"created"`
	// The SHA-256 of the bytes of the input file; the same as determined.dataset.sha256.
	DatasetHash string `json:"dataset_hash"`
	// The run in MLflow that tells of this job; null when the job is not tracked.
	MLflowRunID *string `json:"mlflow_run_id"`
	// Everything that follows from the data, the request and the program alone.
	Determined Determined `json:"determined"`
	// Everything that is different in another run of the same job.
	Observed Observed `json:"observed"`
	// The SHA-256 of the canonical JSON (RFC 8785) of determined, in hexadecimal.
	Digest string `json:"digest"`
}

// File is a file of the job's folder.
type File = artifact.File
