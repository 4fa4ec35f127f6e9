package flavor

import (
	"encoding/binary"

	"sadi"
)

// Type is the type of an element, by its number in ONNX (TensorProto.DataType).
type Type int

// The types that models here have.
const (
	Float  Type = 1
	Int64  Type = 7
	String Type = 8
	Bool   Type = 9
	Double Type = 11
)

// Value is an input or an output of a graph.
type Value struct {
	Name     string
	Type     Type
	Shape    []int // -1 = any number
	Sequence bool  // a list of maps, as a classifier may give
}

// Graph is what an ONNX model takes and gives.
type Graph struct{ Inputs, Outputs []Value }

// The numbers of fields in onnx.proto that are read here.
const (
	modelGraph     = 7
	graphWeights   = 5
	graphInput     = 11
	graphOutput    = 12
	valueName      = 1
	valueType      = 2
	typeTensor     = 1
	typeSequence   = 4
	tensorElement  = 1
	tensorShape    = 2
	shapeDimension = 1
	dimensionValue = 1
	weightName     = 8
)

// ReadGraph reads the inputs and outputs of a model. Weights that old models list among the inputs are left out.
func ReadGraph(model []byte) (g Graph, err error) {
	bad := func() (Graph, error) {
		return Graph{}, sadi.Errorf(sadi.Corrupt, "this is no ONNX model")
	}
	var graph []byte
	if !fields(model, func(number int, value []byte, _ uint64) bool {
		if number == modelGraph && value != nil {
			graph = value
		}
		return true
	}) || graph == nil {
		return bad()
	}
	weights := map[string]bool{}
	ok := fields(graph, func(number int, value []byte, _ uint64) bool {
		switch number {
		case graphInput, graphOutput:
			v, ok := readValue(value)
			if number == graphInput {
				g.Inputs = append(g.Inputs, v)
			} else {
				g.Outputs = append(g.Outputs, v)
			}
			return ok
		case graphWeights:
			return fields(value, func(number int, value []byte, _ uint64) bool {
				if number == weightName {
					weights[string(value)] = true
				}
				return true
			})
		}
		return true
	})
	if !ok || len(g.Inputs) == 0 || len(g.Outputs) == 0 {
		return bad()
	}
	var fed []Value
	for _, v := range g.Inputs {
		if !weights[v.Name] {
			fed = append(fed, v)
		}
	}
	g.Inputs = fed
	if len(g.Inputs) == 0 {
		return bad()
	}
	return g, nil
}

// readValue reads a ValueInfoProto.
func readValue(data []byte) (v Value, ok bool) {
	ok = fields(data, func(number int, value []byte, _ uint64) bool {
		switch number {
		case valueName:
			v.Name = string(value)
		case valueType:
			return fields(value, func(number int, value []byte, _ uint64) bool {
				switch number {
				case typeSequence:
					v.Sequence = true
				case typeTensor:
					return v.readTensor(value)
				}
				return true
			})
		}
		return true
	})
	return v, ok && v.Name != ""
}

func (v *Value) readTensor(data []byte) bool {
	return fields(data, func(number int, value []byte, n uint64) bool {
		switch number {
		case tensorElement:
			v.Type = Type(n)
		case tensorShape:
			return fields(value, func(number int, value []byte, _ uint64) bool {
				if number != shapeDimension {
					return true
				}
				size := -1
				ok := fields(value, func(number int, _ []byte, n uint64) bool {
					if number == dimensionValue && n > 0 && n < 1<<31 {
						size = int(n)
					}
					return true
				})
				v.Shape = append(v.Shape, size)
				return ok
			})
		}
		return true
	})
}

// The forms in which Protocol Buffers write a value.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// fields calls f for every field of a message: with its bytes, or with its number. False = it is no message.
func fields(data []byte, f func(number int, value []byte, n uint64) bool) bool {
	for len(data) > 0 {
		tag, k := binary.Uvarint(data)
		if k <= 0 || tag>>3 == 0 || tag>>3 > 1<<29 {
			return false
		}
		data = data[k:]
		var value []byte
		var n uint64
		size := 0
		switch tag & 7 {
		case wireVarint:
			if n, size = binary.Uvarint(data); size <= 0 {
				return false
			}
		case wireFixed64:
			size = 8
		case wireFixed32:
			size = 4
		case wireBytes:
			length, k := binary.Uvarint(data)
			if k <= 0 || length > uint64(len(data)-k) {
				return false
			}
			data = data[k:]
			size = int(length)
			value = data[:size:size]
		default:
			return false
		}
		if size > len(data) {
			return false
		}
		data = data[size:]
		if !f(int(tag>>3), value, n) {
			return false
		}
	}
	return true
}
